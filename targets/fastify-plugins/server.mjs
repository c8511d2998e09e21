// Fastify with its plugins: each line of standard input goes to every client of /events (SSE) and /ws (WebSocket).
import { createInterface } from 'node:readline';
import fastifySse from '@fastify/sse';
import fastifyWebsocket from '@fastify/websocket';
import fastify from 'fastify';

const MOST_UNSENT_BYTES = 4 * 1024 * 1024; // a client that is further behind is cut
const streams = new Set();

const app = fastify();
await app.register(fastifySse);
await app.register(fastifyWebsocket);

app.get('/events', { sse: 'only' }, (request, reply) => {
  reply.header('cache-control', 'no-store');
  reply.sse.keepAlive();
  reply.sse.sendHeaders();
  reply.raw.flushHeaders(); // else the head waits for the first tick
  streams.add(reply);
  reply.sse.onClose(() => streams.delete(reply));
});

app.get('/ws', { websocket: true }, () => undefined);

await app.listen({ host: '127.0.0.1', port: Number(process.argv[2] ?? process.env.PORT), backlog: 4096 });

for await (const line of createInterface({ input: process.stdin })) {
  for (const { sse, raw } of streams) {
    if (raw.writableLength > MOST_UNSENT_BYTES) raw.destroy();
    else void sse.send(line).catch(() => undefined); // gone meanwhile
  }
  for (const socket of app.websocketServer.clients) {
    if (socket.bufferedAmount > MOST_UNSENT_BYTES) socket.terminate();
    else if (socket.readyState === socket.OPEN) socket.send(line);
  }
}
process.exit();

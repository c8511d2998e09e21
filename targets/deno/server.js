// Deno alone: each line of standard input goes to every client of /events (SSE) and /ws (WebSocket).
import { createInterface } from 'node:readline';
import process from 'node:process';

const MOST_UNSENT_BYTES = 4 * 1024 * 1024; // a client that is further behind is cut
const unsent = new ByteLengthQueuingStrategy({ highWaterMark: MOST_UNSENT_BYTES });
const streams = new Set();
const sockets = new Set();

function eventStream() {
  let stream;
  const start = (controller) => streams.add((stream = controller));
  const cancel = () => streams.delete(stream);
  const body = new ReadableStream({ start, cancel }, unsent);
  return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } });
}

function webSocket(request) {
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.addEventListener('open', () => sockets.add(socket));
  socket.addEventListener('close', () => sockets.delete(socket));
  return response;
}

const port = Number(Deno.args[0] ?? Deno.env.get('PORT'));
Deno.serve({ hostname: '127.0.0.1', port, onListen: () => undefined }, (request) => {
  const { pathname } = new URL(request.url);
  if (pathname === '/ws') return webSocket(request);
  return pathname === '/events' ? eventStream() : new Response(null, { status: 404 });
});

for await (const line of createInterface({ input: process.stdin })) {
  const event = new TextEncoder().encode(`data: ${line}\n\n`);
  for (const stream of streams) {
    if (stream.desiredSize > 0) stream.enqueue(event);
    else if (streams.delete(stream)) stream.error(new Error('too slow'));
  }
  for (const socket of sockets) {
    if (socket.bufferedAmount < MOST_UNSENT_BYTES) socket.send(line);
    else if (sockets.delete(socket)) socket.close();
  }
}
Deno.exit();

// Server-Sent Events and WebSocket with Node and ws: each line of standard input goes to every client of /events and /ws.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { WebSocketServer } from 'ws';

const streams = new Set();
const server = createServer((request, response) => {
  if (request.url !== '/events') {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.flushHeaders(); // at once, before the first tick
  streams.add(response);
  request.on('close', () => streams.delete(response));
});
const sockets = new WebSocketServer({ server, path: '/ws' });
server.listen(Number(process.argv[2]), '127.0.0.1');

createInterface({ input: process.stdin })
  .on('line', (line) => {
    for (const response of streams) response.write(`data: ${line}\n\n`);
    for (const socket of sockets.clients) socket.send(line);
  })
  .on('close', () => process.exit());

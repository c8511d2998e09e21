// Server-Sent Events, WebSocket, polling and long polling with Node and ws: each line of standard input goes to every client.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { WebSocketServer } from 'ws';

const KEPT_LINES = 1000;
const lines = [];
const streams = new Set();
const waiting = [];

/** Answers a poll with the lines after the number that its client has. */
function answer({ response, after }) {
  const newer = lines.slice(lines.findLastIndex(({ number }) => number <= after) + 1);
  response.setHeader('content-type', 'application/json').end(`[${newer.map(({ line }) => line).join()}]`);
}

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  const poll = { response, after: Number(searchParams.get('after')) };
  const hasNewer = (lines.at(-1)?.number ?? 0) > poll.after;
  if (pathname === '/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.flushHeaders(); // at once, before the first tick
    streams.add(response);
    request.on('close', () => streams.delete(response));
  } else if (pathname === '/poll' || (pathname === '/long-poll' && hasNewer)) answer(poll);
  else if (pathname === '/long-poll') waiting.push(poll);
  else response.writeHead(404).end();
});
server.keepAliveTimeout = 60_000; // longer than clients take between two polls
const sockets = new WebSocketServer({ server, path: '/ws' });
server.listen(Number(process.argv[2]), '127.0.0.1', 4096);

createInterface({ input: process.stdin })
  .on('line', (line) => {
    lines.push({ number: Number(/pb1_(\d+)_/.exec(line)[1]), line });
    if (lines.length > KEPT_LINES) lines.shift();
    for (const response of streams) response.write(`data: ${line}\n\n`);
    for (const socket of sockets.clients) socket.send(line);
    for (const poll of waiting.splice(0)) answer(poll);
  })
  .on('close', () => process.exit());

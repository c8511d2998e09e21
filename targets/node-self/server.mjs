// As ../node, but it makes the ticks itself: its environment holds the whole schedule, and every byte.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const given = (name) => process.env[`PUSHBENCH_${name}`];
const [startMs, startUs, rateHz, bytes] = ['START_UNIX_MS', 'START_US', 'RATE_HZ', 'PAYLOAD_BYTES'].map((name) =>
  Number(given(name)),
);
const pad = given('PAD');

function tick(k) {
  const head = `{"tick":"pb1_${k}_${startUs + Math.round(((k - 1) * 1e6) / rateHz)}_`;
  return `${head}${pad.slice(k % 61, (k % 61) + bytes - head.length - 3)}_"}`;
}

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

const now = () => performance.timeOrigin + performance.now(); // finer than Date.now()
const dueMs = (k) => startMs + ((k - 1) * 1000) / rateHz;
let k = Math.max(1, Math.ceil(((now() - startMs) * rateHz) / 1000) + 1); // what was due before is nobody's
function emit() {
  for (; dueMs(k) <= now(); k++) {
    const text = tick(k);
    for (const response of streams) response.write(`data: ${text}\n\n`);
    for (const socket of sockets.clients) socket.send(text);
  }
  setTimeout(emit, Math.ceil(dueMs(k) - now()));
}
emit();
process.stdin.on('end', () => process.exit()).resume();

// `node lazy-clients.ts PORT COUNT`: clients that ask and never read, half of SSE, half of WebSocket; who is cut comes back. A
// process of their own, or what they cost would be in the figures of whoever measures. Ends with the one that started it.
import { connect, type Socket } from 'node:net';
import { encodeUpgradeRequest } from '../../../bench/agent/wire/websocket.ts';

const [port, count] = process.argv.slice(2).map(Number);

/** A socket that does not read hears of its end only when it writes. */
const KNOCK_EVERY_MS = 2000;

const KINDS = [
  // A byte pair, and a pong, that the protocols let pass.
  { ask: 'GET /feed/sse HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n', knock: '\r\n' },
  {
    ask: encodeUpgradeRequest({ host: '127.0.0.1', path: '/feed/websocket', key: 'dGhlIHNhbXBsZSBub25jZQ==' }),
    knock: Buffer.from([0x8a, 0x80, 0, 0, 0, 0]),
  },
] as const;

const sockets: Socket[] = [];

function open(client: number): void {
  const { ask } = KINDS[client % KINDS.length]!;
  const socket = connect(port!, '127.0.0.1');
  socket.pause();
  socket.on('error', () => undefined);
  socket.once('close', () => open(client));
  socket.write(ask);
  sockets[client] = socket;
}

for (let client = 0; client < count!; client++) open(client);

let next = 0;
setInterval(() => {
  const client = next++ % count!;
  sockets[client]!.write(KINDS[client % KINDS.length]!.knock);
}, KNOCK_EVERY_MS / count!);

process.once('disconnect', () => process.exit());

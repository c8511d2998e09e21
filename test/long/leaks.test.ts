// Connect and drop, again and again: descriptors and memory of the server must come back to where they were.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs } from '../../server/clock.ts';
import type { ServerGroup } from '../../bench/trial/server-group.ts';
import { probeMachine } from '../../bench/run/preflight.ts';
import { LOOPBACK } from '../../bench/machine/address.ts';
import { until } from '../helpers/until.ts';
import { startServerProcess } from '../helpers/server-process.ts';
import { ownSample } from '../helpers/own-sample.ts';

const ROUNDS = 5;
const CLIENTS = 2000;
/** Code that is compiled on the way and caches that fill once. */
const ALLOWED_BYTES = 4 * 1024 * 1024;

const REQUESTS = [
  ['sse', 'GET /feed/sse HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
  [
    'websocket',
    'GET /feed/websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  ],
  ['long-polling', 'GET /feed/long-polling?after=999999 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
  ['polling', 'GET /feed/polling?after=0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
] as const;

async function startServer(t: TestContext): Promise<ServerGroup> {
  const config = { rateHz: 10, payloadBytes: 128, seed: 1, startUs: Math.ceil(nowUs()) + 100_000 };
  return startServerProcess(t, config);
}

/** Connects, says its request, and is gone as soon as something has come, without a goodbye. */
async function connectAndDrop(port: number, request: string): Promise<void> {
  const sockets: Socket[] = [];
  let heard = 0;
  for (let client = 0; client < CLIENTS; client++) {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(request));
    socket.on('error', () => undefined);
    socket.once('data', () => heard++);
    sockets.push(socket);
    if (client % 200 === 199) await until(() => sockets.every(({ pending }) => !pending), '200 more are connected');
  }
  // a long poll for a tick that never comes is answered by nothing
  if (!request.includes('after=999999')) await until(() => heard === CLIENTS, `${heard} heard something`);
  for (const socket of sockets) socket.resetAndDestroy();
}

/** What is really held: a long poll that was abandoned is forgotten with the next sweep, a quarter of a second later at most. */
async function heldBytes(server: ServerGroup): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < 5; look++, await sleep(100)) {
    const [sample] = await server.sample(0, true);
    least = Math.min(least, ownSample(sample).process.heldBytes);
  }
  return least;
}

const descriptors = (pid: number) => readdirSync(`/proc/${pid}/fd`).length;

const enough = (
  await probeMachine({ clients: 1, agents: 1, serverWorkers: 1, port: 0, address: LOOPBACK, directory: '/tmp' })
).openFiles;

for (const [transport, request] of REQUESTS) {
  test(
    `leaks (${transport}): ${ROUNDS} rounds of connect and drop ${CLIENTS} clients`,
    { skip: (enough ?? 1e6) < CLIENTS + 100 && 'too few file descriptors' },
    async (t) => {
      const server = await startServer(t);
      const [pid] = server.pids;
      const baseline = descriptors(pid!);
      await connectAndDrop(server.port, request); // code is compiled, caches fill
      await until(() => descriptors(pid!) <= baseline, 'the warm-up is gone', 30_000);
      const firstBytes = await heldBytes(server);
      for (let round = 0; round < ROUNDS; round++) {
        await connectAndDrop(server.port, request);
        await until(() => descriptors(pid!) <= baseline, `round ${round}: back to ${baseline} descriptors`, 30_000);
      }
      const lastBytes = await heldBytes(server);
      const [last] = await server.sample();
      assert.equal(ownSample(last).connections.open, 0);
      const grownBytes = lastBytes - firstBytes;
      assert.ok(grownBytes < ALLOWED_BYTES, `${grownBytes} bytes more are held`);
      await server.stop(3000);
      const kib = (grownBytes / 1024).toFixed(0);
      t.diagnostic(
        `${baseline} descriptors before and after; held memory ${kib} KiB more after ${ROUNDS * CLIENTS} clients`,
      );
    },
  );
}

// Requests that never quite arrive: each holds a connection for as long as it is let.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServer } from '../../helpers/test-server.ts';
import { until } from '../../helpers/until.ts';
import { HealthyStream } from './healthy-stream.ts';
import { RawClient } from './raw-client.ts';

const LIMITS = { headersTimeoutMs: 300, requestTimeoutMs: 600 };

/** How an attacker begins, and the byte that it adds again and again. */
const DRIPS: readonly [name: string, start: string, drop: string][] = [
  ['nothing at all', '', ''],
  ['half a request line', 'GET /feed/s', 's'],
  ['a field without an end', 'GET /feed/sse HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ', 'x'],
  ['fields without an end', 'GET /feed/sse HTTP/1.1\r\nHost: 127.0.0.1\r\n', 'X: y\r\n'],
  [
    'half an upgrade',
    'GET /feed/websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX: ',
    'x',
  ],
  ['a body of known length', 'POST /feed/polling HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n', 'x'],
  [
    'a body of JSON',
    'POST /feed/sse HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"',
    'x',
  ],
  [
    'a body in chunks',
    'POST /feed/sse HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    '1\r\n \r\n',
  ],
];

test('200 of them are closed in time, and the feed goes on for everybody else', async (t) => {
  const server = await startServer(t, { ...LIMITS, rateHz: 20 });
  const healthy = await HealthyStream.open(t, server.port);
  const attackers: { name: string; client: RawClient; drop: string }[] = [];
  for (let index = 0; index < 200; index++) {
    const [name, start, drop] = DRIPS[index % DRIPS.length]!;
    const client = await RawClient.open(t, server.port);
    client.send(start);
    attackers.push({ name, client, drop });
  }
  const drip = setInterval(() => {
    for (const { client, drop } of attackers) if (!client.ended && drop !== '') client.send(drop);
  }, 20);
  t.after(() => clearInterval(drip));
  const held = (): string[] => attackers.filter(({ client }) => !client.ended).map(({ name }) => name);
  // Far above the limits, since this machine may be busy, and far below those of Node: a minute and five.
  await until(() => held().length === 0, 'the end of every attacker').catch((error: unknown) => {
    assert.fail(`${String(error)}; still held: ${[...new Set(held())].join(', ')}`);
  });
  assert.equal(server.app.connections.totals().open, 1);
  assert.ok(await healthy.isIntact());
});

test('a head that is late is answered with 408, however long the whole request may take', async (t) => {
  const { port } = await startServer(t, { ...LIMITS, requestTimeoutMs: 60_000 });
  const client = await RawClient.open(t, port);
  client.send('GET /feed/sse HTTP/1.1\r\n');
  await until(() => client.ended, 'the end');
  assert.equal(client.status, 408);
});

test('a stream, a WebSocket and a poller between two polls are no slow requests', async (t) => {
  const { port } = await startServer(t, LIMITS);
  const stream = await HealthyStream.open(t, port);
  const socket = await RawClient.open(t, port);
  socket.upgrade();
  const poller = await RawClient.open(t, port);
  poller.request('/feed/polling');
  await until(() => poller.status !== undefined, 'the first answer');
  const slow = await RawClient.open(t, port);
  await until(() => slow.ended, 'the end of one that is slow');
  poller.text = '';
  poller.request('/feed/polling');
  await until(() => poller.status !== undefined, 'the second answer');
  assert.ok(!socket.ended && !poller.ended);
  assert.ok(await stream.isIntact());
});

test('a head above 16 KiB is refused with 431 before it is whole', async (t) => {
  const server = await startServer(t);
  const healthy = await HealthyStream.open(t, server.port);
  const client = await RawClient.open(t, server.port);
  client.send(`GET /feed/sse HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'x'.repeat(20_000)}`);
  await until(() => client.ended, 'the refusal');
  assert.equal(client.status, 431);
  assert.ok(await healthy.isIntact());
});

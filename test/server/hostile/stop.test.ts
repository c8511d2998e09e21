// A stop while clients are in the middle of something: each hears of it in its protocol's words.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { FanOutMode } from '../../../server/fan-out-mode.ts';
import { startServer, type TestServer } from '../../helpers/test-server.ts';
import { until } from '../../helpers/until.ts';
import { RawClient } from './raw-client.ts';
import { startServerProcess } from '../../helpers/server-process.ts';

/** A client on a kept-alive connection, half of whose next request is already here when the stop begins. */
async function stopInMidRequest(t: TestContext, server: TestServer, target: string, fields = ''): Promise<RawClient> {
  const client = await RawClient.open(t, server.port);
  client.request('/feed/polling');
  await until(() => client.status === 200, 'the answer to a first poll');
  client.text = '';
  const half = server.app.connections.totals().bytesReceived;
  client.send(`GET ${target} HTTP/1.1\r\n`);
  await until(() => server.app.connections.totals().bytesReceived > half, 'half a request');
  const stopped = server.app.stop();
  // Behind the timers and promises that a close consists of, far before the cut.
  await new Promise((resolve) => setTimeout(resolve, 50));
  client.send(`Host: 127.0.0.1\r\n${fields}\r\n`);
  await until(() => client.ended, 'the end of the connection');
  client.socket.end();
  await stopped;
  return client;
}

for (const fanOut of ['prepared', 'idiomatic'] satisfies FanOutMode[]) {
  test(`an EventSource that asks during a stop gets a stream that ends, never a 503 (${fanOut})`, async (t) => {
    const server = await startServer(t, { fanOut, stopMs: 5000 });
    const client = await stopInMidRequest(t, server, '/feed/sse');
    assert.equal(client.status, 200, 'any other status closes an EventSource for good');
    assert.equal(client.field('Content-Type'), 'text/event-stream');
    assert.ok(client.body.startsWith('d\r\nretry: 1000\n\n\r\n'), 'it comes back after a second');
    assert.ok(client.body.endsWith('0\r\n\r\n'), 'the end of the stream is told');
  });

  test(`a poll during a stop is answered and closes its connection (${fanOut})`, async (t) => {
    const server = await startServer(t, { fanOut, stopMs: 5000 });
    const client = await stopInMidRequest(t, server, '/feed/polling?after=0');
    assert.equal(client.status, 200);
    assert.equal(client.field('Connection'), 'close');
  });

  test(`a long poll during a stop is answered and closes its connection (${fanOut})`, async (t) => {
    const server = await startServer(t, { fanOut, stopMs: 5000, rateHz: 0.02 });
    await until(() => server.feed.newestSeq === 1, 'the only tick');
    const client = await stopInMidRequest(t, server, '/feed/long-polling?after=1');
    assert.equal(client.status, 204);
    assert.equal(client.field('Connection'), 'close');
  });
}

test('an upgrade during a stop is closed with 1001', async (t) => {
  const server = await startServer(t, { stopMs: 300 });
  const fields =
    'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
  const client = await stopInMidRequest(t, server, '/feed/websocket?after=0', fields);
  assert.equal(client.status, 101);
  assert.ok(client.body.startsWith('\x88\x0e\x03\xe9server stops'));
});

test('clients that ignore all of it are cut after the grace, and the process ends', async (t) => {
  const server = await startServerProcess(t, { stopMs: 300 });
  const clients = await Promise.all(Array.from({ length: 6 }, () => RawClient.open(t, server.port)));
  clients[0]!.request('/feed/sse');
  clients[1]!.upgrade();
  clients[2]!.request('/feed/long-polling?after=999999');
  clients[3]!.request('/feed/polling');
  clients[4]!.send('GET /feed');
  await until(() => [0, 1, 3].every((index) => clients[index]!.status !== undefined), 'streams, upgrade and answer');
  const startMs = performance.now();
  await server.stop(10_000);
  assert.ok(performance.now() - startMs < 9000, 'it ended by itself');
  await until(() => clients.every((client) => client.ended), 'every connection is gone');
  assert.ok(clients[0]!.body.endsWith('0\r\n\r\n'));
  assert.ok(clients[1]!.body.includes('\x88\x0e\x03\xe9server stops'));
  assert.ok(clients.every((client) => client.status !== 503));
});

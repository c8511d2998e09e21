// Upgrades that are malformed, abandoned or meant for something else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServer } from '../../helpers/test-server.ts';
import { until } from '../../helpers/until.ts';
import { HealthyStream } from './healthy-stream.ts';
import { RawClient } from './raw-client.ts';

const UPGRADE =
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

test('a target that is no URL is refused, and the server lives', async (t) => {
  const { port } = await startServer(t);
  const healthy = await HealthyStream.open(t, port);
  for (const target of [
    '//',
    '//[',
    'http://[',
    'http://:99999',
    '/feed/websocket?after=%',
    '*',
    'x',
    '//host:port/',
  ]) {
    const client = await RawClient.open(t, port);
    client.request(target, UPGRADE);
    await until(() => client.ended, `the refusal of ${target}`);
    assert.ok([400, 404].includes(client.status!), `${target}: ${client.text}`);
  }
  assert.ok(await healthy.isIntact());
});

test('a cursor that is none is refused before the upgrade, whatever stands in it', async (t) => {
  const { port } = await startServer(t);
  for (const after of ['-1', '1e9', '0x1', '1%0d%0aX-Injected:%201', '%00', '9'.repeat(300), '%F0%9F%98%80']) {
    const client = await RawClient.open(t, port);
    client.upgrade(`/feed/websocket?after=${after}`);
    await until(() => client.ended, 'the refusal');
    assert.equal(client.status, 400, after);
    assert.ok(!client.text.includes('Injected'));
  }
});

test('a handshake without its fields is refused as RFC 6455 section 4.2 asks', async (t) => {
  const { port } = await startServer(t);
  for (const [fields, status] of [
    [UPGRADE.replace('13', '12'), 400],
    [UPGRADE.replace('dGhlIHNhbXBsZSBub25jZQ==', 'short'), 400],
    [UPGRADE.replace(/Sec-WebSocket-Key.*/, 'X: y'), 400],
  ] as const) {
    const client = await RawClient.open(t, port);
    client.request('/feed/websocket', fields);
    await until(() => client.ended, 'the refusal');
    assert.equal(client.status, status, fields);
  }
  const post = await RawClient.open(t, port);
  post.request('/feed/websocket', UPGRADE, 'POST');
  await until(() => post.ended, 'the refusal');
  assert.equal(post.status, 405);
});

test('whoever is refused and does not hang up is cut', async (t) => {
  const server = await startServer(t);
  const clients = await Promise.all(Array.from({ length: 20 }, () => RawClient.open(t, server.port)));
  for (const client of clients) client.upgrade('/feed/nothing');
  await until(() => clients.every((client) => client.status === 404), 'every refusal');
  await until(() => server.app.connections.totals().open === 0, 'every connection is gone');
});

test('whoever resets the connection while it is refused or accepted takes nothing down', async (t) => {
  const server = await startServer(t);
  const healthy = await HealthyStream.open(t, server.port);
  for (const path of ['/feed/nothing', '/feed/websocket?after=x', '/feed/websocket', '/feed/websocket?after=0']) {
    for (let round = 0; round < 20; round++) {
      const client = await RawClient.open(t, server.port);
      client.upgrade(path);
      if (round % 2 === 0) await until(() => client.status !== undefined, 'the answer');
      client.send(Buffer.alloc(64));
      client.socket.resetAndDestroy();
    }
  }
  await until(() => server.app.connections.totals().open === 1, 'only the healthy stream is left');
  assert.ok(await healthy.isIntact());
});

test('an upgrade to anything but WebSocket is ignored, as RFC 9110 section 7.8 allows', async (t) => {
  const { port } = await startServer(t);
  const client = await RawClient.open(t, port);
  client.request(
    '/feed/polling?after=0',
    'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAM\r\n',
  );
  await until(() => client.body.length > 0, 'the answer');
  assert.equal(client.status, 200);
});

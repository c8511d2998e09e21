import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { createGuard } from '../../server/guard.ts';
import { startServer } from '../helpers/test-server.ts';
import { until } from '../helpers/until.ts';

test('only names of this machine and the address listened on are hosts', () => {
  const guard = createGuard('10.0.0.7', []);
  for (const host of ['127.0.0.1:8088', 'localhost', 'LocalHost:1', '[::1]:80', '10.0.0.7:8088'])
    assert.equal(guard.isHostAllowed(host), true, host);
  for (const host of [undefined, '', 'evil.example', 'evil.example:8088', '127.0.0.1.evil.example', '127.0.0.1:8088:1'])
    assert.equal(guard.isHostAllowed(host), false, String(host));
  assert.equal(createGuard('fd00::1', []).isHostAllowed('[fd00::1]:8088'), true);
});

test('the same host is allowed the second time too, a foreign one never', () => {
  const guard = createGuard('127.0.0.1', []);
  for (let port = 0; port < 200; port++) assert.equal(guard.isHostAllowed(`localhost:${port}`), true);
  for (let time = 0; time < 3; time++) assert.equal(guard.isHostAllowed('evil.example'), false);
});

test('origins are the own one, those allowed, and none at all', () => {
  const guard = createGuard('127.0.0.1', ['http://127.0.0.1:9000']);
  const isAllowed = (origin?: string) => guard.isOriginAllowed(origin, '127.0.0.1:8088');
  for (const origin of [undefined, 'http://127.0.0.1:8088', 'http://127.0.0.1:9000'])
    assert.equal(isAllowed(origin), true, String(origin));
  for (const origin of ['http://evil.example', 'http://127.0.0.1:9001', 'https://127.0.0.1:8088', 'null', ''])
    assert.equal(isAllowed(origin), false, origin);
  assert.equal(guard.isOriginAllowed('http://evil.example', 'evil.example'), false);
});

/** The status that a request with these header lines is answered with. */
async function statusOf(t: TestContext, port: number, path: string, ...lines: string[]): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString('latin1')));
  socket.write([`GET ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
  await until(() => text.includes('\r\n\r\n'), 'a response head');
  return Number(text.slice(9, 12));
}

const UPGRADE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

test('a wrong Host is answered 403 on every route and before the upgrade', async (t) => {
  const { port } = await startServer(t);
  for (const path of ['/feed/polling', '/feed/long-polling', '/feed/sse', '/nothing'])
    assert.equal(await statusOf(t, port, path, `Host: evil.example:${port}`), 403, path);
  assert.equal(await statusOf(t, port, '/feed/websocket', `Host: evil.example:${port}`, ...UPGRADE), 403);
  assert.equal(await statusOf(t, port, '/feed/websocket', `Host: localhost:${port}`, ...UPGRADE), 101);
});

test('a page of a foreign origin cannot open a WebSocket; programs and allowed origins can', async (t) => {
  const { port, origin } = await startServer(t, { allowedOrigins: ['http://127.0.0.1:1'] });
  const open = (headers: Record<string, string>) =>
    new Promise<string>((resolve) => {
      const client = new WebSocket(`ws://127.0.0.1:${port}/feed/websocket`, { headers });
      t.after(() => client.terminate());
      client.on('open', () => resolve('open'));
      client.on('error', (error) => resolve(error.message));
    });
  assert.match(await open({ origin: 'http://evil.example' }), /403/);
  assert.match(await open({ origin: 'null' }), /403/);
  assert.equal(await open({}), 'open');
  assert.equal(await open({ origin }), 'open');
  assert.equal(await open({ origin: 'http://127.0.0.1:1' }), 'open');
});

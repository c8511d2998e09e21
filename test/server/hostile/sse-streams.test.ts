// What an event stream looks like on the wire when its client is hostile, or merely unusual.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpResponseParser } from '../../../bench/agent/wire/http-response.ts';
import { SseParser } from '../../../bench/agent/wire/sse.ts';
import { startServer } from '../../helpers/test-server.ts';
import { until } from '../../helpers/until.ts';
import { HealthyStream } from './healthy-stream.ts';
import { RawClient } from './raw-client.ts';

const HOSTILE_CURSORS = [
  '1\\r\\ndata: injected',
  '1%0adata:%20injected',
  '1%0d%0a%0d%0adata:%20injected',
  '1%00',
  '%EF%BB%BF1',
  '%E2%80%A81',
  '1;2',
  'NaN',
  'Infinity',
  '9'.repeat(4000),
];

test('nothing that a client sends comes back in a field of the stream', async (t) => {
  const { port } = await startServer(t);
  for (const cursor of HOSTILE_CURSORS) {
    for (const [target, fields] of [
      [`/feed/sse?after=${cursor}`, ''],
      ['/feed/sse', `Last-Event-ID: ${cursor}\r\n`],
      [`/feed/long-polling?after=${cursor}`, ''],
      [`/feed/polling?after=${cursor}`, ''],
    ] as const) {
      const client = await RawClient.open(t, port);
      client.request(target.replaceAll('\\r\\n', '%0d%0a'), fields.replaceAll('\\r\\n', '\r'));
      await until(() => client.status !== undefined, 'the answer');
      assert.equal(client.status, 400, `${target} ${fields}`);
      assert.ok(!client.text.includes('injected'), client.text);
      client.socket.destroy();
    }
  }
});

test('no field holds a CR, a NUL or a stray LF, and all that comes is valid', async (t) => {
  const { feed, port } = await startServer(t, { rateHz: 200, ringTicks: 10, heartbeatMs: 15_000 });
  await until(() => feed.newestSeq >= 30, 'thirty ticks');
  const client = await RawClient.open(t, port);
  client.request('/feed/sse', 'Last-Event-ID: 5\r\n');
  await until(() => client.body.split('id: ').length > 20, 'the gap, the replay and live events');
  const seen: string[] = [];
  const stream = new SseParser(0, {
    event: (_client, _buffer, _start, _end, parser) => seen.push(parser.eventType),
    error: (_client, error) => assert.fail(error),
  });
  const body: number[] = [];
  const response = new HttpResponseParser(0, {
    head: (_client, status) => assert.equal(status, 200),
    body: (_client, buffer, start, end) => {
      body.push(...buffer.subarray(start, end));
      stream.push(buffer, start, end);
    },
    end: () => assert.fail('the stream does not end'),
    error: (_client, error) => assert.fail(error),
  });
  const bytes = Buffer.from(client.text, 'latin1');
  response.push(bytes, 0, bytes.length);
  assert.ok(!body.includes(0x0d) && !body.includes(0), 'no CR and no NUL');
  const lines = Buffer.from(body).toString().split('\n').slice(0, -1);
  for (const line of lines) assert.match(line, /^(?:|retry: \d+|event: gap|id: \d+|data: \{.*\}|:)$/);
  assert.deepEqual([seen[0], ...new Set(seen.slice(1))], ['gap', 'message']);
});

test('the head is exactly that of an event stream', async (t) => {
  const { port } = await startServer(t);
  const client = await RawClient.open(t, port);
  client.request('/feed/sse', 'Accept: text/event-stream\r\n');
  await until(() => client.body.length > 0, 'the stream');
  const head = client.text.slice(0, client.text.indexOf('\r\n\r\n')).split('\r\n');
  assert.deepEqual(
    head.filter((line) => !line.startsWith('Date: ')),
    [
      'HTTP/1.1 200 OK',
      'Content-Type: text/event-stream',
      'Cache-Control: no-store',
      'X-Accel-Buffering: no',
      'Connection: keep-alive',
      'Keep-Alive: timeout=660',
      'Transfer-Encoding: chunked',
    ],
  );
});

test('the head comes at once, before there is any tick', async (t) => {
  const { port } = await startServer(t, { startUs: 1, rateHz: 0.001 });
  const client = await RawClient.open(t, port);
  client.request('/feed/sse');
  await until(() => client.body.length > 0, 'the head and the retry field');
  assert.equal(client.body, 'd\r\nretry: 1000\n\n\r\n');
});

test('requests pipelined behind a stream are not served from it, and multiply nothing', async (t) => {
  const server = await startServer(t);
  const healthy = await HealthyStream.open(t, server.port);
  const streaming = (): number => server.app.transports.reduce((sum, transport) => sum + transport.waiting(), 0);
  const client = await RawClient.open(t, server.port);
  for (let count = 0; count < 500; count++) client.request('/feed/sse');
  await until(() => client.text.includes('id: '), 'the first event');
  assert.ok(await healthy.isIntact());
  assert.equal(streaming(), 2, 'one stream a connection');
  const ids = [...client.text.matchAll(/^id: (\d+)$/gm)].map((match) => match[1]);
  assert.equal(new Set(ids).size, ids.length, 'each tick once');
});

test('a stream pipelined behind a held request does not write before its answer', async (t) => {
  const server = await startServer(t, { rateHz: 2 });
  const client = await RawClient.open(t, server.port);
  client.request(`/feed/long-polling?after=${server.feed.newestSeq}`);
  client.request('/feed/sse');
  await until(() => client.text.length > 0, 'the first answer');
  assert.match(client.text, /^HTTP\/1\.1 200 OK\r\nContent-Type: application\/json\r\n/);
});

test('long polls pipelined behind one that waits are not all held', async (t) => {
  const server = await startServer(t, { rateHz: 0.02 });
  await until(() => server.feed.newestSeq === 1, 'the only tick');
  const waiting = (): number => server.app.transports.reduce((sum, transport) => sum + transport.waiting(), 0);
  const client = await RawClient.open(t, server.port);
  const REQUEST = 'GET /feed/long-polling?after=1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
  client.send(REQUEST.repeat(5000));
  await until(() => server.app.connections.totals().bytesReceived > 5000, 'the server has read of them');
  for (let round = 0; round < 5; round++) await (await fetch(`${server.origin}/feed/polling?after=0`)).text();
  assert.equal(waiting(), 1);
});

test('HEAD is not answered with a stream', async (t) => {
  const server = await startServer(t);
  const client = await RawClient.open(t, server.port);
  client.request('/feed/sse', '', 'HEAD');
  await until(() => client.status !== undefined, 'the answer');
  const healthy = await HealthyStream.open(t, server.port);
  assert.ok(await healthy.isIntact());
  assert.equal(client.body, '', 'an answer to HEAD has no body');
  assert.equal(
    server.app.transports.reduce((sum, transport) => sum + transport.waiting(), 0),
    1,
  );
});

test('an HTTP/1.0 client, which knows no chunks, is not sent any', async (t) => {
  const { port } = await startServer(t);
  const client = await RawClient.open(t, port);
  client.request('/feed/sse', '', 'GET', 'HTTP/1.0');
  await until(() => client.status !== undefined && client.body.length > 0, 'the answer');
  assert.equal(client.status, 505);
});

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { clockEvent } from '../../../server/demo/classic.ts';
import { startTestDemo } from '../../helpers/demo.ts';
import { until } from '../../helpers/until.ts';
import { RawClient } from '../hostile/raw-client.ts';

test('an event is the time as JSON', () => {
  assert.equal(clockEvent(new Date(2026, 1, 3, 10, 15, 3)), 'data: {"message":"Current time is 10:15:03"}\n\n');
});

test('curl -N /sse: the head of an event stream, then one message a second', async (t) => {
  const { port } = await startTestDemo(t);
  for (const path of ['/sse', '/sse/']) {
    const socket = connect(port, '127.0.0.1');
    t.after(() => socket.destroy());
    let text = '';
    const arrivals: number[] = [];
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (chunk.includes('data: ')) arrivals.push(performance.now());
    });
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nUser-Agent: curl/8\r\nAccept: */*\r\n\r\n`);
    await until(() => arrivals.length >= 4, 'four messages');
    const [head = '', body = ''] = text.split('\r\n\r\n', 2);
    assert.match(head, /^HTTP\/1\.1 200 OK\r\n/);
    for (const line of [
      'Content-Type: text/event-stream',
      'Cache-Control: no-cache, no-transform',
      'X-Accel-Buffering: no',
      'Connection: keep-alive',
      'access-control-allow-origin: *',
    ])
      assert.ok(head.split('\r\n').includes(line), `${line} in ${head}`);
    assert.match(body, /^[0-9a-f]+\r\ndata: \{"message":"Current time is \d\d:\d\d:\d\d"\}\n\n\r\n/);
    const times = [...text.matchAll(/Current time is (\d\d):(\d\d):(\d\d)/g)].map(
      ([, hours, minutes, seconds]) => Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds),
    );
    // The first comes at once; from then on each is a second later than the one before.
    for (const [index, time] of times.entries()) {
      if (index > 0) assert.equal((time - times[index - 1]! + 86_400) % 86_400, 1);
    }
  }
});

test('any origin may read the stream; OPTIONS is answered 204 with the CORS headers', async (t) => {
  const { origin } = await startTestDemo(t);
  const headers = { origin: 'http://elsewhere.example' };
  const stream = await fetch(`${origin}/sse`, { headers });
  assert.equal(stream.headers.get('access-control-allow-origin'), '*');
  await stream.body!.cancel();
  for (const extra of [
    {},
    { 'access-control-request-method': 'GET', 'access-control-request-headers': 'last-event-id' },
  ]) {
    const options = await fetch(`${origin}/sse`, { method: 'OPTIONS', headers: { ...headers, ...extra } });
    assert.equal(options.status, 204);
    assert.equal(options.headers.get('access-control-allow-origin'), '*');
    assert.match(options.headers.get('access-control-allow-methods')!, /GET/);
  }
  const head = await fetch(`${origin}/sse`, { method: 'HEAD' });
  assert.equal(head.headers.get('content-type'), 'text/event-stream');
  assert.equal((await fetch(`${origin}/sse`, { method: 'POST' })).status, 404);
});

test('a stop ends the streams', async (t) => {
  const demo = await startTestDemo(t);
  const response = await fetch(`${demo.origin}/sse`);
  const ended = response.text();
  await demo.stop();
  assert.match(await ended, /^data: /, 'the stream has an end, not an error');
});

test('an HTTP/1.0 client, which knows no chunks, gets the bare events, and their end is the end of the connection', async (t) => {
  const demo = await startTestDemo(t);
  const client = await RawClient.open(t, demo.port);
  client.request('/sse', '', 'GET', 'HTTP/1.0');
  await until(() => client.body.split('data: ').length > 2, 'two messages');
  await demo.stop();
  await until(() => client.ended, 'the end');
  assert.match(client.body, /^(data: \{"message":"Current time is \d\d:\d\d:\d\d"\}\n\n){2,}$/);
  assert.equal(client.field('transfer-encoding'), undefined);
  assert.equal(client.field('connection'), 'close');
});

test('a stream that is asked for before the last answer is there does not write into it', async (t) => {
  const { port } = await startTestDemo(t);
  const client = await RawClient.open(t, port);
  // A page takes longer to answer than a stream.
  client.request('/');
  client.request('/sse');
  await until(() => client.text.includes('a connection of its own'), 'both answers');
  assert.match(client.text, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(client.text, /<\/html>\s*HTTP\/1\.1 400 Bad Request\r\n/);
});

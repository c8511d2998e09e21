// What a lean SSE client makes of answers that are not the feed's: classed as failed or dropped, never retried, never followed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpChunk } from '../../../../server/transports/http-stream.ts';
import { sseEvent } from '../../../../server/transports/sse.ts';
import { until } from '../../../helpers/until.ts';
import { ask, assertEndsAs, dropped, failed, head, tickOf } from './scripted-server.ts';

const STREAM = 'Content-Type: text/event-stream';
const CHUNKED = 'Transfer-Encoding: chunked';

for (const status of [204, 205, 210, 299, 301, 302, 303, 304, 307, 308, 400, 401, 404, 410, 500, 503]) {
  test(`an answer of ${status} is a failed client, whatever else it says`, async (t) => {
    const answer = head(status, STREAM, 'Location: /feed/sse', 'Retry-After: 0', 'Content-Length: 0');
    await assertEndsAs(t, 'sse', () => answer, failed(`HTTP_${status}`));
  });
}

for (const type of [
  'text/x-bogus',
  'x bogus',
  'text/event-streams',
  'text/event-stream-x; charset=utf-8',
  'text/event-stream/x',
  'text/html; x=text/event-stream',
  'text/event',
  '',
]) {
  test(`a stream of the type "${type}" is a failed client`, async (t) => {
    await assertEndsAs(t, 'sse', () => head(200, `Content-Type: ${type}`, CHUNKED), failed('CONTENT_TYPE'));
  });
}

test('a stream without a type is a failed client', async (t) => {
  await assertEndsAs(t, 'sse', () => head(200, CHUNKED), failed('CONTENT_TYPE'));
});

for (const type of [
  'text/event-stream',
  'text/event-stream;',
  'text/event-stream;charset=utf-8',
  'text/event-stream ; charset=windows-1252',
  'TEXT/Event-Stream',
  'text/event-stream;x bogus',
]) {
  test(`a stream of the type "${type}" is read`, async (t) => {
    const answer = head(200, `Content-Type: ${type}`, CHUNKED) + httpChunk(sseEvent(tickOf(1)));
    const { recorder, log } = await ask(t, 'sse', () => answer);
    await until(() => recorder.newest[0] === 1, 'the tick');
    assert.deepEqual(log, { opened: 1, failed: [], dropped: [] });
  });
}

const events = httpChunk('retry: 1\n\n') + httpChunk(sseEvent(tickOf(1))) + httpChunk('id: 2\ndata: {"se');
const stream = head(200, STREAM, CHUNKED) + events;
test('a stream that ends is a dropped client, whatever retry it was told', async (t) => {
  await assertEndsAs(t, 'sse', () => `${stream}0\r\n\r\n`, dropped('STREAM_END'));
});
test('a stream that is cut inside an event is a dropped client', async (t) => {
  await assertEndsAs(t, 'sse', () => stream, dropped('CLOSED'), true);
});
test('a stream until the close of the connection is read, and its end a dropped client', async (t) => {
  await assertEndsAs(t, 'sse', () => head(200, STREAM) + sseEvent(tickOf(1)), dropped('CLOSED'), true);
});
test('chunks that are none are a dropped client', async (t) => {
  await assertEndsAs(t, 'sse', () => `${stream}x\r\n`, dropped('HTTP_CHUNK_SIZE'));
});
test('an answer that is no HTTP is a failed client', async (t) => {
  await assertEndsAs(t, 'sse', () => 'SSH-2.0-OpenSSH_9.9\r\n', failed('HTTP_STATUS_LINE'));
});

test('the request asks for an event stream, from no cache', async (t) => {
  const { script, log } = await ask(t, 'sse', () => head(404, 'Content-Length: 0'));
  await until(() => log.failed.length === 1, 'the end of the client');
  assert.match(script.requests[0]!, /^GET \/feed\/sse HTTP\/1\.1\r\n/);
  for (const line of [`Host: 127.0.0.1:${script.port}`, 'Accept: text/event-stream', 'Cache-Control: no-store']) {
    assert.ok(script.requests[0]!.includes(`\r\n${line}\r\n`), line);
  }
});

// What polling, long polling and SSE put on the wire, byte by byte where a contract says so.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import { MAX_PAYLOAD_BYTES } from '../../../server/feed/tick.ts';
import { httpChunk } from '../../../server/transports/http-stream.ts';
import { sseEvent } from '../../../server/transports/sse.ts';
import { seqsOf } from '../../helpers/seqs.ts';
import { startServer } from '../../helpers/test-server.ts';
import { until } from '../../helpers/until.ts';

/** Opens a raw connection, sends one request, and gathers what comes. */
function rawRequest(t: TestContext, port: number, path: string, headers = '') {
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  const received = { text: '', ended: false, firstAt: Number.POSITIVE_INFINITY };
  socket.setEncoding('latin1');
  socket.once('data', () => (received.firstAt = performance.now()));
  socket.on('data', (text: string) => (received.text += text));
  socket.on('end', () => (received.ended = true));
  socket.on('error', () => undefined);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${headers}\r\n`);
  return received;
}

test('polling answers with the ticks after the cursor as a JSON array, or 204', async (t) => {
  const { feed, origin } = await startServer(t);
  await until(() => feed.newestSeq >= 5, 'five ticks');
  const answer = await fetch(`${origin}/feed/polling?after=2`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'application/json');
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  const ticks = (await answer.json()) as { tick: string }[];
  assert.deepEqual(seqsOf(ticks.slice(0, 3)), [3, 4, 5]);
  const slow = await startServer(t, { rateHz: 0.02 });
  await until(() => slow.feed.newestSeq === 1, 'the only tick');
  const none = await fetch(`${slow.origin}/feed/polling?after=1`);
  assert.equal(none.status, 204);
  assert.equal(await none.text(), '');
});

test('polling without a cursor, or with latest=1, answers with the newest tick alone', async (t) => {
  const { feed, origin } = await startServer(t);
  await until(() => feed.newestSeq >= 5, 'five ticks');
  for (const query of ['', '?latest=1&after=1', '?latest=1']) {
    const ticks = (await (await fetch(`${origin}/feed/polling${query}`)).json()) as { tick: string }[];
    assert.equal(ticks.length, 1, query);
    assert.ok(seqsOf(ticks)[0]! >= 5);
  }
});

test('idiomatic polling answers with the same JSON', async (t) => {
  const { feed, origin } = await startServer(t, { fanOut: 'idiomatic' });
  await until(() => feed.newestSeq >= 3, 'three ticks');
  const ticks = await (await fetch(`${origin}/feed/polling?after=0`)).text();
  assert.ok(ticks.startsWith(`[${feed.at(1)!.text},${feed.at(2)!.text},`));
});

test('long polls that were asked for one after the other are not always answered one after the other', async (t) => {
  const { feed, port } = await startServer(t, { rateHz: 2 });
  await until(() => feed.newestSeq >= 1, 'a tick');
  const polls = Array.from({ length: 40 }, () => rawRequest(t, port, `/feed/long-polling?after=${feed.newestSeq}`));
  await until(() => polls.every(({ text }) => text !== ''), 'all to be answered');
  const answered = [...polls.keys()].toSorted((a, b) => polls[a]!.firstAt - polls[b]!.firstAt);
  const isNext = (place: number, at: number) => at > 0 && Math.abs(place - answered[at - 1]!) === 1;
  assert.ok(answered.filter(isNext).length < 20, answered.join(' '));
});

test('a malformed cursor is refused with 400, on every route', async (t) => {
  const { origin } = await startServer(t);
  for (const route of ['polling', 'long-polling', 'sse']) {
    for (const after of ['x', '-1', '1.5', '1e3', '99999999999999999999', '%00']) {
      assert.equal((await fetch(`${origin}/feed/${route}?after=${after}`)).status, 400, `${route} ${after}`);
    }
  }
  assert.equal((await fetch(`${origin}/feed/long-polling?wait=soon`)).status, 400);
  assert.equal((await fetch(`${origin}/feed/nothing`)).status, 404);
});

test('a long poll is held until the next tick, or answered at once when there is one', async (t) => {
  const { feed, origin } = await startServer(t, { rateHz: 4 });
  await until(() => feed.newestSeq >= 1, 'the first tick');
  const at = feed.newestSeq;
  const held = (await (await fetch(`${origin}/feed/long-polling?after=${at}`)).json()) as { tick: string }[];
  assert.deepEqual(seqsOf(held), [at + 1]);
  const behind = (await (await fetch(`${origin}/feed/long-polling?after=0`)).json()) as { tick: string }[];
  assert.equal(seqsOf(behind)[0], 1);
});

test('a long poll without a tick in time is answered with 204, and one that hung up is forgotten', async (t) => {
  const server = await startServer(t, { rateHz: 0.02 });
  await until(() => server.feed.newestSeq === 1, 'the only tick');
  const waiting = () => server.app.transports.reduce((sum, transport) => sum + transport.waiting(), 0);
  assert.equal((await fetch(`${server.origin}/feed/long-polling?after=1&wait=0.05`)).status, 204);
  const leaver = connect(server.port, '127.0.0.1');
  leaver.write(`GET /feed/long-polling?after=1 HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await until(() => waiting() === 1, 'the request is held');
  leaver.destroy();
  await until(() => waiting() === 0, 'the request is forgotten');
});

test('an SSE stream begins with its head and a retry field, then one chunk an event', async (t) => {
  const { feed, port } = await startServer(t, { rateHz: 100 });
  await until(() => feed.newestSeq >= 1, 'the first tick');
  const received = rawRequest(t, port, `/feed/sse?after=${feed.newestSeq}`);
  const first = feed.newestSeq + 1;
  await until(() => feed.newestSeq >= first + 3 && received.text.includes(`id: ${first + 2}\n`), 'three events');
  const headEnd = received.text.indexOf('\r\n\r\n');
  const head = received.text.slice(0, headEnd);
  const body = received.text.slice(headEnd + 4);
  assert.match(head, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(head, /^Content-Type: text\/event-stream\r?$/m);
  assert.match(head, /^Cache-Control: no-store\r?$/m);
  assert.match(head, /^X-Accel-Buffering: no\r?$/m);
  assert.match(head, /^Transfer-Encoding: chunked\r?$/m);
  const events = [first, first + 1, first + 2].map((seq) => httpChunk(sseEvent(feed.at(seq)!))).join('');
  assert.ok(body.startsWith(`d\r\nretry: 1000\n\n\r\n${events}`), body);
});

test('an SSE client resumes after its Last-Event-ID, and is told what the ring no longer holds', async (t) => {
  const { feed, port } = await startServer(t, { rateHz: 200, ringTicks: 10 });
  await until(() => feed.newestSeq >= 30, 'thirty ticks');
  const recent = rawRequest(t, port, '/feed/sse', `Last-Event-ID: ${feed.newestSeq - 3}\r\n`);
  const from = feed.newestSeq - 2;
  await until(() => recent.text.includes(`id: ${from + 5}\n`), 'replay and live events');
  const ids = [...recent.text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
  assert.deepEqual(
    ids.slice(0, 6),
    [0, 1, 2, 3, 4, 5].map((step) => ids[0]! + step),
  );
  assert.ok(ids[0]! >= from && ids[0]! <= from + 2);
  assert.ok(!recent.text.includes('event: gap'));

  const old = rawRequest(t, port, '/feed/sse', 'Last-Event-ID: 5\r\n');
  await until(() => old.text.includes('id: '), 'the replay');
  const gap = /event: gap\ndata: \{"from":6,"to":(\d+)\}\n\n/.exec(old.text);
  assert.ok(gap, old.text.slice(0, 400));
  assert.equal(Number(/^id: (\d+)$/m.exec(old.text)![1]), Number(gap[1]) + 1);
});

test('silence is broken by a comment, a flowing stream is not', async (t) => {
  const quiet = await startServer(t, { rateHz: 0.02, heartbeatMs: 20 });
  const silent = rawRequest(t, quiet.port, '/feed/sse');
  await until(() => silent.text.split('3\r\n:\n\n\r\n').length > 3, 'three comments');
  const busy = await startServer(t, { rateHz: 200, heartbeatMs: 500 });
  const flowing = rawRequest(t, busy.port, '/feed/sse');
  await until(() => flowing.text.includes('id: 150\n'), 'more than a heartbeat of events');
  assert.ok(!flowing.text.includes(':\n\n\r\n'));
});

test('a stop ends streams and held requests in their own words', async (t) => {
  const server = await startServer(t, { rateHz: 0.02 });
  await until(() => server.feed.newestSeq === 1, 'the only tick');
  const stream = rawRequest(t, server.port, '/feed/sse');
  const held = rawRequest(t, server.port, '/feed/long-polling?after=1');
  const waiting = () => server.app.transports.reduce((sum, transport) => sum + transport.waiting(), 0);
  await until(() => waiting() === 2, 'both are waiting');
  await server.app.stop();
  await until(() => stream.ended && held.ended, 'both are ended');
  assert.ok(stream.text.endsWith('0\r\n\r\n'));
  assert.match(held.text, /^HTTP\/1\.1 204 /);
  assert.match(held.text, /^Connection: close\r$/im);
});

test('a consumer that does not read is cut, and the others stay', { timeout: 60_000 }, async (t) => {
  // The clients share this process: when it is held up, what was due meanwhile comes at once, to the keen one, too. Its bound
  // must hold the ticks of more than a second, or it is cut as well.
  const server = await startServer(t, { rateHz: 100, payloadBytes: MAX_PAYLOAD_BYTES, sendBufferBytes: 8_000_000 });
  const lazy = connect(server.port, '127.0.0.1');
  t.after(() => lazy.destroy());
  lazy.on('error', () => undefined);
  lazy.pause();
  lazy.write('GET /feed/sse HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const keen = connect(server.port, '127.0.0.1');
  t.after(() => keen.destroy());
  let bytes = 0;
  keen.on('data', (chunk) => (bytes += chunk.length));
  keen.write('GET /feed/sse HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const cut = () => server.app.transports.reduce((sum, transport) => sum + transport.cut(), 0);
  await until(() => cut() === 1, 'the lazy one is cut', 30_000);
  const before = bytes;
  await until(() => bytes > before + 1_000_000, 'the keen one goes on receiving');
});

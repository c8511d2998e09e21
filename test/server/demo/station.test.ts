import assert from 'node:assert/strict';
import { connect, createServer, Server } from 'node:net';
import { test, type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { latenessOf } from '../../../server/demo/session.ts';
import { Station, type StationOptions } from '../../../server/demo/station.ts';
import { until } from '../../helpers/until.ts';

const PAGE = 'http://127.0.0.1:1';

async function startStation(t: TestContext, overrides: Partial<StationOptions> = {}): Promise<Station> {
  const station = await Station.start({
    tuning: { rateHz: 20, payloadBytes: 64 },
    ringTicks: 256,
    sendBufferBytes: 1_000_000,
    pageOrigin: PAGE,
    keyOf: (url) => /^\/feed\/([a-z-]+)/.exec(url)?.[1],
    ...overrides,
  });
  t.after(() => station.stop());
  return station;
}

test('the page may read every transport, other pages may not', async (t) => {
  const station = await startStation(t);
  await until(() => station.feed.newestSeq > 0, 'a tick');
  for (const path of ['polling?after=0', 'long-polling?after=0', 'sse']) {
    const url = `http://127.0.0.1:${station.port}/feed/${path}`;
    const own = await fetch(url, { headers: { origin: PAGE } });
    assert.equal(own.headers.get('access-control-allow-origin'), PAGE, path);
    await own.body?.cancel();
    const foreign = await fetch(url, { headers: { origin: 'http://evil.example' } });
    assert.equal(foreign.headers.get('access-control-allow-origin'), null, path);
    await foreign.body?.cancel();
  }
});

test('the page may open WebSockets, other pages may not', async (t) => {
  const station = await startStation(t);
  const answer = (origin: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${station.port}/feed/websocket`, { origin });
      t.after(() => socket.terminate());
      socket.on('open', () => resolve('open'));
      socket.on('error', ({ message }) => resolve(message));
    });
  assert.equal(await answer(PAGE), 'open');
  for (const origin of ['http://evil.example', 'http://127.0.0.1:2', 'null']) assert.match(await answer(origin), /403/);
});

/** Everything that comes on an SSE stream, as ids; told what the stream's head was. */
function streamIds(t: TestContext, port: number, after?: number): { ids: number[]; status: string; isOver: boolean } {
  const received = { ids: [] as number[], status: '', isOver: false };
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  socket.on('data', (chunk) => {
    const text = chunk.toString('latin1');
    received.status ||= text.slice(9, 12);
    received.ids.push(...[...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1])));
  });
  socket.on('error', () => undefined);
  socket.on('close', () => (received.isOver = true));
  const query = after === undefined ? '' : `?after=${after}`;
  socket.write(`GET /feed/sse${query} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  return received;
}

test('away means nobody listens; back means the same port, the same numbers, and what was due meanwhile', async (t) => {
  const station = await startStation(t);
  const { port } = station;
  const before = streamIds(t, port);
  await until(() => before.ids.length > 2, 'ticks');
  assert.equal(station.restart(2, 'refused'), true);
  assert.equal(station.restart(2, 'refused'), false, 'it is away already');
  assert.equal(station.tune({ rateHz: 1, payloadBytes: 64 }), false);
  await until(() => before.isOver, 'the stream is ended');
  await assert.rejects(fetch(`http://127.0.0.1:${port}/feed/polling`));
  await until(() => station.outage?.upUs !== null, 'it is back');
  const { downUs, upUs } = station.outage!;
  assert.ok(upUs! - downUs >= 2_000_000 - 1000 && upUs! - downUs < 10_000_000);
  assert.equal(station.port, port);
  const after = streamIds(t, port, before.ids.at(-1));
  await until(() => after.ids.length > 42, 'what was due meanwhile, and on');
  const all = [...before.ids, ...after.ids];
  assert.deepEqual(
    all,
    all.map((_, index) => all[0]! + index),
    'no tick is missing, none comes twice',
  );
});

test('behind a 503 everyone is answered 503, readable for the page', async (t) => {
  const station = await startStation(t);
  station.restart(2, 'unavailable');
  const answers: Response[] = [];
  const ask = async () => {
    const response = await fetch(`http://127.0.0.1:${station.port}/feed/sse`, { headers: { origin: PAGE } }).catch(
      () => undefined,
    );
    if (response?.status === 503) answers.push(response);
    await response?.body?.cancel();
  };
  const deadline = performance.now() + 10_000;
  while (answers.length === 0 && performance.now() < deadline) await ask();
  assert.equal(answers[0]!.headers.get('access-control-allow-origin'), PAGE);
  assert.equal(answers[0]!.headers.get('retry-after'), '2');
  const refused = await new Promise<Error>((resolve) => {
    new WebSocket(`ws://127.0.0.1:${station.port}/feed/websocket`).on('error', resolve);
  });
  assert.match(refused.message, /503/);
  await until(() => station.outage?.upUs !== null, 'it is back');
  const stream = streamIds(t, station.port);
  await until(() => stream.ids.length > 0, 'ticks again');
});

test('a stop ends a restart that is under way', async (t) => {
  const station = await startStation(t);
  station.restart(10, 'unavailable');
  const startMs = performance.now();
  await station.stop();
  assert.ok(performance.now() - startMs < 5000);
  await assert.rejects(fetch(`http://127.0.0.1:${station.port}/feed/polling`));
});

test('bytes are counted for the transport that they were for, whatever connection they took', async (t) => {
  const station = await startStation(t, { tuning: { rateHz: 0.5, payloadBytes: 64 } });
  const { meter, port } = station;
  await until(() => station.feed.newestSeq > 0, 'a tick');
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
  const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  const [poll, longPoll] = [request('/feed/polling?after=0'), request('/feed/long-polling?after=0')];
  socket.write(poll);
  await until(() => answer.endsWith(']'), 'the poll is answered');
  const pollAnswer = answer;
  answer = '';
  socket.write(longPoll);
  await until(() => answer.endsWith(']'), 'the long poll is answered');
  assert.deepEqual(meter.count('polling'), {
    sentBytes: pollAnswer.length,
    receivedBytes: poll.length,
    connections: 0,
    queuedBytes: 0,
  });
  assert.deepEqual(meter.count('long-polling'), {
    sentBytes: answer.length,
    receivedBytes: longPoll.length,
    connections: 1,
    queuedBytes: 0,
  });
  socket.destroy();
  await until(() => meter.connections === 0, 'the connection is gone');
  assert.equal(meter.count('long-polling').sentBytes, answer.length, 'what was counted stays');
});

test('a cut destroys the connections of one transport, and no other', async (t) => {
  const station = await startStation(t);
  const stream = streamIds(t, station.port);
  const socket = new WebSocket(`ws://127.0.0.1:${station.port}/feed/websocket`);
  let messages = 0;
  socket.on('message', () => messages++);
  t.after(() => socket.terminate());
  await until(() => messages > 0 && stream.ids.length > 0, 'both receive');
  assert.equal(station.meter.cut('sse'), 1);
  await until(() => stream.isOver, 'the stream is cut');
  const before = messages;
  await until(() => messages > before + 3, 'the WebSocket goes on');
});

test('the server keeps its own record of what it sent, bounded', async (t) => {
  const station = await startStation(t, { tuning: { rateHz: 50, payloadBytes: 64 } });
  await until(() => station.emissions.items.length > 5, 'emissions');
  for (const { seq, dueUs, emittedUs } of station.emissions.items) {
    assert.equal(station.feed.at(seq)!.dueUs, dueUs);
    assert.ok(emittedUs >= dueUs);
  }
  for (let seq = 0; seq < 1000; seq++) station.emissions.add({ seq, dueUs: 0, emittedUs: seq });
  assert.equal(station.emissions.items.length, 256);
  assert.deepEqual(latenessOf(station.emissions.items), { p50Us: 871, p99Us: 997 });
});

test('a port that somebody else keeps ends a restart with a sentence, not with the process', async (t) => {
  const problems: string[] = [];
  const station = await startStation(t, { portWaitMs: 0, onLost: (problem) => problems.push(problem) });
  const { port } = station;
  const other = createServer();
  t.after(() => other.close());
  station.restart(2, 'refused');
  // Nobody listens for two seconds: the port is taken as soon as it is free.
  other.on('error', () => setImmediate(() => other.listen(port, '127.0.0.1')));
  other.listen(port, '127.0.0.1');
  await until(() => problems.length > 0, 'the restart gives up');
  assert.match(problems.join(), new RegExp(`did not come back on port ${port}: .*EADDRINUSE.*Reload the page`));
  assert.equal(station.restart(1, 'refused'), false, 'it stays away');
});

test('what does not pass by waiting is not waited for', async (t) => {
  const problems: string[] = [];
  const station = await startStation(t, { onLost: (problem) => problems.push(problem) });
  t.mock.method(Server.prototype, 'listen', function (this: Server) {
    process.nextTick(() => this.emit('error', Object.assign(new Error('listen EACCES'), { code: 'EACCES' })));
    return this;
  });
  station.restart(0, 'refused');
  await until(() => problems.length > 0, 'the restart gives up');
  assert.match(problems.join(), /EACCES/);
});

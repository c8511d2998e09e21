import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { Feed } from '../../server/feed/feed.ts';
import { readTick, tickEncoder, type Tick } from '../../server/feed/tick.ts';
import { giveLines } from '../../server/given-feed.ts';
import { startServer } from '../helpers/test-server.ts';

const encode = tickEncoder(128, 1);

function givenFeed(ringTicks = 8) {
  const feed = new Feed({ startUs: 1, rateHz: 1000, payloadBytes: 128, seed: 1, ringTicks, feed: 'stdin' });
  const emitted: Tick[] = [];
  feed.subscribe((tick) => emitted.push(tick));
  feed.start();
  return { feed, emitted };
}

test('the wire form of a tick reads as the tick that was encoded, byte for byte; nothing else is one', () => {
  const tick = encode(12, 34_567);
  assert.deepEqual(readTick(tick.text), tick);
  for (const text of ['', '{}', tick.text.slice(1), `${tick.text} `, tick.text.replace('pb1_', 'pb2_')]) {
    assert.equal(readTick(text), null, text);
  }
});

test('a feed that is given its ticks makes none, and sends each at once, in order and once', () => {
  const { feed, emitted } = givenFeed();
  assert.deepEqual([feed.newestSeq, feed.newestDueSeq()], [0, 0]);
  assert.deepEqual(
    [5, 6, 6, 4, 8].map((seq) => feed.give(encode(seq, seq))),
    [true, true, false, false, true],
  );
  assert.deepEqual(
    emitted.map(({ seq }) => seq),
    [5, 6, 8],
  );
  assert.deepEqual([feed.newestSeq, feed.newestDueSeq()], [8, 8]);
});

test('ticks that were left out are nowhere in the ring, nor are those that they drove out', () => {
  const { feed } = givenFeed(4);
  for (const seq of [1, 2, 3, 4]) feed.give(encode(seq, seq));
  const full = feed.ringBytes;
  feed.give(encode(7, 7));
  assert.deepEqual(
    feed.since(0).map(({ seq }) => seq),
    [4, 7],
  );
  assert.equal(feed.ringBytes, full / 2);
  feed.give(encode(1_000_000, 7));
  assert.deepEqual(
    feed.since(0).map(({ seq }) => seq),
    [1_000_000],
  );
});

test('lines are ticks; what is none is told, and the end of the input is noticed', async () => {
  const { feed, emitted } = givenFeed();
  const input = new PassThrough();
  const refused: string[] = [];
  const ended = giveLines(feed, input, (why) => refused.push(why));
  const [one, two] = [encode(1, 1).text, encode(2, 2).text];
  for (const part of [`${one}\n${two.slice(0, 40)}`, `${two.slice(40)}\nhello\n`, `${two}\n`]) input.write(part);
  input.end();
  await ended;
  assert.deepEqual(
    emitted.map(({ text }) => text),
    [one, two],
  );
  assert.deepEqual(refused, ['not a tick: {"tick":"pb1_SEQ_DUE_PAD_"} is expected', 'tick 2 is not newer than 2']);
});

test('a tick that is posted is answered once it is sent; other bodies, older ticks and foreign pages are refused', async (t) => {
  const { feed, origin } = await startServer(t, { feed: 'http' });
  const emitted: number[] = [];
  feed.subscribe(({ seq }) => emitted.push(seq));
  const post = async (body: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${origin}/publish`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'text/plain', ...headers },
    });
    return [answer.status, await answer.text()] as const;
  };
  assert.deepEqual(await post(encode(3, 3).text), [204, '']);
  assert.deepEqual(emitted, [3]);
  assert.deepEqual(await post(encode(3, 3).text), [400, '{"error":"tick 3 is not newer than 3"}']);
  assert.equal((await post('hello'))[0], 400);
  assert.equal((await post('{}', { 'content-type': 'application/json' }))[0], 400);
  assert.equal((await post(encode(4, 4).text, { origin: 'http://evil.example' }))[0], 403);
  assert.deepEqual(emitted, [3]);
});

test('nobody can publish to a server that makes its own ticks', async (t) => {
  const { origin } = await startServer(t);
  const answer = await fetch(`${origin}/publish`, { method: 'POST', body: encode(1, 1).text });
  assert.equal(answer.status, 404);
});

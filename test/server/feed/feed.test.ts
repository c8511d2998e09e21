import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { nowUs } from '../../../server/clock.ts';
import { Feed } from '../../../server/feed/feed.ts';
import { dueUs } from '../../../server/feed/schedule.ts';
import type { Tick } from '../../../server/feed/tick.ts';

function startFeed(t: TestContext, options: { startUs: number; rateHz: number; ringTicks?: number }) {
  const { startUs, rateHz, ringTicks = 64 } = options;
  const feed = new Feed({ startUs, rateHz, payloadBytes: 64, seed: 1, ringTicks });
  t.after(() => feed.stop());
  const ticks: Tick[] = [];
  const waits: { count: number; resolve: () => void }[] = [];
  feed.subscribe((tick) => {
    ticks.push(tick);
    for (const wait of waits) if (ticks.length >= wait.count) wait.resolve();
  });
  const received = (count: number) =>
    new Promise<void>((resolve) => {
      waits.push({ count, resolve });
    });
  return { feed, ticks, received };
}

test('ticks come in sequence, each at or after its scheduled time and with that time in it', async (t) => {
  const startUs = Math.ceil(nowUs()) + 10_000;
  const { feed, ticks, received } = startFeed(t, { startUs, rateHz: 200 });
  const lateness: number[] = [];
  feed.start((us) => lateness.push(us));
  await received(20);
  assert.deepEqual(
    ticks.map((tick) => tick.seq),
    ticks.map((_, index) => index + 1),
  );
  for (const tick of ticks) assert.equal(tick.dueUs, dueUs({ startUs, rateHz: 200 }, tick.seq));
  assert.ok(lateness.every((us) => us >= 0));
});

test('a blocked event loop delays ticks but loses none and moves no schedule', async (t) => {
  const startUs = Math.ceil(nowUs()) + 5000;
  const { feed, ticks, received } = startFeed(t, { startUs, rateHz: 100 });
  const lateness: number[] = [];
  feed.start((us) => lateness.push(us));
  await received(1);
  const until = nowUs() + 100_000;
  while (nowUs() < until);
  await received(15);
  assert.deepEqual(
    ticks.map((tick) => tick.seq),
    ticks.map((_, index) => index + 1),
  );
  assert.equal(ticks[14]!.dueUs, startUs + 140_000);
  assert.ok(Math.max(...lateness) > 80_000, 'the stall shows in the lateness');
});

test('a feed that starts late holds what was due, without sending it', async (t) => {
  const { feed, ticks, received } = startFeed(t, { startUs: Math.floor(nowUs()) - 95_000, rateHz: 100, ringTicks: 4 });
  feed.start();
  assert.equal(feed.newestSeq, 10);
  assert.deepEqual(
    feed.since(0).map((tick) => tick.seq),
    [7, 8, 9, 10],
  );
  await received(1);
  assert.equal(ticks[0]!.seq, 11);
});

test('the ring answers cursors: all newer ticks, as far back as it reaches', (t) => {
  const { feed } = startFeed(t, { startUs: Math.floor(nowUs()) - 1_000_000, rateHz: 100, ringTicks: 16 });
  feed.start();
  const { newestSeq } = feed;
  assert.deepEqual(feed.since(newestSeq), []);
  assert.deepEqual(feed.since(newestSeq + 5), []);
  assert.deepEqual(
    feed.since(newestSeq - 2).map((tick) => tick.seq),
    [newestSeq - 1, newestSeq],
  );
  assert.equal(feed.since(newestSeq - 2), feed.since(newestSeq - 2), 'pollers in step share one array');
  assert.equal(feed.since(0).length, 16);
  assert.equal(feed.at(newestSeq - 16), undefined);
  assert.equal(feed.oldestSeq, newestSeq - 15);
});

test('a retuned feed goes on without a gap, at the new speed and size', async (t) => {
  const { feed, ticks, received } = startFeed(t, { startUs: Math.ceil(nowUs()) + 5000, rateHz: 2 });
  feed.start();
  await received(1);
  feed.retune(200, 128);
  await received(8);
  assert.deepEqual(
    ticks.map((tick) => tick.seq),
    ticks.map((_, index) => index + 1),
  );
  for (const [index, tick] of ticks.entries()) {
    if (index === 0) continue;
    assert.ok(Math.abs(tick.dueUs - ticks[index - 1]!.dueUs - 5000) <= 2, 'a new period after the tick before');
    assert.equal(tick.bytes.length, 128);
    assert.equal(tick.dueUs, dueUs(feed.options, tick.seq));
  }
  feed.retune(20, 64);
  const before = ticks.length;
  await received(before + 2);
  assert.ok(Math.abs(ticks[before + 1]!.dueUs - ticks[before]!.dueUs - 50_000) <= 2);
});

test('the memory of the ring grows by each tick that is kept, and no further once the ring is full', () => {
  const kept = (ticks: number, ringTicks: number, payloadBytes: number) => {
    const schedule = { startUs: Math.floor(nowUs()) - ticks * 1e6 + 500_000, rateHz: 1 };
    const feed = new Feed({ ...schedule, payloadBytes, seed: 1, ringTicks });
    assert.equal(feed.ringBytes, 0);
    feed.start();
    feed.stop();
    assert.equal(feed.newestSeq, ticks);
    return feed.ringBytes;
  };
  const one = kept(1, 8, 1000);
  assert.ok(one >= 2 * 1000, 'bytes and text');
  assert.deepEqual([kept(5, 8, 1000), kept(8, 8, 1000), kept(20, 8, 1000)], [5 * one, 8 * one, 8 * one]);
  assert.equal(kept(1, 8, 3000) - one, 2 * 2000);
});

test('a tick that drives another out of the ring takes its memory over', async (t) => {
  const { feed, received } = startFeed(t, { startUs: Math.ceil(nowUs()) + 5000, rateHz: 500, ringTicks: 4 });
  feed.start();
  await received(4);
  const full = feed.ringBytes;
  await received(12);
  assert.equal(feed.ringBytes, full);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Ledger } from '../../../../bench/agent/measure/ledger.ts';
import { lossesAmong, OwedTicks } from '../../../../bench/agent/measure/owed-ticks.ts';
import { dueUs, newestDue } from '../../../../server/feed/schedule.ts';

const SCHEDULE = { startUs: 1_000_000, rateHz: 10 };
const TICKS = 60;

/** A client that polls for the newest tick of a feed: what it was not given, and what its ledger and its polls say. */
function life(world: {
  lost: ReadonlySet<number>;
  latenessUs: readonly number[];
  pollsUs: readonly number[];
  wayUs: number;
}) {
  const newest = Float64Array.of(1);
  const ledger = new Ledger(newest, 2, TICKS, true);
  const owed = new OwedTicks(SCHEDULE, 1);
  const emittedUs = (seq: number) => dueUs(SCHEDULE, seq) + (world.latenessUs[seq % world.latenessUs.length] ?? 0);
  /** Ticks that were lost while they were the newest, and asked for. */
  const withheld = new Set<number>();
  for (const atUs of world.pollsUs) {
    const cursor = newest[0]!;
    owed.asked(0, cursor, atUs);
    let current = newestDue(SCHEDULE, atUs + world.wayUs);
    while (emittedUs(current) > atUs + world.wayUs) current--;
    if (current > cursor && world.lost.has(current)) withheld.add(current);
    else if (current > cursor) ledger.receive(0, current, true);
    owed.answered(0, newest[0]!, atUs + world.wayUs, (seq) => ledger.isSkipped(0, seq));
  }
  // A tick at the end that nothing came after is missed in any case.
  const losses = [...withheld].filter((seq) => seq <= TICKS && seq < newest[0]!).length;
  const told = lossesAmong(owed.finish(), Math.max(0, ...world.latenessUs));
  return { losses, told, counts: ledger.counts(1) };
}

const lost = fc.uniqueArray(fc.integer({ min: 3, max: TICKS }), { maxLength: 30 }).map((seqs) => new Set(seqs));
/** Gaps between polls, shorter and longer than the feed's period of 100 ms. */
const pollsUs = fc.array(fc.integer({ min: 1000, max: 400_000 }), { minLength: 5, maxLength: 120 }).map((gaps) => {
  // A poll at the very microsecond at which a tick is emitted may get it or not.
  let atUs = SCHEDULE.startUs + 50_000.5;
  return gaps.map((gap) => (atUs += gap));
});

test('each tick that a poll was not given although it was the newest is one loss, where the feed is punctual', () => {
  fc.assert(
    fc.property(lost, pollsUs, (missing, polls) => {
      const { losses, told } = life({ lost: missing, latenessUs: [0], pollsUs: polls, wayUs: 0 });
      assert.equal(told, losses);
    }),
    { numRuns: 500 },
  );
});

test('a tick that became due while a poll was under way, and was lost, is one loss for that poll and the next', () => {
  const before = [1, 2, 3].map((tick) => dueUs(SCHEDULE, tick) + 50_000);
  const crossing = dueUs(SCHEDULE, 5) - 400;
  const world = { lost: new Set([5]), latenessUs: [0], wayUs: 900 };
  const { losses, told } = life({ ...world, pollsUs: [...before, crossing, crossing + 1000, crossing + 150_000] });
  assert.deepEqual([losses, told], [1, 1]);
});

test('a margin that its tally rounds up, past how late the feed was, is no loss', () => {
  // 98,950 us stands for all from 98,944 to 99,007, and its bucket's middle is above the lateness.
  const world = { lost: new Set<number>(), latenessUs: [0, 0, 0, 98_955], wayUs: 0 };
  const { told } = life({
    ...world,
    pollsUs: [dueUs(SCHEDULE, 2) + 1, dueUs(SCHEDULE, 3) + 98_950, dueUs(SCHEDULE, 4)],
  });
  assert.equal(told, 0);
});

test('a feed that is late and answers that take their time make no loss of what was only skipped', () => {
  const late = fc.array(fc.integer({ min: 0, max: 99_000 }), { minLength: 1, maxLength: 7 });
  fc.assert(
    fc.property(lost, pollsUs, late, fc.integer({ min: 0, max: 900 }), (missing, polls, latenessUs, wayUs) => {
      const sound = life({ lost: new Set(), latenessUs, pollsUs: polls, wayUs });
      assert.equal(sound.told, 0);
      const { losses, told, counts } = life({ lost: missing, latenessUs, pollsUs: polls, wayUs });
      assert.ok(told <= losses, `${told} told of ${losses}`);
      assert.ok(told <= counts.coalesced, 'a loss is taken from what counts as coalesced');
    }),
    { numRuns: 500 },
  );
});

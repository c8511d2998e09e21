import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { dueUs, firstDueFrom, newestDue } from '../../../server/feed/schedule.ts';

const schedule = fc.record({
  startUs: fc.integer({ min: 0, max: 1e12 }),
  rateHz: fc.oneof(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0.01, max: 10_000, noNaN: true })),
});
const seq = fc.integer({ min: 1, max: 1_000_000 });

test('a tick is due exactly (seq - 1) / rate after the start, however many came before', () => {
  assert.equal(dueUs({ startUs: 1000, rateHz: 3 }, 1), 1000);
  assert.equal(dueUs({ startUs: 1000, rateHz: 3 }, 3_000_001), 1000 + 1e12);
  assert.equal(dueUs({ startUs: 1000, rateHz: 3 }, 2), 1000 + 333_333);
});

test('the newest due tick is due, and the next is not', () => {
  fc.assert(
    fc.property(schedule, seq, fc.integer({ min: 0, max: 1e6 }), (plan, tick, laterUs) => {
      const nowUs = dueUs(plan, tick) + laterUs;
      const newest = newestDue(plan, nowUs);
      assert.ok(dueUs(plan, newest) <= nowUs);
      assert.ok(dueUs(plan, newest + 1) > nowUs);
    }),
  );
});

test('before the start nothing is due', () => {
  assert.equal(newestDue({ startUs: 1000, rateHz: 10 }, 999), 0);
  assert.equal(newestDue({ startUs: 1000, rateHz: 10 }, 1000), 1);
});

test('the first tick from a time on is the tick that is due then, or the next', () => {
  fc.assert(
    fc.property(schedule, seq, (plan, tick) => {
      const at = dueUs(plan, tick);
      // Ticks above 1 MHz may share a microsecond: the first of them is meant.
      assert.equal(dueUs(plan, firstDueFrom(plan, at)), at);
      assert.ok(dueUs(plan, firstDueFrom(plan, at + 1)) > at);
    }),
  );
});

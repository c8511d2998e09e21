import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomFrom } from '../../../bench/basics/random.ts';
import { meansOf, SlotMeans } from '../../../bench/agent/measure/slot-means.ts';
import { hasSettled, isOver } from '../../../bench/trial/warm-up.ts';

const slots = (count: number, of: (slot: number) => number) => Array.from({ length: count }, (_, slot) => of(slot));

test('latency that falls or climbs has not settled, one that stays has', () => {
  assert.equal(hasSettled(slots(8, (slot) => 500_000 * 0.7 ** slot)), false);
  assert.equal(hasSettled(slots(8, (slot) => 20_000 + 5000 * slot)), false);
  assert.equal(hasSettled([...slots(10, () => 400_000), ...slots(20, (slot) => 30_000 + (slot % 3) * 1000)]), true);
  assert.equal(hasSettled(slots(20, (slot) => 300 + slot * 40)), true, 'less than a millisecond');
});

test('of too few slots nothing is said, and the window waits for three seconds at most; else for eight', () => {
  assert.equal(hasSettled([500_000, 400_000, 300_000, 200_000, 100_000, 50_000, 25_000]), null);
  assert.deepEqual(
    [isOver(true, 1000), isOver(null, 2999), isOver(null, 3000), isOver(false, 3000), isOver(false, 8000)],
    [true, false, true, false, true],
  );
});

test('of steady latencies one look in twenty or fewer is a false alarm', () => {
  const random = randomFrom(7);
  const alarms = (count: number) =>
    slots(4000, () => (hasSettled(slots(count, () => 20_000 * (1 + random()))) === false ? 1 : 0)).reduce(
      (sum, alarm) => sum + alarm,
      0,
    ) / 4000;
  for (const count of [8, 12, 20, 40]) {
    const share = alarms(count);
    assert.ok(share > 0.005 && share <= 0.05, `${count} slots: ${share}`);
  }
});

test('means are of the slots in which anything was received, by whomever', () => {
  const [a, b] = [new SlotMeans({ startUs: 1000, slotUs: 100 }), new SlotMeans({ startUs: 1000, slotUs: 100 })];
  a.record(999, 7); // before the first
  a.record(1000, 10);
  a.record(1099, 20);
  b.record(1050, 60);
  b.record(1200, 5);
  assert.deepEqual(meansOf([a.sums, b.sums]), [30, 5]);
  assert.deepEqual(meansOf([]), []);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { designAgeP99Ms, longestPollIntervalMs } from '../../../report/chooser/evidence.ts';

test('what is pushed is by design no older than the time between two ticks', () => {
  assert.equal(designAgeP99Ms(100, null), 99);
});

/** The p99 of the sum of two independent uniform variables, by counting pairs of a fine grid. */
function counted(a: number, b: number): number {
  const steps = 400;
  const sums = Array.from({ length: steps * steps }, (_, index) => {
    const [i, j] = [index % steps, Math.floor(index / steps)];
    return ((i + 0.5) / steps) * a + ((j + 0.5) / steps) * b;
  });
  return new Float64Array(sums).toSorted()[Math.floor(sums.length * 0.99)] ?? NaN;
}

test('the age of a poller is the sum of two uniform times, whichever of them is longer, however much', () => {
  for (const [period, interval] of [
    [100, 1000],
    [1000, 100],
    [100, 100],
    [1, 1000], // the shorter one vanishes within the last per cent
  ] as const)
    assert.ok(
      Math.abs(designAgeP99Ms(period, interval) / counted(period, interval) - 1) < 0.005,
      `${period} ${interval}`,
    );
});

test('the longest poll interval within a budget meets it, and a longer one does not', () => {
  const longest = longestPollIntervalMs(100, 5, 1000)!;
  assert.ok(designAgeP99Ms(100, longest) + 5 <= 1000);
  assert.ok(designAgeP99Ms(100, longest + 1) + 5 > 1000);
  assert.equal(longestPollIntervalMs(2000, 0, 1000), null, 'the feed alone is too slow');
});

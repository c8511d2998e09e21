import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PushbenchError } from '../../bench/basics/errors.ts';
import { agePoints, latencyPoints } from '../../report/figures/grids.ts';
import { ageHeights, latencyHeights, mergeHistograms, type Merged } from '../../report/figures/histogram.ts';
import { distributionOf } from '../helpers/result-fixture.ts';

const oneTo = (count: number) => Array.from({ length: count }, (_, index) => (index + 1) * 1000);

function merged(...encoded: string[]) {
  const histogram = mergeHistograms(encoded);
  assert.ok(histogram);
  return histogram;
}

const percentilePoints = (histogram: Merged) =>
  latencyPoints({ samples: histogram.totalCount, latency: latencyHeights(histogram) });

test('trials of a cell are merged, not averaged', () => {
  const fast = distributionOf(oneTo(99).map(() => 1000));
  const slow = distributionOf([80_000]);
  const histogram = merged(fast.hdr, slow.hdr);
  assert.equal(histogram.totalCount, 100);
  assert.equal(Math.floor(histogram.getValueAtPercentile(99) / 100), 10);
  assert.equal(Math.floor(histogram.getValueAtPercentile(100) / 1000), 80);
});

test('nothing recorded gives no histogram, and a damaged one is a mistake with a reason', () => {
  assert.equal(mergeHistograms([distributionOf([]).hdr, '']), null);
  assert.throws(
    () => mergeHistograms(['not a histogram']),
    (error) => {
      return error instanceof PushbenchError && error.code === 'HISTOGRAM_DAMAGED';
    },
  );
});

test('the percentile curve runs from the least at 0 % to the greatest where one sample remains', () => {
  const points = percentilePoints(merged(distributionOf(oneTo(1000)).hdr));
  assert.deepEqual(points[0], [1, 1]);
  assert.equal(points.at(-1)?.[0], 1000);
  const at = (x: number) => points.find((point) => point[0] === x)?.[1] ?? NaN;
  for (const [x, ms] of [
    [2, 500],
    [10, 900],
    [100, 990],
    [1000, 999],
  ] as const)
    assert.ok(Math.abs(at(x) - ms) <= ms * 0.002, `x = ${x}: ${at(x)} instead of ${ms}`);
  assert.ok(
    points.every((point, index) => index === 0 || point[0] > (points[index - 1]?.[0] ?? 0)),
    'x rises',
  );
});

test('a single delivery is a curve of one point', () => {
  assert.equal(percentilePoints(merged(distributionOf([5000]).hdr)).length, 1);
});

test('age is given by share of the time, up to all of it', () => {
  const points = agePoints({ age: ageHeights(merged(distributionOf(oneTo(100)).hdr)) });
  assert.ok(Math.abs((points.find(([share]) => share === 50)?.[1] ?? 0) - 50) < 0.1);
  assert.equal(points.at(-1)?.[0], 100);
  assert.ok(Math.abs((points.at(-1)?.[1] ?? 0) - 100) < 0.1);
});

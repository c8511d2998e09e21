import assert from 'node:assert/strict';
import { test } from 'node:test';
import { medianIntervalRank, summarise } from '../../../bench/judge/summary.ts';

test('the interval ranks are those of the binomial table', () => {
  // Conover, Practical Nonparametric Statistics, 3.2: narrowest order-statistic interval of the median at 95 %.
  const ranks = new Map([
    [5, null],
    [6, 1],
    [8, 1],
    [9, 2],
    [12, 3],
    [15, 4],
    [20, 6],
    [30, 10],
  ]);
  for (const [n, rank] of ranks) assert.equal(medianIntervalRank(n), rank, `n = ${n}`);
});

test('median and interval are values of the sample', () => {
  assert.deepEqual(summarise([5, 1, 4, 2, 3, 9, 7, 8]), { median: 4.5, low: 1, high: 9, trials: 8 });
  assert.deepEqual(summarise([3, 1, 2]), { median: 2, low: null, high: null, trials: 3 });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repeatability } from '../../../bench/lab/repeatability.ts';
import { summariseCells } from '../../../bench/judge/summary.ts';
import type { RunResult } from '../../../bench/result/schema.ts';
import { fakePlan, fakeResult } from '../command/terminal/fake-run.ts';
import { cellOf, trialsOf } from '../judge/contest.ts';

/** Eight trials around that p99, 3 % to either side. */
function runOf(p99Us: number): RunResult {
  const cell = cellOf('sse');
  const trials = trialsOf({ sse: Array.from({ length: 8 }, (_, block) => p99Us * (0.97 + (0.06 * block) / 7)) });
  return { ...fakeResult(fakePlan([cell], 8), trials), cells: summariseCells([cell], trials) };
}

test('figures that move by less than their intervals overlap in every pair, and no comparison finds anything', () => {
  const { figures, comparisons, alarms, trials } = repeatability([runOf(20_000), runOf(20_100), runOf(19_900)]);
  const p99 = figures.find(({ metric }) => metric === 'p99')!;
  assert.deepEqual([p99.medians.length, p99.overlapping, p99.pairs], [3, 3, 3]);
  assert.ok(Math.abs(p99.spread! - 20_100 / 19_900) < 1e-3);
  assert.deepEqual([comparisons, alarms.length, trials.valid], [3, 0, 24]);
});

test('a run that is another is seen in each pair with it', () => {
  const { figures, comparisons, alarms } = repeatability([runOf(20_000), runOf(30_000), runOf(20_000)]);
  const p99 = figures.find(({ metric }) => metric === 'p99')!;
  assert.deepEqual([p99.overlapping, p99.pairs, comparisons], [1, 3, 3]);
  assert.deepEqual(
    alarms.map(({ a, b, changes }) => [a, b, changes.map(({ metric, outcome }) => `${metric.id} ${outcome}`)]),
    [
      [0, 1, ['p99 worse']],
      [1, 2, ['p99 better']],
    ],
  );
});

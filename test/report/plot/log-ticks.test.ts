import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logTicks } from '../../../report/plot/log-ticks.ts';

test('a logarithmic axis names decades, then 1-2-5 numbers, then finer ones, as its range has room', () => {
  const cases: [number, number, number[]][] = [
    [0.9, 2e9, [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]],
    [90, 1200, [100, 200, 500, 1000]],
    [0.04, 0.3, [0.05, 0.1, 0.2]],
    [100, 460, [100, 150, 200, 300, 400]],
    [850, 1300, [900, 1000, 1100, 1200, 1300]],
    [99.5, 100.6, [99.5, 100, 100.5]],
  ];
  for (const [min, max, ticks] of cases) assert.deepEqual(logTicks({ min, max }, 7), ticks, `${min} to ${max}`);
});

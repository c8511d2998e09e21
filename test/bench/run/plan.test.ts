import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPlan, estimate } from '../../../bench/run/plan.ts';
import { timing } from '../../../bench/trial/timing.ts';
import { runOptions } from '../../helpers/run-options.ts';

const machine = { cores: 2, canPin: true };

test('every combination is a cell; the poll interval varies short polling only', () => {
  const plan = createPlan(
    runOptions({ transports: ['polling', 'sse'], clients: [10, 20], ratesHz: [1, 5], pollIntervalsMs: [100, 1000] }),
    machine,
  );
  assert.equal(plan.cells.length, 2 * 2 * (2 + 1));
  assert.ok(plan.cells.every((cell) => (cell.transport === 'polling') === (cell.pollIntervalMs !== null)));
});

test('each block runs every cell once, in an order that the seed decides', () => {
  const options = runOptions({ blocks: 6, seed: 11 });
  const plan = createPlan(options, machine);
  for (const order of plan.order)
    assert.deepEqual(
      order.toSorted((a, b) => a - b),
      [0, 1, 2, 3],
    );
  assert.deepEqual(createPlan(options, machine), plan);
  assert.notDeepEqual(createPlan(runOptions({ blocks: 6, seed: 12 }), machine).order, plan.order);
  assert.ok(new Set(plan.order.map(String)).size > 1, 'blocks differ in order');
});

test('pinning is automatic where the system can and a core is left for the agents', () => {
  assert.equal(createPlan(runOptions(), machine).settings.pin, true);
  assert.equal(createPlan(runOptions({ serverWorkers: 2 }), machine).settings.pin, false);
  assert.equal(createPlan(runOptions({ pin: 'off' }), machine).settings.pin, false);
  assert.equal(createPlan(runOptions(), { cores: 2, canPin: false }).settings.pin, false);
});

test('a warm-up is long enough for every client to poll once and to hold a tick', () => {
  const { cells, settings } = createPlan(
    runOptions({ transports: ['polling', 'sse'], pollIntervalsMs: [5000], ratesHz: [0.5], warmupMs: 500 }),
    machine,
  );
  const [polling, sse] = cells;
  assert.equal(timing(polling!, settings).warmupMs, 5000);
  assert.equal(timing(sse!, settings).warmupMs, 2000);
  assert.ok(timing(polling!, settings).drainMs > 5000, 'the slowest rightful delivery is waited for');
});

test('the default run is estimated to take no more than four minutes', () => {
  const { trials, ms } = estimate(createPlan(runOptions(), machine));
  assert.equal(trials, 32);
  assert.ok(ms <= 240_000, `${ms} ms`);
});

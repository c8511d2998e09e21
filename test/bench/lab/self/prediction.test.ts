import assert from 'node:assert/strict';
import { test } from 'node:test';
import { predictionPlan, predictionsOf } from '../../../../bench/lab/self/prediction.ts';
import { sweepPlan } from '../../../../bench/run/sweep.ts';
import type { Trial } from '../../../../bench/result/schema.ts';
import { fixtureResult } from '../../../helpers/result-fixture.ts';
import { runOptions } from '../../../helpers/run-options.ts';
import { repriced } from '../../model/fake-run.ts';

const OPTIONS = runOptions({ blocks: 2 });
const SWEEP_CELLS = sweepPlan(OPTIONS).cells;

/** Trials of every cell of the plan, as its servers would cost what is known. */
function pricedRun() {
  const plan = predictionPlan(OPTIONS);
  const result = fixtureResult({
    clients: [500, 1000, 2000, 4000],
    rates: [2, 5, 10, 20, 40],
    pollIntervals: [250, 500, 1000],
    blocks: 2,
  });
  const kept = new Set(plan.cells.map((cell) => JSON.stringify(cell)));
  const trials = result.trials.filter(({ cell }) => kept.has(JSON.stringify(cell)));
  assert.equal(trials.length, plan.cells.length * 2);
  return repriced({ ...result, plan, trials }, 0, 1);
}

test('the plan holds the sweep and, of each transport, twice the clients and twice the rate', () => {
  const { cells, order } = predictionPlan(OPTIONS);
  assert.deepEqual(cells.slice(0, SWEEP_CELLS.length), SWEEP_CELLS);
  const far = cells
    .slice(SWEEP_CELLS.length)
    .map(({ transport, clients, rateHz }) => `${transport} ${clients} ${rateHz}`);
  assert.deepEqual(far.toSorted(), [
    'long-polling 1000 20',
    'long-polling 4000 5',
    'polling 1000 20',
    'polling 4000 5',
    'sse 1000 40',
    'sse 4000 10',
    'websocket 1000 40',
    'websocket 4000 10',
  ]);
  assert.ok(order.every((each) => each.length === cells.length));
});

test('a prediction rests on the sweep alone, and is right where costs are what the model says', () => {
  const run = pricedRun();
  const predictions = predictionsOf(run, SWEEP_CELLS);
  assert.equal(predictions.length, 8);
  for (const { cell, error } of predictions) assert.ok(Math.abs(error) < 1e-6, `${JSON.stringify(cell)}: ${error}`);
  const dearer = (trial: Trial): Trial =>
    trial.cell.clients === 4000
      ? {
          ...trial,
          server: {
            ...trial.server,
            cpuUserUs: trial.server.cpuUserUs! * 2,
            cpuSystemUs: trial.server.cpuSystemUs! * 2,
          },
        }
      : trial;
  const far = predictionsOf({ ...run, trials: run.trials.map(dearer) }, SWEEP_CELLS);
  for (const { beyond, error, cell } of far) {
    const expected = beyond === 'twice the clients' ? -0.5 : 0;
    assert.ok(Math.abs(error - expected) < 1e-6, `${JSON.stringify(cell)}: ${error}`);
  }
});

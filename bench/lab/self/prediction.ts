// The cost model against trials that it was not fitted to: the sweep, and loads beyond it, in the same blocks of one run.
import type { RunOptions } from '../../run/options.ts';
import { predict, type Estimate } from '../../model/cost-model.ts';
import { fitModels } from '../../model/fit.ts';
import { byCell, familiesOf } from '../../model/observation.ts';
import { SWEEP, sweepPlan } from '../../run/sweep.ts';
import { orderOf } from '../../run/plan.ts';
import type { Cell, Plan, RunResult } from '../../result/schema.ts';
import { summarise } from '../../judge/summary.ts';
import { sameCell } from '../../result/cell.ts';

/** Server CPU in cores. */
export type Prediction = {
  readonly cell: Cell;
  readonly beyond: 'twice the clients' | 'twice the rate';
  readonly predicted: Estimate;
  /** Of each trial that counts. */
  readonly measured: readonly number[];
  /** predicted / median measured - 1 */
  readonly error: number;
};

/**
 * The sweep and, of each transport, its largest load with twice the clients at half the rate, and with twice the rate for half
 * the clients: twice of one alone would be more than a core can do.
 */
export function predictionPlan(options: RunOptions): Plan {
  const sweep = sweepPlan(options);
  const cells = [...sweep.cells, ...options.transports.flatMap((id) => farCells(sweep.cells, id))];
  return { ...sweep, cells, order: orderOf(cells, sweep.settings) };
}

function farCells(cells: readonly Cell[], id: string): Cell[] {
  const own = cells.filter(({ transport }) => transport === id);
  const [clients, rateHz] = [Math.max(...own.map((cell) => cell.clients)), Math.max(...own.map((cell) => cell.rateHz))];
  const pollIntervalMs = own[0]!.pollIntervalMs === null ? null : SWEEP.pollIntervalsMs[1];
  return [
    { ...own[0]!, clients: 2 * clients, rateHz: rateHz / 2, pollIntervalMs },
    { ...own[0]!, clients: clients / 2, rateHz: 2 * rateHz, pollIntervalMs },
  ];
}

/**
 * What models that are fitted to the sweep's cells alone say of the others; without those that have no sound trial. Pure.
 *
 * @param sweep its cells
 */
export function predictionsOf(
  result: Pick<RunResult, 'plan' | 'trials' | 'transports'>,
  sweep: readonly Cell[],
): Prediction[] {
  const isSwept = (cell: Cell) => sweep.some((other) => sameCell(cell, other));
  const models = fitModels({ ...result, trials: result.trials.filter(({ cell }) => isSwept(cell)) });
  const far = familiesOf({ trials: result.trials.filter(({ cell }) => !isSwept(cell)) });
  return far.flatMap(({ transport, observations }) => {
    const model = models.find((each) => each.transport === transport);
    if (model?.cpu.kind !== 'fit') return [];
    const { cpu, range } = model;
    return byCell(observations).map((own) => {
      const { cell, load } = own[0]!;
      const { value, low, high } = predict(cpu, load);
      const measured = own.map(({ cpuUs }) => cpuUs / 1e6);
      return {
        cell,
        beyond: cell.rateHz > range.rateHz.high ? 'twice the rate' : 'twice the clients',
        predicted: { value: value / 1e6, low: low / 1e6, high: high / 1e6 },
        measured,
        error: value / 1e6 / summarise(measured).median - 1,
      };
    });
  });
}

// The cost model against trials that it was not fitted to: the sweep, and loads beyond it, in the same blocks of one run.
import type { RunOptions } from '../flags.ts';
import { predict, type Estimate } from '../model/cost-model.ts';
import { fitModels } from '../model/fit.ts';
import { byCell, familiesOf } from '../model/observation.ts';
import { amountsOf } from '../model/planner.ts';
import { SWEEP, sweepPlan } from '../model/sweep.ts';
import { orderOf } from '../plan.ts';
import type { Cell, Plan, RunResult } from '../result/schema.ts';
import { summarise } from '../stats/summary.ts';

/** Server CPU in cores. */
export type Prediction = {
  readonly cell: Cell;
  readonly beyond: Beyond;
  readonly predicted: Estimate;
  /** Of each trial that counts. */
  readonly measured: readonly number[];
  /** predicted / median measured - 1 */
  readonly error: number;
};

type Beyond = 'twice the clients' | 'twice the rate';

const MOST = { clients: Math.max(...SWEEP.clients), rateHz: Math.max(...SWEEP.ratesHz) };

/** The sweep and, of each transport, its largest load with twice the clients and with twice the rate. */
export function predictionPlan(options: RunOptions): Plan {
  const sweep = sweepPlan(options);
  const cells = [...sweep.cells, ...options.transports.flatMap((id) => farCells(sweep.cells, id))];
  return { ...sweep, cells, order: orderOf(cells, sweep.settings) };
}

function farCells(cells: readonly Cell[], id: string): Cell[] {
  const template = cells.find(({ transport }) => transport === id)!;
  const pollIntervalMs = template.pollIntervalMs === null ? null : SWEEP.pollIntervalsMs[1];
  // Twice the load of 20,000 long polls per second is more than a core can do: of these the other quantity is half.
  const { clients, rateHz } = id === 'long-polling' ? { clients: MOST.clients / 2, rateHz: MOST.rateHz / 2 } : MOST;
  return [
    { ...template, clients: 2 * MOST.clients, rateHz, pollIntervalMs },
    { ...template, clients, rateHz: 2 * MOST.rateHz, pollIntervalMs },
  ];
}

/** Beyond what the sweep measures in which way; null: within. */
function beyondOf({ clients, rateHz }: Cell): Beyond | null {
  if (clients > MOST.clients) return 'twice the clients';
  return rateHz > MOST.rateHz ? 'twice the rate' : null;
}

/** What models that are fitted to the sweep's cells alone say of the others; without those that have no sound trial. Pure. */
export function predictionsOf(result: Pick<RunResult, 'plan' | 'trials' | 'transports'>): Prediction[] {
  const trialsOf = (isFar: boolean) => result.trials.filter(({ cell }) => (beyondOf(cell) !== null) === isFar);
  const models = fitModels({ ...result, trials: trialsOf(false) });
  return familiesOf({ trials: trialsOf(true) }).flatMap(({ transport, observations }) => {
    const model = models.find((each) => each.transport === transport);
    const cpu = model?.cpu;
    if (cpu?.kind !== 'fit') return [];
    return byCell(observations).map((own) => {
      const { cell, clients } = own[0]!;
      const amounts = amountsOf(model!, { ...cell, clients, pollIntervalMs: cell.pollIntervalMs ?? 0 });
      const { value, low, high } = predict(cpu, amounts);
      const measured = own.map(({ cpuUs }) => cpuUs / 1e6);
      const predicted = { value: value / 1e6, low: low / 1e6, high: high / 1e6 };
      const error = predicted.value / summarise(measured).median - 1;
      return { cell, beyond: beyondOf(cell)!, predicted, measured, error };
    });
  });
}

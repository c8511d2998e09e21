import type { RunOptions } from '../flags.ts';
import { createPlan, orderOf } from '../plan.ts';
import type { Cell, Plan } from '../result/schema.ts';

/** Where the sweep measures; apart enough to tell the terms apart, small enough for any machine. */
export const SWEEP = {
  clients: [500, 1000, 2000],
  ratesHz: [2, 5, 10],
  pollIntervalsMs: [500, 1000, 2000],
} as const;

/** Places in {@link SWEEP}: the corners, and the middle, so that no corner that is left out leaves too little. */
const PUSHED: ReadonlySet<string> = new Set(['0 0', '0 2', '2 0', '2 2', '1 1']);
/** With the poll interval; these corners of the eight tell the four terms apart, also without any one of them. */
const POLLED: ReadonlySet<string> = new Set(['0 0 2', '0 2 0', '2 0 0', '2 2 2', '0 0 0', '2 2 0', '1 1 1']);

/**
 * The smallest sweep that identifies a cost model of each transport well, and still does when any one cell is left out.
 */
export function sweepPlan(options: RunOptions): Plan {
  const plan = createPlan({
    ...options,
    clients: [...SWEEP.clients],
    ratesHz: [...SWEEP.ratesHz],
    pollIntervalsMs: [...SWEEP.pollIntervalsMs],
  });
  const cells = plan.cells.filter(isChosen);
  return { ...plan, cells, order: orderOf(cells, plan.settings) };
}

function isChosen({ clients, rateHz, pollIntervalMs }: Cell): boolean {
  const at = (values: readonly number[], value: number) => values.indexOf(value);
  const place = `${at(SWEEP.clients, clients)} ${at(SWEEP.ratesHz, rateHz)}`;
  if (pollIntervalMs === null) return PUSHED.has(place);
  return POLLED.has(`${place} ${at(SWEEP.pollIntervalsMs, pollIntervalMs)}`);
}

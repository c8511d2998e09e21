import type { RunOptions } from './options.ts';
import { createPlan, orderOf } from './plan.ts';
import type { Cell, Plan } from '../result/schema.ts';
import { traitsOf } from '../../server/transports/traits.ts';

/** What the sweep combines. */
export const SWEEP = {
  clients: [500, 1000, 2000],
  ratesHz: [2, 5, 10, 20],
  pollIntervalsMs: [250, 500, 1000],
} as const;

/** Clients, ticks per second, and the poll interval in milliseconds. */
type Place = readonly [clients: number, rateHz: number, pollIntervalMs: number | null];

/**
 * Corners and the middle, so that no corner that is left out leaves too little. They reach from an idle server to one that is
 * about half busy, as servers are planned: at small loads a core that sleeps most of the time does the same work for twice as
 * much.
 */
const PUSHED: readonly Place[] = [
  [500, 5, null],
  [500, 20, null],
  [2000, 5, null],
  [2000, 20, null],
  [1000, 10, null],
];
/** An answer and a request for each tick: half the rate keeps a core as busy. */
const LONG_POLLED: readonly Place[] = [
  [500, 5, null],
  [500, 10, null],
  [1000, 5, null],
  [2000, 2, null],
  [2000, 5, null],
  [2000, 10, null],
];
/** With the poll interval; these tell the terms apart, also without any one of them. */
const POLLED: readonly Place[] = [
  [500, 2, 500],
  [500, 2, 250],
  [500, 10, 250],
  [1000, 5, 250],
  [2000, 10, 1000],
  [2000, 2, 250],
  [2000, 10, 250],
];

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

function isChosen({ transport, ...cell }: Cell): boolean {
  return placesOf(transport).some(
    ([clients, rateHz, pollIntervalMs]) =>
      cell.clients === clients && cell.rateHz === rateHz && cell.pollIntervalMs === pollIntervalMs,
  );
}

function placesOf(transport: string): readonly Place[] {
  const asks = traitsOf(transport)?.asks;
  return asks === 'interval' ? POLLED : asks === 'at-once' ? LONG_POLLED : PUSHED;
}

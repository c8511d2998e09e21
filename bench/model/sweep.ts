import type { RunOptions } from '../flags.ts';
import { createPlan } from '../plan.ts';
import type { Cell, Plan } from '../result/schema.ts';
import { deriveSeed, randomFrom, shuffled } from '../random.ts';

/** Where the sweep measures; apart enough to tell the terms apart, small enough for any machine. */
export const SWEEP = { clients: [500, 2000], ratesHz: [2, 10], pollIntervalsMs: [500, 2000] } as const;

/** Of the eight combinations of a polled cell these tell the four terms apart, also without any one of them. */
const POLLED: readonly (readonly [clients: number, rate: number, interval: number])[] = [
  [0, 0, 1],
  [0, 1, 0],
  [1, 0, 0],
  [1, 1, 1],
  [0, 0, 0],
  [1, 1, 0],
];

/**
 * The smallest sweep that identifies a cost model of each transport, and still does when any one cell is left out: two numbers
 * of clients by two rates, and six of the eight combinations with two poll intervals.
 */
export function sweepPlan(options: RunOptions): Plan {
  const plan = createPlan({
    ...options,
    clients: [...SWEEP.clients],
    ratesHz: [...SWEEP.ratesHz],
    pollIntervalsMs: [...SWEEP.pollIntervalsMs],
  });
  const cells = plan.cells.filter((cell) => cell.pollIntervalMs === null || isChosen(cell));
  const order = plan.order.map((_, block) =>
    shuffled(
      cells.map((_cell, index) => index),
      randomFrom(deriveSeed(options.seed, block)),
    ),
  );
  return { ...plan, cells, order };
}

function isChosen({ clients, rateHz, pollIntervalMs }: Cell): boolean {
  return POLLED.some(
    ([client, rate, interval]) =>
      SWEEP.clients[client] === clients &&
      SWEEP.ratesHz[rate] === rateHz &&
      SWEEP.pollIntervalsMs[interval] === pollIntervalMs,
  );
}

import type { METRICS } from './metrics.ts';

export type MetricId = (typeof METRICS)[number]['id'];

/** Something that a run is asked, and the one figure that answers it. */
export type Question = {
  readonly id: string;
  readonly title: string;
  /** Lower is better, for each. */
  readonly metric: MetricId;
  /** What sentences call the figure: `SSE's p99 was lower`. */
  readonly figure: string;
  /** The figure is a distance between two clock readings, so that the clock's error limits what can be told apart. */
  readonly clocked: boolean;
};

/** Every question, in the order in which verdicts are shown. */
export const QUESTIONS: readonly Question[] = [
  { id: 'latency', title: 'Delivery latency', metric: 'p99', figure: 'p99', clocked: true },
  { id: 'staleness', title: 'Staleness', metric: 'ageMean', figure: 'mean age', clocked: true },
  { id: 'cpu', title: 'CPU per delivery', metric: 'cpu', figure: 'server CPU per delivery', clocked: false },
  { id: 'memory', title: 'Memory per client', metric: 'memory', figure: 'memory per client', clocked: false },
  { id: 'bytes', title: 'Bytes per delivery', metric: 'bytes', figure: 'traffic per delivery', clocked: false },
];

/** Differences of up to so much count as none: nobody chooses a transport for them. */
const EQUIVALENCE_MARGIN = 0.02;

/** Of one clock reading against another; all processes of a run read one monotonic clock. */
export const CLOCK_ERROR_US = 1;

/** Below it no interval at 95 % exists: 2 / 2^5 is more than 0.05. */
export const MIN_BLOCKS = 6;

/** Chance of a false claim in a family of comparisons. */
export const ALPHA = 0.05;

/**
 * The relative difference that counts as none.
 *
 * @param figure as measured, in microseconds where it is clocked
 */
export function equivalenceMargin(clocked: boolean, figure: number, clockErrorUs: number): number {
  return clocked && figure > 0 ? Math.max(EQUIVALENCE_MARGIN, clockErrorUs / figure) : EQUIVALENCE_MARGIN;
}

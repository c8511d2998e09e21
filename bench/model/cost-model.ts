// What a model is, as data, and what it predicts. Runs in a browser too: no import of Node.
import type { Cell } from '../result/schema.ts';
import { studentT } from './least-squares.ts';

/** What a cost may depend on: one for each server, then so much for each of these. */
export type TermId = 'server' | 'client' | 'delivery' | 'poll';

/** How many of each term a workload has: one server, clients, deliveries per second, polls per second. */
export type Amounts = Readonly<Record<TermId, number>>;

export type Coefficient = {
  readonly term: TermId;
  readonly value: number;
  /** 95 % interval; null where there are no observations beyond the coefficients. */
  readonly low: number | null;
  readonly high: number | null;
};

/** What the model says of a cell that it was fitted without. */
export type LeftOut = {
  readonly cell: Cell;
  readonly measured: number;
  /** Null where the other cells alone do not identify the model. */
  readonly predicted: number | null;
  /** predicted / measured - 1 */
  readonly error: number | null;
};

export type Fit = {
  readonly kind: 'fit';
  readonly coefficients: readonly Coefficient[];
  readonly covariance: readonly (readonly number[])[];
  readonly degrees: number;
  /** Root mean square of the relative deviations of the observations from the model. */
  readonly residual: number;
  /** Largest relative deviation of an observation from the model. */
  readonly worstResidual: number;
  readonly cells: number;
  readonly trials: number;
  readonly leftOut: readonly LeftOut[];
  /** The largest relative error on a cell that was left out; null where none could be. */
  readonly worstLeftOut: number | null;
};

/** The cells do not tell the coefficients apart. */
export type Unidentified = {
  readonly kind: 'unidentified';
  readonly sentence: string;
  /** Cells that together with those that are there would tell them apart. */
  readonly add: readonly Cell[];
};

/** Bytes for each delivered tick, as arithmetic says and as measured, per cell. */
export type TrafficCheck = {
  readonly cell: Cell;
  readonly sent: { readonly expected: number; readonly measured: number };
  readonly received: { readonly expected: number; readonly measured: number };
};

export type Span = { readonly low: number; readonly high: number };

export type CostModel = {
  readonly transport: string;
  readonly label: string;
  /** What every cell of it shares. */
  readonly payloadBytes: number;
  readonly fanOut: Cell['fanOut'];
  readonly driver: Cell['driver'];
  readonly workers: number;
  readonly pollLatest: boolean;
  readonly polls: boolean;
  /** Microseconds of CPU per second. */
  readonly cpu: Fit | Unidentified;
  /** Bytes of resident memory. */
  readonly memory: Fit | Unidentified;
  readonly traffic: readonly TrafficCheck[];
  /** What was measured: beyond it the model extrapolates. */
  readonly range: {
    readonly clients: Span;
    readonly rateHz: Span;
    readonly deliveriesPerSecond: Span;
    /** Null where the transport does not poll. */
    readonly pollIntervalMs: Span | null;
  };
};

/** A figure with the interval that it may lie in. */
export type Estimate = { readonly value: number; readonly low: number; readonly high: number };

/**
 * What a fit predicts of a workload. Half the interval is the wider of two: the 95 % interval of the fit, which trusts the
 * form of the model, and the largest error on a cell that was left out, which does not.
 */
export function predict(fit: Fit, amounts: Amounts): Estimate {
  const x = fit.coefficients.map(({ term }) => amounts[term]);
  const value = fit.coefficients.reduce((sum, coefficient, i) => sum + coefficient.value * x[i]!, 0);
  let variance = 0;
  for (const [i, row] of fit.covariance.entries()) {
    for (const [j, covariance] of row.entries()) variance += covariance * x[i]! * x[j]!;
  }
  const byFit = fit.degrees > 0 ? studentT(fit.degrees) * Math.sqrt(Math.max(0, variance)) : Number.POSITIVE_INFINITY;
  const byCells = (fit.worstLeftOut ?? Number.POSITIVE_INFINITY) * Math.abs(value);
  const half = Math.max(
    Number.isFinite(byFit) ? byFit : 0,
    Number.isFinite(byCells) ? byCells : 0,
    Number.isFinite(byFit) || Number.isFinite(byCells) ? 0 : Math.abs(value),
  );
  return { value, low: Math.max(0, value - half), high: value + half };
}

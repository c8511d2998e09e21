// What a model is, as data, and what it predicts. Runs in a browser too: no import of Node.
import { traitsOf } from '../../server/transports/traits.ts';
import type { Cell } from '../result/schema.ts';
import { dot, studentT } from './least-squares.ts';

/**
 * What a cost may depend on: one for each server, then so much for each of these. `wake`: a request that finds the server
 * idle, which has to be woken for it.
 */
export type TermId = 'server' | 'client' | 'delivery' | 'poll' | 'wake';

/** How many of each term there are: servers, clients, and of the others so many per second. */
export type Amounts = Readonly<Record<TermId, number>>;

/** What servers are given. How many requests find one idle follows from how busy that makes it. */
export type Load = Omit<Amounts, 'wake'> & {
  /** Per second; they come one by one, from clients that know nothing of each other. */
  readonly requests: number;
};

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
  /** What one server can use at most: the CPU of its workers, in microseconds per second; null for what has no bound. */
  readonly capacity: number | null;
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

/** @param values at least one */
export function spanOf(values: readonly number[]): Span {
  return { low: Math.min(...values), high: Math.max(...values) };
}

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
 * What one server is given.
 *
 * @param pollIntervalMs null where the transport does not poll
 */
export function loadOf(transport: string, client: number, delivery: number, pollIntervalMs: number | null): Load {
  const poll = pollIntervalMs === null ? 0 : (client * 1000) / pollIntervalMs;
  // Each answer to a long poll is followed by the next request; who is pushed to asks for nothing.
  const requests = traitsOf(transport)?.asks === 'at-once' ? delivery : poll;
  return { server: 1, client, delivery, poll, requests };
}

/** What there is of each term where servers are so busy, 0 to 1: a request that comes at any time finds one idle by the rest. */
export function amountsAt({ requests, ...load }: Load, busy: number): Amounts {
  return { ...load, wake: requests * (1 - Math.min(1, busy)) };
}

/** What predicts, without how sure it is. */
type Form = {
  readonly coefficients: readonly Pick<Coefficient, 'term' | 'value'>[];
  readonly capacity: Fit['capacity'];
};

/**
 * What a load on `load.server` servers uses.
 *
 * What is used makes a server busy, and how busy it is says how many requests wake it: with L for all else, w for a wake-up
 * and R requests, used = L + w R (1 - used / capacity), which is solved for what is used. (An idle server becomes busy once for
 * each busy period; where requests come independently the share of them that begin one is the share of time that it is idle:
 * PASTA, Wolff 1982.)
 *
 * @returns `sensitivity`: by how much it moves where the sum of the terms moves by one
 */
export function useOf(form: Form, load: Load): { value: number; amounts: Amounts; sensitivity: number } {
  const capacity = (form.capacity ?? Number.POSITIVE_INFINITY) * load.server;
  const wakeUs = form.coefficients.find(({ term }) => term === 'wake')?.value ?? 0;
  const sensitivity = 1 / (1 + (wakeUs * load.requests) / capacity);
  const amounts = amountsAt(load, (sumOf(form, amountsAt(load, 0)) * sensitivity) / capacity);
  return { value: sumOf(form, amounts), amounts, sensitivity };
}

/** What a fit predicts of a load on `load.server` servers. */
export function predict(fit: Fit, load: Load): Estimate {
  const { amounts, sensitivity } = useOf(fit, load);
  return costOf(fit, amounts, sensitivity);
}

/**
 * What so much of each term costs. Half the interval is the wider of two: the 95 % interval of the fit, which trusts the form
 * of the model, and the largest error on a cell that was left out, which does not.
 *
 * @param sensitivity see {@link useOf}
 */
export function costOf(fit: Fit, amounts: Amounts, sensitivity = 1): Estimate {
  const value = sumOf(fit, amounts);
  const x = fit.coefficients.map(({ term }) => amounts[term] * sensitivity);
  const spread = fit.covariance.map((row) => dot(row, x));
  const variance = dot(spread, x);
  const byFit = fit.degrees > 0 ? studentT(fit.degrees) * Math.sqrt(Math.max(0, variance)) : Number.POSITIVE_INFINITY;
  const byCells = (fit.worstLeftOut ?? Number.POSITIVE_INFINITY) * Math.abs(value);
  const half = Math.max(
    Number.isFinite(byFit) ? byFit : 0,
    Number.isFinite(byCells) ? byCells : 0,
    Number.isFinite(byFit) || Number.isFinite(byCells) ? 0 : Math.abs(value),
  );
  return { value, low: Math.max(0, value - half), high: value + half };
}

function sumOf({ coefficients }: Form, amounts: Amounts): number {
  return coefficients.reduce((sum, { term, value }) => sum + value * amounts[term], 0);
}

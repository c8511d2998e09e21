// What the page carries for its scripts: pre-bucketed points, ready to be drawn. The histograms themselves stay in
// result.json. Only types that need none of Node's are imported here, since the browser's side is checked without them.
import type { CostModel } from '../bench/model/cost-model.ts';
import type { ServerKind } from '../bench/model/planner.ts';
import type { LoadLevel, Micro, PairVerdict, TransportLook } from '../bench/result/schema.ts';

/** `[x, y]`; a `null` y is a gap that is not joined. */
export type Point = readonly [number, number | null];

/** `[median, low, high, trials]` over the trials of a cell, in the metric's stored unit. */
export type Estimate = readonly [number, number | null, number | null, number];

/**
 * Connections at every `stepSeconds` since the start of the ramp, and how many there should have been: at each of so many steps;
 * what stands last in a list holds from there to the end.
 */
export type Connections = {
  readonly stepSeconds: number;
  readonly steps: number;
  readonly connected: readonly number[];
  readonly target: readonly number[];
};

/** One cell: what is drawn as one line or one bar. */
export type PageRow = {
  readonly transport: string;
  readonly label: string;
  readonly pollIntervalMs: number | null;
  /** At least one trial is not invalid; otherwise nothing of it is drawn. */
  readonly usable: boolean;
  /** Those that are drawn or chosen by; the matrix has them all. */
  readonly metrics: Readonly<Record<string, Estimate>>;
  /** p99 of every trial that is not invalid, microseconds. */
  readonly trialP99Us: readonly number[];
  /** Deliveries behind `latency`. */
  readonly samples: number;
  /** Delivery latency in ms; see `latencyPoints` for where. */
  readonly latency: readonly number[];
  /** The age in ms that was not exceeded during shares of the time; see `agePoints` for which. */
  readonly age: readonly number[];
  /** x = seconds from the start of the measured window (the middle of a second), y = ms. */
  readonly p50: readonly Point[];
  readonly p99: readonly Point[];
  readonly connections: Connections | null;
  /** [user, system] microseconds per delivered tick; they add up to the median of the metric `cpu`. */
  readonly cpuParts: readonly number[] | null;
  /** [payload, framing, headers, requests] bytes per delivered tick. */
  readonly bytesParts: readonly number[] | null;
};

/** A verdict on two rows of a load, by their places: of the first against the second. */
export type PagePair = readonly [question: string, a: number, b: number, outcome: PairVerdict['outcome']];

export type PageLoad = Readonly<LoadLevel> & {
  readonly key: string;
  readonly label: string;
  /** How long one trial measured: a whole number of ticks. */
  readonly windowSeconds: number;
  readonly rows: readonly PageRow[];
  /** On CPU per delivery and memory per client. */
  readonly pairs: readonly PagePair[];
};

export type SweepVariable = 'clients' | 'rateHz' | 'payloadBytes' | 'pollIntervalMs';

export type PageData = {
  readonly runId: string;
  /** The run's label, or its id. */
  readonly title: string;
  readonly transports: readonly TransportLook[];
  readonly metrics: readonly { readonly id: string; readonly label: string; readonly unit: string }[];
  readonly loads: readonly PageLoad[];
  /** Some cell has some figure. */
  readonly hasFigures: boolean;
  /** Key of the load to show first. */
  readonly focus: string;
  /** Variables of which the run has more than one value. */
  readonly swept: readonly SweepVariable[];
  readonly warmupSeconds: number;
  /** Server processes, each of which keeps at most one core busy. */
  readonly serverWorkers: number;
  /** What one message costs in isolation; empty when the run has no such figures. */
  readonly micro: Micro['results'];
  /** What the planner plans by, one for each transport; without the cells that its errors are known from. */
  readonly models: readonly CostModel[];
  /** Servers like the one that was measured. */
  readonly server: ServerKind;
};

/** How a swept variable is named on an axis and in a sentence. */
export const SWEEP_LABELS: Readonly<Record<SweepVariable, string>> = {
  clients: 'clients',
  rateHz: 'ticks per second',
  payloadBytes: 'payload, bytes',
  pollIntervalMs: 'poll interval, ms',
};

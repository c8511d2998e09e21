import type { Faults } from '../../../server/feed/faults.ts';
import type { Cell, Settings } from '../../result/schema.ts';
import type { UnjudgedTrial } from '../../judge/gates.ts';

/** A trial that a check needs: what differs from the self-test's usual small cell, and what its server does wrong. */
export type TrialRequest = {
  readonly cell: Partial<Cell> & Pick<Cell, 'transport'>;
  readonly settings?: Partial<Settings>;
  readonly faults?: Partial<Faults>;
  readonly stopLoadMs?: number;
};

/** One line of the self-test's table. */
export type Outcome = {
  readonly claim: string;
  readonly expected: string;
  readonly measured: string;
  readonly passed: boolean;
};

/**
 * Something that must be true of the instrument: the trials that show it, and what to read in them. `judge` is pure, so
 * that it can be shown trials in which the claim does not hold.
 */
export type Check = {
  readonly name: string;
  readonly trials: readonly TrialRequest[];
  /** @param trials those asked for, in their order */
  readonly judge: (trials: readonly UnjudgedTrial[]) => Outcome[];
};

/** The usual cell: small enough for any machine, fast enough for many ticks in a second. */
export const USUAL_CELL: Cell = {
  transport: 'sse',
  clients: 20,
  rateHz: 50,
  payloadBytes: 128,
  pollIntervalMs: null,
  driver: 'lean',
  fanOut: 'prepared',
};

/** One block, one agent, one server process; what a trial by itself takes where nothing else is said. */
export const USUAL_SETTINGS: Omit<Settings, 'seed' | 'pin'> = {
  warmupMs: 400,
  durationMs: 1000,
  blocks: 1,
  agents: 1,
  rampPerSecond: 2000,
  serverWorkers: 1,
  pollLatest: false,
};

/** The sequence numbers of a trial's measured ticks. */
export function measuredTicks({ phases: { firstSeq, lastSeq } }: UnjudgedTrial): number[] {
  return Array.from({ length: Math.max(0, lastSeq - firstSeq + 1) }, (_, index) => firstSeq + index);
}

/** Clients that the server served: the load's and the canary's. */
export function servedClients(trial: UnjudgedTrial): number {
  return trial.clients.connected + (trial.canary?.clients ?? 0);
}

export function milliseconds(us: number): string {
  return `${(us / 1000).toFixed(2)} ms`;
}

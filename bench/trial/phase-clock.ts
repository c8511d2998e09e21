import { nowUs } from '../../server/clock.ts';
import type { AgentProgress } from '../agent/messages.ts';
import type { Phase, TrialProgress } from './progress.ts';

const PROGRESS_MS = 250;

/** Knows the phase, and reports it with the agents' newest figures a few times a second. */
export class PhaseClock {
  readonly #report: () => void;
  readonly #timer: NodeJS.Timeout;
  #phase: Phase = 'start';
  #sinceUs = nowUs();
  #totalMs = 0;
  #measuredSinceUs: number | undefined;
  #measuredUntilUs: number | undefined;

  constructor(
    onProgress: (progress: TrialProgress) => void,
    facts: () => {
      /** Of all agents, and of those whose latency counts. */
      all: readonly AgentProgress[];
      seen: readonly AgentProgress[];
      cores: number | null;
      target: number;
    },
  ) {
    this.#report = () => {
      const { all: newest, seen, cores, target } = facts();
      const delivered = newest.reduce((sum, agent) => sum + agent.delivered, 0);
      // in the drain the last ticks of the window still come in, but the window is over
      const measuredUs =
        this.#measuredSinceUs === undefined ? 0 : (this.#measuredUntilUs ?? nowUs()) - this.#measuredSinceUs;
      onProgress({
        phase: this.#phase,
        phaseMs: (nowUs() - this.#sinceUs) / 1000,
        phaseTotalMs: this.#totalMs,
        connected: newest.reduce((sum, agent) => sum + agent.connected, 0),
        target,
        delivered,
        deliveredPerSecond: measuredUs > 0 ? delivered / (measuredUs * 1e-6) : 0,
        missed: newest.reduce((sum, agent) => sum + agent.gaps, 0),
        p50Us: largest(seen.map((agent) => agent.p50Us)),
        p99Us: largest(seen.map((agent) => agent.p99Us)),
        serverCores: cores,
        agentUtilisation: largest(newest.map((agent) => agent.utilisation)),
      });
    };
    this.#timer = setInterval(this.#report, PROGRESS_MS);
  }

  enter(phase: Phase, totalMs: number): void {
    this.#phase = phase;
    this.#sinceUs = nowUs();
    this.#totalMs = totalMs;
    if (phase === 'measure') this.#measuredSinceUs = this.#sinceUs;
    if (phase === 'drain') this.#measuredUntilUs = this.#sinceUs;
    this.#report();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

function largest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

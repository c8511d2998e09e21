import type { Emission } from './protocol.ts';

const KEPT = 256;

/** The server's own record of the last 256 ticks: when each was due, and when it really went out. */
export class EmissionLog {
  readonly #kept: Emission[] = [];

  note(emission: Emission): void {
    this.#kept.push(emission);
    if (this.#kept.length > KEPT) this.#kept.shift();
  }

  recent(): readonly Emission[] {
    return this.#kept;
  }

  /** Emitted - scheduled in microseconds; zeros before the first tick. */
  lateness(): { p50Us: number; p99Us: number } {
    const sorted = this.#kept.map(({ dueUs, emittedUs }) => emittedUs - dueUs).toSorted((a, b) => a - b);
    const at = (share: number) => Math.round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0);
    return { p50Us: at(0.5), p99Us: at(0.99) };
  }
}

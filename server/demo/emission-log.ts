import { Capped, quantileOf } from './model/capped.ts';
import type { Emission } from './protocol.ts';

/** The server's own record of the last 256 ticks: when each was due, and when it really went out. */
export class EmissionLog extends Capped<Emission> {
  constructor() {
    super(256);
  }

  /** Emitted - scheduled in microseconds; zeros before the first tick. */
  lateness(): { p50Us: number; p99Us: number } {
    const values = this.items.map(({ dueUs, emittedUs }) => emittedUs - dueUs);
    const at = (share: number) => Math.round(quantileOf(values, share) || 0);
    return { p50Us: at(0.5), p99Us: at(0.99) };
  }
}

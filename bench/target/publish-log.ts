import { nowUs } from '../../server/clock.ts';
import type { PublishedTick } from '../../server/control.ts';
import type { Tick } from '../../server/feed/tick.ts';

/** Told once the server has taken a tick, with null, or with why it has not. */
export type Answered = (failure: string | null) => void;

/** Hands a tick to the server, without waiting for what becomes of it. */
export type Send = (tick: Tick, answered: Answered) => void;

/** When ticks were sent, and when, or whether, the server took each. */
export class PublishLog {
  #ticks: PublishedTick[] = [];

  /** The tick is being sent now; the first that is told of it counts. */
  sent({ seq }: Tick): Answered {
    const tick: PublishedTick = { seq, sentUs: nowUs(), acknowledgedUs: null };
    this.#ticks.push(tick);
    return (failure) => {
      if (tick.acknowledgedUs !== null || tick.failure !== undefined) return;
      if (failure === null) tick.acknowledgedUs = nowUs();
      else tick.failure = failure;
    };
  }

  /** All that were sent since the last time, in order; what becomes known of them later is lost. */
  take(): PublishedTick[] {
    const ticks = this.#ticks;
    this.#ticks = [];
    return ticks;
  }
}

import type { Feed } from './feed.ts';

/** Called when nothing was sent for the whole interval. */
type Beat = () => void;

/**
 * One timer for all streams of a server: beats only after `intervalMs` without a tick, since a tick is a sign of life
 * itself and thousands of needless writes would be measured as the transport's cost.
 */
export class Heartbeat {
  readonly #beats = new Set<Beat>();
  readonly #timer: NodeJS.Timeout;
  readonly #unsubscribe: () => void;

  constructor(feed: Feed, intervalMs: number) {
    this.#timer = setTimeout(() => {
      this.#timer.refresh();
      for (const beat of this.#beats) beat();
    }, intervalMs).unref();
    this.#unsubscribe = feed.subscribe(() => this.#timer.refresh());
  }

  onSilence(beat: Beat): void {
    this.#beats.add(beat);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#unsubscribe();
  }
}

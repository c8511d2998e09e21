import { durationHistogram } from '../probe.ts';
import type { FeedSample } from '../control.ts';
import type { Feed } from './feed.ts';

/** Counts what a feed emits from its start on, and how late. */
export class Emissions {
  readonly #feed: Feed;
  readonly #lateness = durationHistogram();
  #emitted = 0;

  /** Starts the feed. */
  constructor(feed: Feed) {
    this.#feed = feed;
    feed.start((latenessUs) => {
      this.#emitted++;
      this.#lateness.record(Math.max(1, Math.round(latenessUs)));
    });
  }

  /** Lateness is told of what was emitted since the sample before. */
  sample(): FeedSample {
    const lateness = this.#lateness;
    const isKnown = lateness.count > 0;
    const sample = {
      emitted: this.#emitted,
      ringBytes: this.#feed.ringBytes,
      latenessP50Us: isKnown ? lateness.percentile(50) : 0,
      latenessP99Us: isKnown ? lateness.percentile(99) : 0,
      latenessMaxUs: isKnown ? lateness.max : 0,
    };
    lateness.reset();
    return sample;
  }
}

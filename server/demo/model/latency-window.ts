/** Times on the server's clock, in microseconds. */
export type LatencySample = { readonly seq: number; readonly receivedUs: number; readonly latencyUs: number };

/** The most recent latencies, bounded in number: a page that stays open must not grow. */
export class LatencyWindow {
  readonly #samples: LatencySample[] = [];
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(sample: LatencySample): void {
    this.#samples.push(sample);
    if (this.#samples.length > this.#capacity) this.#samples.shift();
  }

  clear(): void {
    this.#samples.length = 0;
  }

  /** Oldest first. */
  get samples(): readonly LatencySample[] {
    return this.#samples;
  }

  /** The smallest latency that at least `share` of the samples do not exceed, in microseconds; NaN without samples. */
  quantileUs(share: number): number {
    const sorted = this.#samples.map(({ latencyUs }) => latencyUs).toSorted((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  }
}

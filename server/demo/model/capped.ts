/** A list that forgets its oldest entries: nothing on a page that stays open for hours may grow. */
export class Capped<T> {
  readonly #items: T[] = [];
  readonly #capacity: number;
  #added = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(item: T): void {
    this.#items.push(item);
    this.#added++;
    if (this.#items.length > this.#capacity) this.#items.shift();
  }

  /** Oldest first. */
  get items(): readonly T[] {
    return this.#items;
  }

  /** How many were ever added: whoever shows the list sees by it what is new. */
  get added(): number {
    return this.#added;
  }

  clear(): void {
    this.#items.length = 0;
  }
}

/** The smallest of the values that at least `share` of them do not exceed; NaN of none. */
export function quantileOf(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)] ?? Number.NaN;
}

/** Times on the server's clock, in microseconds. */
export type LatencySample = { readonly seq: number; readonly receivedUs: number; readonly latencyUs: number };

/** The most recent latencies. */
export class LatencyWindow extends Capped<LatencySample> {
  /** In microseconds; see {@link quantileOf}. */
  quantileUs(share: number): number {
    const latencies = this.items.map(({ latencyUs }) => latencyUs);
    return quantileOf(latencies, share);
  }
}

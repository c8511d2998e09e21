import { createHistogram, encode, type Histogram, Tally } from './histogram.ts';

/** What an agent knows of its clients' age of information; agents' parts add up. */
export type AgePart = {
  /** Base64 HdrHistogram, microseconds weighted by client-milliseconds. */
  hdr: string;
  /** Integral of the age over the observed time, in client-seconds x microseconds. */
  ageSecondsUs: number;
  /** Observed time of all clients, in seconds. */
  clientSeconds: number;
  /** Sum and number of the ages just before a newer tick arrived. */
  peakSumUs: number;
  peaks: number;
};

/**
 * Age of information: at time t a client's age is t - the scheduled time of the newest tick that it holds (Kaul, Yates
 * and Gruteser, 2012). Between two receipts it rises linearly, so mean and time-weighted quantiles follow exactly from
 * where each rise begins and ends, at O(1) per delivery: the number of clients at age x is the number of rises that
 * began below x less those that ended below it.
 *
 * Only the time inside the measured window counts; rises are clipped to it.
 */
export class AgeOfInformation {
  readonly #startUs: number;
  readonly #endUs: number;
  readonly #heldDueUs: Float64Array;
  readonly #sinceUs: Float64Array;
  readonly #begins = new Tally();
  readonly #ends = new Tally();
  #ageSecondsUs = 0;
  #clientSeconds = 0;
  #peakSumUs = 0;
  #peaks = 0;

  /** @param windowStartUs, windowEndUs the measured window on the monotonic clock */
  constructor(clients: number, windowStartUs: number, windowEndUs: number) {
    this.#startUs = windowStartUs;
    this.#endUs = windowEndUs;
    this.#heldDueUs = new Float64Array(clients).fill(Number.NaN);
    this.#sinceUs = new Float64Array(clients);
  }

  /** The client received a tick that is newer than the one it held. */
  renew(client: number, dueUs: number, receivedUs: number): void {
    this.#rise(client, receivedUs, true);
    this.#heldDueUs[client] = dueUs;
    this.#sinceUs[client] = receivedUs;
  }

  /** Closes the rises that are still open at the end of the window. Call once, after the window. */
  finish(): AgePart {
    for (let client = 0; client < this.#heldDueUs.length; client++) this.#rise(client, this.#endUs, false);
    return {
      hdr: encode(this.#weighByTime()),
      ageSecondsUs: this.#ageSecondsUs,
      clientSeconds: this.#clientSeconds,
      peakSumUs: this.#peakSumUs,
      peaks: this.#peaks,
    };
  }

  #rise(client: number, untilUs: number, renewed: boolean): void {
    const dueUs = this.#heldDueUs[client]!;
    if (Number.isNaN(dueUs)) return;
    const fromUs = Math.max(this.#sinceUs[client]!, this.#startUs);
    const toUs = Math.min(untilUs, this.#endUs);
    if (toUs <= fromUs) return;
    const low = Math.max(0, fromUs - dueUs);
    const high = Math.max(0, toUs - dueUs);
    this.#begins.record(low);
    this.#ends.record(high);
    this.#ageSecondsUs += ((high * high - low * low) / 2) * 1e-6;
    this.#clientSeconds += (high - low) * 1e-6;
    if (renewed && untilUs <= this.#endUs) {
      this.#peakSumUs += high;
      this.#peaks++;
    }
  }

  /** Sweeps the age axis: between two neighbouring beginnings or ends the number of clients is constant. */
  #weighByTime(): Histogram {
    const changes = new Map<number, number>();
    this.#begins.forEach((value, count) => changes.set(value, count));
    this.#ends.forEach((value, count) => changes.set(value, (changes.get(value) ?? 0) - count));
    const weighted = createHistogram();
    let clients = 0;
    let lastUs = 0;
    let carriedMs = 0;
    for (const [us, change] of [...changes].toSorted((a, b) => a[0] - b[0])) {
      // Steps of a thousandth keep within the histogram's own resolution.
      const steps = clients === 0 ? 0 : Math.ceil((us - lastUs) / Math.max(1, lastUs / 1000));
      for (let step = 0; step < steps; step++) {
        const widthUs = (us - lastUs) / steps;
        const exactMs = carriedMs + (clients * widthUs) / 1000;
        const wholeMs = Math.floor(exactMs);
        carriedMs = exactMs - wholeMs; // fractions are carried on, so that the weights add up
        if (wholeMs > 0) weighted.recordValueWithCount(Math.round(lastUs + (step + 0.5) * widthUs), wholeMs);
      }
      clients += change;
      lastUs = us;
    }
    return weighted;
  }
}

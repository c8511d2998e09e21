import { deriveSeed, randomFrom, shuffled } from '../basics/random.ts';
import type { DriverOptions } from './contract.ts';

/**
 * Each client's share of the interval at which it polls, random but repeatable with the seed: every client draws from a
 * slice of its own, in random order. Each phase is uniform, and the mean over the clients varies far less than that of
 * independent draws (stratified sampling), so that a small cohort polls like a large one.
 */
export function pollPhases(options: DriverOptions): number[] {
  const random = randomFrom(deriveSeed(options.seed, options.firstClient));
  const slices = shuffled(
    Array.from({ length: options.clients }, (_, slice) => slice),
    random,
  );
  return slices.map((slice) => (slice + random()) / options.clients);
}

/**
 * When each of many clients polls: at its own random phase, then every interval, whatever the answers do. Pure but for
 * the place that it keeps; time is passed in.
 *
 * All clients share one interval, so the order of the phases is the order of the polls for ever: one pointer goes round.
 */
export class PollSchedule {
  readonly #intervalUs: number;
  readonly #originUs: number;
  /** Clients in the order of their phases. */
  readonly #order: readonly number[];
  readonly #phaseUs: Float64Array;
  #round = 0;
  #next = 0;

  /**
   * @param originUs when the first interval begins
   * @param phase each client's share of the interval, in [0, 1)
   */
  constructor(originUs: number, intervalUs: number, phase: readonly number[]) {
    this.#originUs = originUs;
    this.#intervalUs = intervalUs;
    this.#phaseUs = Float64Array.from(phase, (share) => share * intervalUs);
    this.#order = phase.map((_, client) => client).toSorted((a, b) => this.#phaseUs[a]! - this.#phaseUs[b]!);
  }

  /** When the next poll is due, in microseconds; infinite where there are no clients. */
  nextUs(): number {
    const client = this.#order[this.#next];
    if (client === undefined) return Number.POSITIVE_INFINITY;
    return this.#originUs + this.#round * this.#intervalUs + this.#phaseUs[client]!;
  }

  /** Calls `poll` for every poll that is due by `nowUs`, in order, with the time at which it was due. */
  run(nowUs: number, poll: (client: number, dueUs: number) => void): void {
    for (let dueUs = this.nextUs(); dueUs <= nowUs; dueUs = this.nextUs()) {
      const client = this.#order[this.#next]!;
      if (++this.#next === this.#order.length) {
        this.#next = 0;
        this.#round++;
      }
      poll(client, dueUs);
    }
  }
}

import { dueUs, newestDue, type Schedule } from '../../../server/feed/schedule.ts';
import { longestAlike, type PackedTally, Tally } from './histogram.ts';

/**
 * A tick that a poll should have brought: the newest that was due when it was sent, of those after `after`, or one that became
 * due before its answer came, up to `until`.
 */
type Owed = { readonly after: number; readonly seq: number; readonly until: number; readonly marginUs: number };

/**
 * Tells losses from ticks that a poll for the newest one may rightly skip. Such a poll, sent when a tick after the client's
 * cursor had been emitted, must be answered with one: where it is not, the newest of them was lost, and only the ticks before
 * it were superseded.
 *
 * When a tick was emitted only the server knows. So each suspicion is kept with its margin, by how long the poll was sent
 * after the first tick was due that would have been one: it is a loss where the feed never was as late as that.
 */
export class OwedTicks {
  readonly #schedule: Schedule;
  readonly #cursor: Float64Array;
  readonly #askedUs: Float64Array;
  readonly #suspects = new Map<number, Owed[]>();
  readonly #marginsUs = new Tally();

  constructor(schedule: Schedule, clients: number) {
    this.#schedule = schedule;
    this.#cursor = new Float64Array(clients);
    this.#askedUs = new Float64Array(clients);
  }

  /** The client's poll is sent, for what comes after the sequence number `cursor`. */
  asked(client: number, cursor: number, atUs: number): void {
    this.#cursor[client] = cursor;
    this.#askedUs[client] = atUs;
  }

  /**
   * The client's poll is answered, and its answer was read at `atUs`.
   *
   * @param newest the client's newest sequence number by now
   * @param isSkipped whether a tick is measured, was passed over, and has not arrived
   */
  answered(client: number, newest: number, atUs: number, isSkipped: (seq: number) => boolean): void {
    const cursor = this.#cursor[client]!;
    if (newest <= cursor) return this.#suspect(client, cursor, atUs);
    const suspects = this.#suspects.get(client);
    if (suspects === undefined) return undefined;
    this.#suspects.delete(client);
    for (const { seq, marginUs } of suspects) if (isSkipped(seq)) this.#marginsUs.record(marginUs);
    return undefined;
  }

  /** The margins of all suspicions about ticks that were skipped for good, in microseconds. */
  finish(): PackedTally {
    return this.#marginsUs.take();
  }

  #suspect(client: number, cursor: number, answeredUs: number): void {
    const askedUs = this.#askedUs[client]!;
    const seq = newestDue(this.#schedule, askedUs);
    const suspects = this.#suspects.get(client) ?? [];
    const last = suspects.at(-1);
    // Asked for again and again, a tick is lost once, also where it became due while the first of these polls was under way;
    // and one that is lost explains no other.
    const isSame = last !== undefined && seq <= last.until;
    const after = isSame ? last.after : (last?.until ?? cursor);
    const marginUs = askedUs - dueUs(this.#schedule, after + 1);
    if (marginUs <= 0) return;
    const until = Math.max(seq, newestDue(this.#schedule, answeredUs));
    const others = isSame ? suspects.slice(0, -1) : suspects;
    this.#suspects.set(client, [...others, { after, seq, until, marginUs }]);
  }
}

/**
 * How many of the suspicions are losses, where no tick was emitted later than `latenessUs` after it was due. The margins are
 * the middles of buckets, up to 0.05 % longer than what was counted, so none is a loss that shares its bucket with the lateness.
 */
export function lossesAmong(marginsUs: ArrayLike<number>, latenessUs: number): number {
  let losses = 0;
  const longestUs = longestAlike(latenessUs);
  for (let at = 0; at < marginsUs.length; at += 2) if (marginsUs[at]! > longestUs) losses += marginsUs[at + 1]!;
  return losses;
}

/** How often each kind of receipt happened to the measured ticks of some clients; agents' counts add up. */
export type LedgerCounts = {
  delivered: number;
  duplicate: number;
  outOfOrder: number;
  coalesced: number;
  corrupt: number;
  missed: number;
  expected: number;
};

/** What a receipt was. `outside`: of a tick that is not measured. */
export type Receipt = 'delivered' | 'duplicate' | 'corrupt' | 'outside';

/** Words of 32 bits that hold a client's measured ticks, whole ones: no bit's number comes near to where a shift wraps. */
function wordsOf(ticks: number): number {
  return Math.ceil(ticks / 32);
}

/** Memory that a ledger of so many clients and ticks takes. */
export function ledgerBytes(clients: number, ticks: number): number {
  return clients * wordsOf(ticks) * Uint32Array.BYTES_PER_ELEMENT;
}

/**
 * Exactly-once accounting: one bit for each client and measured tick, and each client's newest sequence number.
 *
 * Every expected tick of a connected client ends up in exactly one of delivered, corrupt (it arrived, but its bytes
 * differ), coalesced (a poll for the newest tick skipped it) or missed.
 */
export class Ledger {
  readonly #firstSeq: number;
  readonly #ticks: number;
  readonly #clients: number;
  readonly #arrived: Uint32Array;
  readonly #newest: Float64Array;
  /** The first sequence number of each client, from which on what it passes over is booked; empty where nothing is coalesced. */
  readonly #begins: Float64Array;
  readonly #latestOnly: boolean;
  #delivered = 0;
  #duplicate = 0;
  #outOfOrder = 0;
  #coalesced = 0;
  #corrupt = 0;
  /** Corrupt beyond recognition: which tick it was cannot be told, so that one counts as missed as well. */
  #unreadable = 0;
  #gaps = 0;

  /** @param newest each client's newest sequence number so far, 0 for none; the ledger keeps it up to date */
  constructor(newest: Float64Array, firstSeq: number, lastSeq: number, latestOnly: boolean) {
    this.#newest = newest;
    this.#clients = newest.length;
    this.#firstSeq = firstSeq;
    this.#ticks = Math.max(0, lastSeq - firstSeq + 1);
    this.#latestOnly = latestOnly;
    this.#begins = latestOnly ? newest.slice() : new Float64Array();
    this.#arrived = new Uint32Array(this.#clients * wordsOf(this.#ticks));
  }

  /** Books one receipt. `intact`: the bytes are those that were scheduled. */
  receive(client: number, seq: number, intact: boolean): Receipt {
    const newest = this.#newest[client]!;
    if (seq > newest) {
      if (newest === 0) this.#begins[client] = seq;
      else if (seq > newest + 1) this.#skip(newest + 1, seq - 1);
      this.#newest[client] = seq;
    }
    const tick = seq - this.#firstSeq;
    if (tick < 0 || tick >= this.#ticks) return 'outside';
    const word = client * wordsOf(this.#ticks) + (tick >>> 5);
    const mask = 1 << (tick & 31);
    if ((this.#arrived[word]! & mask) !== 0) {
      this.#duplicate++;
      return 'duplicate';
    }
    this.#arrived[word]! |= mask;
    if (seq < newest) {
      this.#outOfOrder++;
      // It was booked when it was passed over, and comes after all: a tick is in one column.
      if (this.#latestOnly && seq > this.#begins[client]!) this.#coalesced--;
    }
    if (!intact) {
      this.#corrupt++;
      return 'corrupt';
    }
    this.#delivered++;
    return 'delivered';
  }

  /** Bytes arrived that cannot even be read as a tick. */
  receiveUnreadable(): void {
    this.#unreadable++;
  }

  get delivered(): number {
    return this.#delivered;
  }

  /** Measured ticks that were passed over so far: they may still come, out of order. */
  get gaps(): number {
    return this.#gaps;
  }

  /** Whether every measured tick of so many connected clients has been accounted for. */
  isComplete(connected: number): boolean {
    return this.#delivered + this.#corrupt + this.#coalesced >= connected * this.#ticks;
  }

  /** Whether the tick counts as coalesced for the client: it is measured and was passed over, and has not arrived. */
  isSkipped(client: number, seq: number): boolean {
    const tick = seq - this.#firstSeq;
    if (tick < 0 || tick >= this.#ticks || seq >= this.#newest[client]! || !(seq > this.#begins[client]!)) return false;
    return (this.#arrived[client * wordsOf(this.#ticks) + (tick >>> 5)]! & (1 << (tick & 31))) === 0;
  }

  /** @param connected how many of the clients were connected: the others are failures, not losses */
  counts(connected: number): LedgerCounts {
    const expected = connected * this.#ticks;
    const accounted = this.#delivered + this.#corrupt + this.#coalesced;
    return {
      expected,
      delivered: this.#delivered,
      missed: Math.max(0, expected - accounted),
      duplicate: this.#duplicate,
      outOfOrder: this.#outOfOrder,
      coalesced: this.#coalesced,
      corrupt: this.#corrupt + this.#unreadable,
    };
  }

  #skip(from: number, to: number): void {
    const low = Math.max(from, this.#firstSeq);
    const high = Math.min(to, this.#firstSeq + this.#ticks - 1);
    if (high < low) return;
    if (this.#latestOnly) this.#coalesced += high - low + 1;
    else this.#gaps += high - low + 1;
  }
}

/** What one direction did in the measured window. */
export type LaneFigures = {
  packets: number;
  lost: number;
  /** Dropped since the queue in front of the bottleneck was full. */
  noRoom: number;
  /** How much later than they should packets were handed over. */
  lateP50Us: number;
  lateP99Us: number;
  lateMaxUs: number;
};

const BUCKET_US = 10;
const BUCKETS = 5000;

const [FROM, UNTIL, PACKETS, LOST_PACKETS, NO_ROOM_PACKETS, MAX_LATE] = [0, 1, 2, 3, 4, 5];
const NUMBERS = 8;

/** Memory of one direction's counts, which both of its threads and the process's first one see. */
export function sharedCounts(): SharedArrayBuffer {
  return new SharedArrayBuffer((NUMBERS + BUCKETS) * Float64Array.BYTES_PER_ELEMENT);
}

/** Counts of one direction, for packets that arrive in the window alone. Each number has one thread that writes it. */
export class LaneCounts {
  readonly #numbers: Float64Array;
  readonly #lates: Float64Array;

  constructor(shared: SharedArrayBuffer) {
    this.#numbers = new Float64Array(shared, 0, NUMBERS);
    this.#lates = new Float64Array(shared, NUMBERS * Float64Array.BYTES_PER_ELEMENT, BUCKETS);
  }

  /** Before the window; it may be put off. */
  measure(fromUs: number, untilUs: number): void {
    this.#numbers[FROM] = fromUs;
    this.#numbers[UNTIL] = untilUs;
  }

  lost(nowUs: number): void {
    if (this.#isMeasured(nowUs)) this.#numbers[LOST_PACKETS]!++;
  }

  noRoom(nowUs: number): void {
    if (this.#isMeasured(nowUs)) this.#numbers[NO_ROOM_PACKETS]!++;
  }

  delivered(dueUs: number, nowUs: number): void {
    if (!this.#isMeasured(dueUs)) return;
    const lateUs = Math.max(0, nowUs - dueUs);
    this.#numbers[PACKETS]!++;
    this.#numbers[MAX_LATE] = Math.max(this.#numbers[MAX_LATE]!, lateUs);
    this.#lates[Math.min(BUCKETS - 1, Math.floor(lateUs / BUCKET_US))]!++;
  }

  figures(): LaneFigures {
    const packets = this.#numbers[PACKETS]!;
    return {
      packets,
      lost: this.#numbers[LOST_PACKETS]!,
      noRoom: this.#numbers[NO_ROOM_PACKETS]!,
      lateP50Us: this.#lateUs(0.5),
      lateP99Us: this.#lateUs(0.99),
      lateMaxUs: Math.round(this.#numbers[MAX_LATE]!),
    };
  }

  /** The upper end of the bucket in which that share of the packets is reached. */
  #lateUs(share: number): number {
    const wanted = this.#numbers[PACKETS]! * share;
    if (wanted === 0) return 0;
    let sum = 0;
    const bucket = this.#lates.findIndex((count) => (sum += count) >= wanted);
    return bucket === BUCKETS - 1 ? Math.round(this.#numbers[MAX_LATE]!) : (bucket + 1) * BUCKET_US;
  }

  #isMeasured(timeUs: number): boolean {
    return timeUs >= this.#numbers[FROM]! && timeUs < this.#numbers[UNTIL]!;
  }
}

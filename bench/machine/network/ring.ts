/** The largest packet that is read: MTU, and room for what no packet should have. */
const PACKET_BYTES = 2048;

/** Of all packets on their way in one direction: 40,000 packets/s of a kilobyte for nearly a second. */
const DATA_BYTES = 32 * 1024 * 1024;
const ENTRIES = 65_536;

/** Places in the words that both threads see. */
const WRITTEN = 0;
const TAKEN = 1;
const HELD = 2;
/** Nobody ever writes here: who waits for it waits for a time. */
const NEVER = 3;
const WORDS = 4;

const TIMES_AT = 64;
const SPANS_AT = TIMES_AT + ENTRIES * Float64Array.BYTES_PER_ELEMENT;
const DATA_AT = SPANS_AT + 2 * ENTRIES * Int32Array.BYTES_PER_ELEMENT;

/** What one thread puts in and another takes out, in order. */
export function sharedRing(): SharedArrayBuffer {
  return new SharedArrayBuffer(DATA_AT + DATA_BYTES);
}

/** Packets between the thread that reads a device and the one that writes to the other: one of each, so that no lock is needed. */
export class Ring {
  readonly data: Uint8Array;
  readonly #words: Int32Array;
  readonly #times: Float64Array;
  readonly #spans: Int32Array;
  #at = 0;

  constructor(shared: SharedArrayBuffer) {
    this.#words = new Int32Array(shared, 0, WORDS);
    this.#times = new Float64Array(shared, TIMES_AT, ENTRIES);
    this.#spans = new Int32Array(shared, SPANS_AT, 2 * ENTRIES);
    this.data = new Uint8Array(shared, DATA_AT, DATA_BYTES);
  }

  /** Where in `data` the next packet may be written, of up to {@link PACKET_BYTES}. Of the thread that puts in. */
  get room(): { offset: number; length: number } {
    return { offset: this.#at, length: PACKET_BYTES };
  }

  /** The packet that was written there arrives then. Returns false where there is no room: it is dropped. */
  put(bytes: number, atUs: number): boolean {
    const written = Atomics.load(this.#words, WRITTEN);
    const waiting = (written - Atomics.load(this.#words, TAKEN)) | 0;
    if (waiting >= ENTRIES - 1 || Atomics.load(this.#words, HELD) > DATA_BYTES - 4 * PACKET_BYTES) return false;
    const entry = written & (ENTRIES - 1);
    this.#times[entry] = atUs;
    this.#spans[2 * entry] = this.#at;
    this.#spans[2 * entry + 1] = bytes;
    Atomics.add(this.#words, HELD, bytes);
    Atomics.store(this.#words, WRITTEN, (written + 1) | 0);
    Atomics.notify(this.#words, WRITTEN);
    this.#at += bytes;
    if (this.#at > DATA_BYTES - PACKET_BYTES) this.#at = 0;
    return true;
  }

  /** Waits until there is a packet; when it arrives. Of the thread that takes out, as all that follows. */
  next(): number {
    const taken = Atomics.load(this.#words, TAKEN);
    while (Atomics.load(this.#words, WRITTEN) === taken) Atomics.wait(this.#words, WRITTEN, taken);
    return this.#times[taken & (ENTRIES - 1)]!;
  }

  /** Where the next packet lies in `data`. */
  get span(): { offset: number; length: number } {
    const entry = Atomics.load(this.#words, TAKEN) & (ENTRIES - 1);
    return { offset: this.#spans[2 * entry]!, length: this.#spans[2 * entry + 1]! };
  }

  /** The next packet is done with. */
  take(): void {
    Atomics.sub(this.#words, HELD, this.span.length);
    Atomics.add(this.#words, TAKEN, 1);
  }

  /** Sleeps, finer than a timer does. */
  pause(ms: number): void {
    Atomics.wait(this.#words, NEVER, 0, ms);
  }
}

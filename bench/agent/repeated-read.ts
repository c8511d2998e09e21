import type { Tick } from '../../server/feed/tick.ts';
import type { Recorder } from './measure/recorder.ts';

/**
 * Clients of a feed read the same bytes, thousands of times in a row: the frame of the tick that has just been sent. What
 * one client's parser found in a whole read, and the recorder verified, therefore holds for every read that is equal byte
 * for byte: it is booked without being parsed and verified again. A read that differs in one bit is parsed.
 *
 * Measured on 2,000 clients at 10 ticks/s it takes a third of an agent's own work away (`npm run bench:self`).
 */
export class RepeatedRead {
  readonly #recorder: Recorder;
  readonly #bytes: Uint8Array;
  readonly #words: BigInt64Array;
  readonly #knownBytes: Uint8Array;
  readonly #knownWords: BigInt64Array;
  #length = 0;
  #ticks: readonly Tick[] = [];

  /** @param buffer into which every read goes, from its first byte on; 8-byte aligned, its length a multiple of 8 */
  constructor(buffer: Uint8Array, recorder: Recorder) {
    this.#recorder = recorder;
    this.#bytes = buffer;
    this.#words = new BigInt64Array(buffer.buffer, buffer.byteOffset, buffer.length / 8);
    this.#knownBytes = new Uint8Array(buffer.length);
    this.#knownWords = new BigInt64Array(this.#knownBytes.buffer);
  }

  /**
   * Books the read of `length` bytes as the remembered one, where it is the same.
   *
   * @returns whether it was; else it must be parsed
   */
  book(client: number, length: number): boolean {
    if (length !== this.#length || !this.#isKnown(length)) return false;
    const ticks = this.#ticks;
    for (let index = 0; index < ticks.length; index++) this.#recorder.deliverIntact(client, ticks[index]!);
    return true;
  }

  /**
   * Keeps the read that has just been parsed, if there was nothing in it but intact ticks.
   *
   * @returns whether it did
   */
  remember(length: number): boolean {
    const ticks = this.#recorder.soundTicks;
    if (!ticks || ticks.length === 0) return false;
    this.#knownBytes.set(this.#bytes.subarray(0, length));
    this.#length = length;
    this.#ticks = ticks;
    return true;
  }

  /** Eight bytes at a time: a quarter of the time of `Buffer.compare` on the frame of a small tick. */
  #isKnown(length: number): boolean {
    const whole = length >>> 3;
    for (let word = 0; word < whole; word++) if (this.#words[word] !== this.#knownWords[word]) return false;
    for (let byte = whole << 3; byte < length; byte++) if (this.#bytes[byte] !== this.#knownBytes[byte]) return false;
    return true;
  }
}

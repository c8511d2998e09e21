import { type Push, pushInReads } from '../shared-read.ts';

/** A parser under attack. Its checks are pure: the same bytes and cuts give the same answer. */
export type FuzzTarget = {
  /** Also the name of its folder in the corpus. */
  readonly name: string;
  /** One or more valid messages, which then are damaged. */
  readonly sample: (random: () => number) => Uint8Array;
  /** What damage of this protocol's own kind inserts, in latin1. */
  readonly dictionary: readonly string[];
  /** Damage that needs to know the protocol; changes the bytes in place. */
  readonly edit?: (bytes: Uint8Array, random: () => number) => void;
  /**
   * Reads the bytes, whole and cut at `cuts`, and compares with the reference.
   *
   * @returns what is wrong, or undefined where nothing is
   */
  readonly check: (bytes: Uint8Array, cuts: readonly number[]) => string | undefined | Promise<string | undefined>;
};

/** Thrown inside a handler: the parser did something that it must never do. */
class Misbehaviour extends Error {}

/** Pushes bytes in reads and watches what the parser passes to its handlers meanwhile. */
export class Watch {
  #buffer: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  #calls = 0;

  /** To be called by each handler that is passed a slice. */
  slice(buffer: Uint8Array, start: number, end: number): string {
    this.call();
    const isInside = start >= 0 && start <= end && end <= buffer.length;
    const isInRead = buffer !== this.#buffer || (start >= this.#start && end <= this.#end);
    if (!isInside || !isInRead) throw new Misbehaviour(`a slice from ${start} to ${end} lies outside of what was read`);
    return Buffer.from(buffer.subarray(start, end)).toString('latin1');
  }

  /** To be called by each handler. */
  call(): void {
    this.#calls++;
  }

  /**
   * @param afterRead looks at the parser's own storage after each read; says what is wrong with it
   * @returns what is wrong, or undefined
   */
  pushInReads(
    bytes: Uint8Array,
    cuts: readonly number[],
    push: Push,
    afterRead: () => string | undefined,
  ): string | undefined {
    let wrong: string | undefined;
    try {
      pushInReads(bytes, cuts, (buffer, start, end) => {
        this.#buffer = buffer;
        this.#start = start;
        this.#end = end;
        const before = this.#calls;
        push(buffer, start, end);
        // Each byte completes an event, an interim line and an error at most; one more may come with the first byte.
        if (this.#calls - before > 2 * (end - start) + 2) wrong ??= `more events than bytes: ${this.#calls - before}`;
        wrong ??= afterRead();
      });
    } catch (error) {
      return `threw ${String(error)}`;
    }
    return wrong;
  }
}

/** Says how two readings differ, or undefined where they do not. */
export function difference(what: string, actual: readonly string[], expected: readonly string[]): string | undefined {
  const length = Math.max(actual.length, expected.length);
  for (let index = 0; index < length; index++) {
    if (actual[index] !== expected[index]) {
      return `${what}: event ${index} is ${JSON.stringify(actual[index])}, not ${JSON.stringify(expected[index])}`;
    }
  }
  return undefined;
}

/** One of the items. */
export function pick<T>(items: readonly T[], random: () => number): T {
  return items[Math.floor(random() * items.length)]!;
}

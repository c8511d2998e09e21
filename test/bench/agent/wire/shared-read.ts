import { randomFrom } from '../../../../bench/basics/random.ts';

/** What a driver's parsers see: one read buffer for everybody, which the next read overwrites. */
const READ_BYTES = 128 * 1024;
const OFFSET = 7;
const readBuffer = Buffer.alloc(READ_BYTES);
/** Older bytes that a parser would take for its own if it read past `end`, or kept a reference. */
const GARBAGE = Buffer.from('\r\n"}],\n\ndata: stale\n\nHTTP/1.1 200 OK\r\n\r\n0\r\n\r\n\x81\x00\xff');

export type Push = (buffer: Uint8Array, start: number, end: number) => void;

/** Pushes `bytes`, cut at the ascending offsets `cuts`, through the shared buffer. */
export function pushInReads(bytes: Uint8Array, cuts: readonly number[], push: Push): void {
  let from = 0;
  for (let index = 0; index <= cuts.length; index++) {
    const to = index < cuts.length ? cuts[index]! : bytes.length;
    while (to - from > READ_BYTES / 2) {
      pushOne(bytes, from, from + READ_BYTES / 2, push);
      from += READ_BYTES / 2;
    }
    pushOne(bytes, from, to, push);
    from = to;
  }
}

function pushOne(bytes: Uint8Array, from: number, to: number, push: Push): void {
  const end = OFFSET + to - from;
  readBuffer.set(bytes.subarray(from, to), OFFSET);
  readBuffer.fill(GARBAGE, end, Math.min(end + 64, READ_BYTES));
  push(readBuffer, OFFSET, end);
  readBuffer.fill(GARBAGE, 0, Math.min(end + 64, READ_BYTES));
}

const ALL_THREE_WAY_SPLITS_TO_BYTES = 48;
const RANDOM_SPLITS = 40;

/**
 * Every way to cut `length` bytes in two; byte by byte; every way to cut short vectors in three, and long ones at some
 * random places, the same each time.
 */
export function* everySplit(length: number): Generator<readonly number[]> {
  yield [];
  for (let cut = 0; cut <= length; cut++) yield [cut];
  yield Array.from({ length: Math.max(0, length - 1) }, (_, index) => index + 1);
  if (length > ALL_THREE_WAY_SPLITS_TO_BYTES) {
    const random = randomFrom(length);
    for (let split = 0; split < RANDOM_SPLITS; split++) {
      yield toCuts(
        Array.from({ length: 2 + (split % 8) }, () => random()),
        length,
      );
    }
    return;
  }
  for (let first = 1; first < length; first++) {
    for (let second = first + 1; second < length; second++) yield [first, second];
  }
}

/** Turns any numbers into ascending offsets within `length`, for property tests. */
export function toCuts(fractions: readonly number[], length: number): number[] {
  return fractions.map((fraction) => Math.floor(fraction * (length + 1))).toSorted((a, b) => a - b);
}

/**
 * Reads byte by byte, and at each offset where `isBetween` lets a parser that has read nothing before read the rest as well:
 * calls `compare` with what both made of it.
 */
export function fromEveryBoundary(
  bytes: Uint8Array,
  make: (seen: string[]) => { push: Push; isBetween: () => boolean },
  compare: (fresh: string[], rest: string[]) => void,
): void {
  const seen: string[] = [];
  const parser = make(seen);
  const boundaries: [offset: number, seen: number][] = [];
  for (let offset = 0; offset < bytes.length; offset++) {
    pushOne(bytes, offset, offset + 1, parser.push);
    if (parser.isBetween()) boundaries.push([offset + 1, seen.length]);
  }
  for (const [offset, before] of boundaries) {
    const fresh: string[] = [];
    pushInReads(bytes.subarray(offset), [], make(fresh).push);
    compare(fresh, seen.slice(before));
  }
}

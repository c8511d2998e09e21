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

/** Every way to cut `length` bytes in two, byte by byte, and, for short vectors, every way to cut them in three. */
export function* everySplit(length: number): Generator<readonly number[]> {
  yield [];
  for (let cut = 0; cut <= length; cut++) yield [cut];
  yield Array.from({ length: Math.max(0, length - 1) }, (_, index) => index + 1);
  if (length > ALL_THREE_WAY_SPLITS_TO_BYTES) return;
  for (let first = 1; first < length; first++) {
    for (let second = first + 1; second < length; second++) yield [first, second];
  }
}

/** Turns any numbers into ascending offsets within `length`, for property tests. */
export function toCuts(fractions: readonly number[], length: number): number[] {
  return fractions.map((fraction) => Math.floor(fraction * (length + 1))).toSorted((a, b) => a - b);
}

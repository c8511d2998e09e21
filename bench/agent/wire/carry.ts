const SMALLEST_BITS = 8;
const POOL_LIMIT_BYTES = 16 * 1024 * 1024;
const EMPTY = new Uint8Array(0);

/** Free storage by size class: `free[n]` holds arrays of 2^n bytes. One pool a process, as one read buffer a process. */
const free: Uint8Array[][] = Array.from({ length: 32 }, () => []);
let freeBytes = 0;

function take(minimumBytes: number): Uint8Array {
  const bits = Math.max(SMALLEST_BITS, 32 - Math.clz32(minimumBytes - 1));
  const found = free[bits]!.pop();
  if (found === undefined) return new Uint8Array(2 ** bits);
  freeBytes -= found.length;
  return found;
}

function give(storage: Uint8Array): void {
  if (storage.length === 0 || freeBytes + storage.length > POOL_LIMIT_BYTES) return;
  freeBytes += storage.length;
  free[31 - Math.clz32(storage.length)]!.push(storage);
}

/**
 * Bytes that a parser must keep from one read to the next, in one contiguous piece: `bytes[0..length)`.
 *
 * Storage comes from a pool and goes back to it on `clear()`, so ten thousand idle connections hold none and a stream
 * whose messages always straddle two reads still allocates nothing per message. `bytes` is only valid until the next
 * `append()` or `clear()`.
 */
export class Carry {
  bytes: Uint8Array = EMPTY;
  length = 0;

  /** Copies `buffer[start..end)` behind what is held. */
  append(buffer: Uint8Array, start: number, end: number): void {
    const length = this.length;
    const total = length + end - start;
    if (total > this.bytes.length) this.grow(total);
    const bytes = this.bytes;
    if (end - start <= 32) {
      for (let from = start, to = length; from < end; from++, to++) bytes[to] = buffer[from]!;
    } else {
      bytes.set(buffer.subarray(start, end), length);
    }
    this.length = total;
  }

  /** Forgets the bytes and returns the storage to the pool. */
  clear(): void {
    this.length = 0;
    give(this.bytes);
    this.bytes = EMPTY;
  }

  private grow(minimumBytes: number): void {
    const bytes = take(minimumBytes);
    bytes.set(this.bytes.subarray(0, this.length));
    give(this.bytes);
    this.bytes = bytes;
  }
}

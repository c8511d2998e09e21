import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

/**
 * One update of the feed, encoded once and shared by every transport and connection.
 *
 * The wire form is `{"seq":N,"due":T,"pad":"…"}`, ASCII only and exactly as long as the payload size that was asked for.
 */
export type Tick = {
  /** Sequence number, from 1, without gaps. */
  readonly seq: number;
  /** Scheduled time in integer microseconds on this host's monotonic clock. */
  readonly dueUs: number;
  /** The wire form as bytes. */
  readonly bytes: Buffer;
  /** The wire form as a one-byte-per-character string: Node writes head and body of a response in one go from it. */
  readonly text: string;
};

/** The smallest payload that holds any sequence number and time below 2^53, with an empty pad. */
export const MIN_PAYLOAD_BYTES = 64;

/** The largest payload: what the server accepts and the agents' read buffers hold in one piece. */
export const MAX_PAYLOAD_BYTES = 65_536;

/**
 * Returns the function that encodes tick `seq` due at `dueUs` (integer microseconds). It is deterministic in its
 * arguments and the seed, so server workers agree on every byte and a load agent can tell a corrupted tick.
 *
 * @param payloadBytes exact length of the wire form, {@link MIN_PAYLOAD_BYTES} to {@link MAX_PAYLOAD_BYTES}
 * @param seed any integer; the pad repeats exactly with it
 */
export function tickEncoder(payloadBytes: number, seed: number): (seq: number, dueUs: number) => Tick {
  if (payloadBytes < MIN_PAYLOAD_BYTES || payloadBytes > MAX_PAYLOAD_BYTES) {
    throw new RangeError(`payload of ${payloadBytes} bytes: allowed are ${MIN_PAYLOAD_BYTES} to ${MAX_PAYLOAD_BYTES}`);
  }
  const filler = padText(payloadBytes + PAD_STRIDE, seed);
  return (seq, dueUs) => {
    const head = `{"seq":${seq},"due":${dueUs},"pad":"`;
    const padBytes = payloadBytes - head.length - 2;
    const offset = seq % PAD_STRIDE;
    const text = `${head}${filler.slice(offset, offset + padBytes)}"}`;
    return { seq, dueUs, bytes: Buffer.from(text, 'latin1'), text };
  };
}

/** Neighbouring ticks start their pad at different places, so that a tick served in place of another shows. */
const PAD_STRIDE = 61;

/** Letters and digits that do not compress to nothing: a keyed hash chain, as base64 without its two symbols. */
function padText(length: number, seed: number): string {
  let text = '';
  for (let block = 0; text.length < length; block++) {
    text += createHash('sha256').update(`${seed}:${block}`).digest('base64').replaceAll(/[+/=]/g, '');
  }
  return text.slice(0, length);
}

/**
 * Reads the sequence number of a tick's wire form in place, without allocating.
 *
 * @returns the number, or -1 where the bytes do not begin with `{"seq":` and digits
 */
export function readSeq(buffer: Uint8Array, start: number, end: number): number {
  if (end - start < SEQ_AT + 1) return -1;
  for (let i = 0; i < SEQ_AT; i++) {
    if (buffer[start + i] !== HEAD[i]) return -1;
  }
  let seq = 0;
  let at = start + SEQ_AT;
  for (; at < end; at++) {
    const digit = buffer[at]! - 48;
    if (digit < 0 || digit > 9) break;
    seq = seq * 10 + digit;
  }
  return at === start + SEQ_AT ? -1 : seq;
}

const HEAD = Buffer.from('{"seq":', 'latin1');
const SEQ_AT = HEAD.length;

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readToken, tokenOf } from './token.ts';

/**
 * One update of the feed, encoded once and shared by every transport and connection.
 *
 * The wire form is `{"tick":"pb1_SEQ_DUE_PAD_"}`, ASCII only and exactly as long as the payload size that was asked for: JSON with
 * a token in it (token.ts), by which it is found in any envelope.
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
  /** The token, within `bytes`. */
  readonly token: Buffer;
};

const HEAD = '{"tick":"';
const TAIL = '"}';
const ENVELOPE_BYTES = HEAD.length + TAIL.length;

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
  const filler = tickPad(payloadBytes, seed);
  return (seq, dueUs) => {
    const padBytes = payloadBytes - ENVELOPE_BYTES - tokenOf(seq, dueUs, '').length;
    const offset = seq % PAD_STRIDE;
    return tickOf(`${HEAD}${tokenOf(seq, dueUs, filler.slice(offset, offset + padBytes))}${TAIL}`, seq, dueUs);
  };
}

/** The tick of which this is the wire form; null where it is none. */
export function readTick(text: string): Tick | null {
  if (!text.startsWith(HEAD) || !text.endsWith(TAIL)) return null;
  const token = readToken(text.slice(HEAD.length, -TAIL.length));
  return token === null ? null : tickOf(text, token.seq, token.dueUs);
}

function tickOf(text: string, seq: number, dueUs: number): Tick {
  const bytes = Buffer.from(text, 'latin1');
  return { seq, dueUs, bytes, text, token: bytes.subarray(HEAD.length, bytes.length - TAIL.length) };
}

/** Neighbouring ticks start their pad at different places, so that a tick served in place of another shows. */
const PAD_STRIDE = 61;

/** What the pads of all ticks are cut from: that of tick k begins at k modulo 61. */
export function tickPad(payloadBytes: number, seed: number): string {
  return padText(payloadBytes + PAD_STRIDE, seed);
}

/** Letters and digits that do not compress to nothing: a keyed hash chain, as base64 without its two symbols. */
function padText(length: number, seed: number): string {
  let text = '';
  for (let block = 0; text.length < length; block++) {
    text += createHash('sha256').update(`${seed}:${block}`).digest('base64').replaceAll(/[+/=]/g, '');
  }
  return text.slice(0, length);
}

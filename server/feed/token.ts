// What a tick is recognised by, in whatever envelope a server sends it: letters, digits and underscores, which nothing escapes,
// whether it is JSON in JSON, a URL, HTML or a binary frame. Browsers load it too.

/** What every token begins with: name and version of its form. */
export const TOKEN_START = 'pb1_';

/** The token of tick `seq`, due at `dueUs`: `pb1_SEQ_DUE_PAD_`, where `pad` is of letters and digits. */
export function tokenOf(seq: number, dueUs: number, pad: string): string {
  return `${TOKEN_START}${seq}_${dueUs}_${pad}_`;
}

/** Number and due time of the token that a text is; null where it is none. */
export function readToken(text: string): { seq: number; dueUs: number } | null {
  const [, seq, dueUs] = /^pb1_(\d+)_(\d+)_[A-Za-z0-9]*_$/.exec(text) ?? [];
  return seq === undefined ? null : { seq: Number(seq), dueUs: Number(dueUs) };
}

const [P, B, ONE, UNDERSCORE] = Array.from(TOKEN_START, (letter) => letter.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
];

/**
 * The sequence number of the token that begins at `start`, read in place, without allocating.
 *
 * @returns the number, or -1 where no token begins there
 */
export function seqAt(buffer: Uint8Array, start: number, end: number): number {
  if (buffer[start] !== P || buffer[start + 1] !== B || buffer[start + 2] !== ONE || buffer[start + 3] !== UNDERSCORE) {
    return -1;
  }
  const first = start + TOKEN_START.length;
  let seq = 0;
  let at = first;
  for (; at < end; at++) {
    const digit = buffer[at]! - 48;
    if (digit < 0 || digit > 9) break;
    seq = seq * 10 + digit;
  }
  return at === first || at >= end || buffer[at] !== UNDERSCORE ? -1 : seq;
}

/**
 * When the tick of the token that begins at `start` was due, in microseconds; null where it does not say. Allocates: for
 * tokens that are not what they should be.
 */
export function dueOf(buffer: Uint8Array, start: number, end: number): number | null {
  const head = new TextDecoder('latin1').decode(buffer.subarray(start, Math.min(end, start + LONGEST_HEAD)));
  const [, dueUs] = /^pb1_\d+_(\d+)_/.exec(head) ?? [];
  return dueUs === undefined ? null : Number(dueUs);
}

/** Up to the pad: two numbers below 2^53. */
const LONGEST_HEAD = 40;

/** Where a token may begin in buffer[start, end), as its first letters say: {@link seqAt} tells; -1 where none does. */
export function findTokenStart(buffer: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end - TOKEN_START.length; at++) {
    if (buffer[at] === P && buffer[at + 1] === B && buffer[at + 2] === ONE && buffer[at + 3] === UNDERSCORE) return at;
  }
  return -1;
}

import { isUtf8 } from 'node:buffer';

/** State between two whole characters: where a text starts and where it must end. */
export const UTF8_COMPLETE = 0;
/** State after a byte that no UTF-8 text can hold there. */
export const UTF8_INVALID = -1;

/** Below this many bytes the scalar loop beats `isUtf8`, which costs a call out of JavaScript and a view object. */
const NATIVE_FROM_BYTES = 256;

/**
 * Checks `buffer[start..end)` as the continuation of a UTF-8 text, so that a text can be checked as it arrives and
 * rejected at its first wrong byte (RFC 3629 section 4: no overlong forms, no surrogates, nothing above U+10FFFF).
 *
 * @param state `UTF8_COMPLETE` at the start of the text, else what the previous call returned.
 * @returns `UTF8_COMPLETE`, `UTF8_INVALID`, or a state inside a character, to pass to the next call.
 */
export function continueUtf8(state: number, buffer: Uint8Array, start: number, end: number): number {
  if (end - start < NATIVE_FROM_BYTES || state !== UTF8_COMPLETE) return scan(state, buffer, start, end);
  // The last character may be cut: leave it, from its lead byte on, to the scalar loop.
  let cut = end;
  for (let back = 1; back <= 3; back++) {
    const byte = buffer[end - back]!;
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      cut = end - back;
      break;
    }
  }
  return isUtf8(buffer.subarray(start, cut)) ? scan(UTF8_COMPLETE, buffer, cut, end) : UTF8_INVALID;
}

/**
 * A state inside a character is: continuation bytes missing, plus the lowest and the highest value of the next one
 * (which differ from 80..BF only after E0, ED, F0 and F4), packed as `missing | lowest << 8 | highest << 16`.
 */
function scan(state: number, buffer: Uint8Array, start: number, end: number): number {
  let missing = state & 0xff;
  let lowest = (state >> 8) & 0xff;
  let highest = (state >> 16) & 0xff;
  for (let pos = start; pos < end; pos++) {
    // A loop of its own for ASCII, three times faster.
    if (missing === 0) while (pos < end && buffer[pos]! < 0x80) pos++;
    if (pos === end) break;
    const byte = buffer[pos]!;
    if (missing !== 0) {
      if (byte < lowest || byte > highest) return UTF8_INVALID;
      missing--;
      lowest = 0x80;
      highest = 0xbf;
    } else {
      if (byte < 0xc2 || byte > 0xf4) return UTF8_INVALID;
      missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
      lowest = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80;
      highest = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf;
    }
  }
  return missing === 0 ? UTF8_COMPLETE : missing | (lowest << 8) | (highest << 16);
}

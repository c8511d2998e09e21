import { WireError } from './wire-error.ts';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** From here on a native search pays for its call. */
const NATIVE_SEARCH_FROM_BYTES = 256;

/** Receives one element of the array: `buffer[start..end)`, valid only during the call. */
export type ElementHandler = (client: number, buffer: Uint8Array, start: number, end: number) => void;

/**
 * Splits a JSON array (RFC 8259 section 5), given whole as `buffer[start..end)`, into the slices of its elements, in
 * order and without the white space around them. Only the array itself is checked: what stands inside an element is
 * for its reader to judge. An empty array has no elements.
 *
 * @throws WireError `JSON_ARRAY` when the bytes are not one array; elements before the fault were passed on already.
 */
export function splitJsonArray(
  buffer: Uint8Array,
  start: number,
  end: number,
  onElement: ElementHandler,
  client: number,
): void {
  let pos = skipSpace(buffer, start, end);
  if (pos === end || buffer[pos] !== OPEN_BRACKET) throw malformed('does not begin with "["', pos - start);
  pos = skipSpace(buffer, pos + 1, end);
  if (pos < end && buffer[pos] === CLOSE_BRACKET) return finish(buffer, start, pos + 1, end);
  for (;;) {
    const elementEnd = skipValue(buffer, start, pos, end);
    onElement(client, buffer, pos, elementEnd);
    pos = elementEnd;
    if (pos < end && buffer[pos]! <= SPACE) pos = skipSpace(buffer, pos, end);
    if (pos === end) throw malformed('ends inside the array', pos - start);
    const separator = buffer[pos]!;
    if (separator === CLOSE_BRACKET) return finish(buffer, start, pos + 1, end);
    if (separator !== COMMA) throw malformed('has no "," or "]" after an element', pos - start);
    pos++;
    if (pos < end && buffer[pos]! <= SPACE) pos = skipSpace(buffer, pos, end);
  }
}

function finish(buffer: Uint8Array, start: number, from: number, end: number): void {
  const pos = skipSpace(buffer, from, end);
  if (pos !== end) throw malformed('goes on after its "]"', pos - start);
}

function skipSpace(buffer: Uint8Array, from: number, end: number): number {
  let pos = from;
  while (pos < end) {
    const byte = buffer[pos]!;
    if (byte !== SPACE && byte !== LF && byte !== CR && byte !== TAB) break;
    pos++;
  }
  return pos;
}

/** Returns the offset behind the value that begins at `from`. */
function skipValue(buffer: Uint8Array, start: number, from: number, end: number): number {
  if (from === end) throw malformed('ends inside the array', from - start);
  const first = buffer[from]!;
  if (first === OPEN_BRACE) return skipNested(buffer, start, from, end, OPEN_BRACE, CLOSE_BRACE);
  if (first === OPEN_BRACKET) return skipNested(buffer, start, from, end, OPEN_BRACKET, CLOSE_BRACKET);
  if (first === QUOTE) return skipString(buffer, start, from, end);
  let pos = from;
  while (pos < end && isScalarByte(buffer[pos]!)) pos++;
  if (pos === from) throw malformed('has an empty or impossible element', from - start);
  return pos;
}

/** Digits, letters, sign and point: what numbers, `true`, `false` and `null` are made of. */
function isScalarByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x45 ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e
  );
}

/** Counts one kind of bracket only: outside strings, valid JSON balances each kind by itself. */
function skipNested(
  buffer: Uint8Array,
  start: number,
  from: number,
  end: number,
  opener: number,
  closer: number,
): number {
  let depth = 0;
  let pos = from;
  while (pos < end) {
    // Numbers, commas and colons, in a loop with two comparisons a byte; every bracket that counts is above it.
    while (pos < end && buffer[pos] !== QUOTE && buffer[pos]! < OPEN_BRACKET) pos++;
    if (pos === end) break;
    const byte = buffer[pos]!;
    if (byte === QUOTE) {
      pos = skipString(buffer, start, pos, end);
      continue;
    }
    if (byte === opener) depth++;
    else if (byte === closer && --depth === 0) return pos + 1;
    pos++;
  }
  throw malformed('ends inside an element', end - start);
}

/** Returns the offset behind the string whose opening quote stands at `from`. */
function skipString(buffer: Uint8Array, start: number, from: number, end: number): number {
  let pos = from + 1;
  const near = end - pos > NATIVE_SEARCH_FROM_BYTES ? pos + NATIVE_SEARCH_FROM_BYTES : end;
  for (;;) {
    while (pos < near && buffer[pos] !== QUOTE) pos++;
    // The search may run past `end` into older bytes of the read buffer; what it finds there is discarded.
    if (pos >= near && pos < end) pos = buffer.indexOf(QUOTE, pos);
    if (pos < 0 || pos >= end) throw malformed('ends inside a string', end - start);
    pos++;
    if (buffer[pos - 2] !== BACKSLASH) return pos;
    // An even number of backslashes escape each other and leave the quote to end the string.
    let slashes = pos - 2;
    while (buffer[slashes - 1] === BACKSLASH) slashes--;
    if (((pos - slashes) & 1) === 1) return pos;
  }
}

function malformed(what: string, offset: number): WireError {
  return new WireError(
    'JSON_ARRAY',
    `The polling response is not a JSON array: it ${what} (byte ${offset}). Check that the URL answers with an array.`,
  );
}

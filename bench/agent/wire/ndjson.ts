import { Carry } from './carry.ts';
import { WireError } from './wire-error.ts';

const LF = 0x0a;
const CR = 0x0d;

const DEFAULT_MAX_BYTES = 1024 * 1024;
/** Most lines end within this many bytes; for the rest a native search pays for its view object. */
const NATIVE_SEARCH_FROM_BYTES = 256;

/** One object for all connections; `client` says which of them it is about. */
export type LineHandlers = {
  /** One line without its end: `buffer[start..end)`, valid only during the call, unchecked. Empty lines are passed over. */
  line(client: number, buffer: Uint8Array, start: number, end: number): void;
  /** `NDJSON_TOO_LARGE`: the parser ignores all further bytes. */
  error(client: number, error: WireError): void;
};

/**
 * Incremental splitter of newline-delimited JSON: a document a line, ended by LF or CRLF, which no JSON text holds unescaped
 * (RFC 8259, 7; the same as JSON Lines). Empty lines keep a connection alive and mean nothing.
 *
 * A line that lies whole in one read is passed on as a slice of the read buffer.
 */
export class LineParser {
  private readonly client: number;
  private readonly handlers: LineHandlers;
  private readonly maxBytes: number;
  private readonly carry = new Carry();
  private failed = false;

  /** @param maxBytes bound on one line, its CR included */
  constructor(client: number, handlers: LineHandlers, maxBytes: number = DEFAULT_MAX_BYTES) {
    this.client = client;
    this.handlers = handlers;
    this.maxBytes = maxBytes;
  }

  /** The bytes so far end with a whole line. */
  get isBetweenMessages(): boolean {
    return this.carry.length === 0 && !this.failed;
  }

  /** Reads `buffer[start..end)`, the next bytes of the stream. */
  push(buffer: Uint8Array, start: number, end: number): void {
    let pos = start;
    while (pos < end && !this.failed) {
      const lineEnd = findLineFeed(buffer, pos, end);
      if (this.carry.length + lineEnd - pos > this.maxBytes) return this.fail();
      if (lineEnd === end) return this.carry.append(buffer, pos, end);
      if (this.carry.length === 0) {
        this.pass(buffer, pos, lineEnd);
      } else {
        this.carry.append(buffer, pos, lineEnd);
        this.pass(this.carry.bytes, 0, this.carry.length);
        this.carry.clear();
      }
      pos = lineEnd + 1;
    }
  }

  /** The stream ended: drops the line that was not completed. Not to be called from inside a handler. */
  close(): void {
    this.carry.clear();
  }

  private pass(buffer: Uint8Array, start: number, lineEnd: number): void {
    const end = lineEnd > start && buffer[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
    if (end > start) this.handlers.line(this.client, buffer, start, end);
  }

  private fail(): void {
    this.failed = true;
    this.carry.clear();
    this.handlers.error(
      this.client,
      new WireError('NDJSON_TOO_LARGE', `a line is longer than ${this.maxBytes} bytes; it is not read any further`),
    );
  }
}

/** The offset of the first LF from `from` on, or `end`. */
function findLineFeed(buffer: Uint8Array, from: number, end: number): number {
  const near = end - from > NATIVE_SEARCH_FROM_BYTES ? from + NATIVE_SEARCH_FROM_BYTES : end;
  let pos = from;
  while (pos < near && buffer[pos] !== LF) pos++;
  if (pos < near || near === end) return pos;
  // The search may run past `end` into older bytes of the read buffer; what it finds there is discarded.
  const found = buffer.indexOf(LF, pos);
  return found < 0 || found > end ? end : found;
}

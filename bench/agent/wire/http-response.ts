import { Carry } from './carry.ts';
import { WireError, type WireErrorCode } from './wire-error.ts';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COMMA = 0x2c;
const DIGIT_0 = 0x30;
const COLON = 0x3a;
const SEMICOLON = 0x3b;

const HEAD = 0;
const BODY_OF_LENGTH = 1;
const BODY_UNTIL_CLOSE = 2;
const CHUNK_SIZE = 3;
const CHUNK_SPACE = 4;
const CHUNK_EXTENSION = 5;
const CHUNK_SIZE_LF = 6;
const CHUNK_DATA = 7;
const CHUNK_DATA_CR = 8;
const CHUNK_DATA_LF = 9;
const TRAILER_START = 10;
const TRAILER_NAME = 11;
const TRAILER_VALUE = 12;
const TRAILER_LF = 13;
const LAST_LF = 14;
/** A response that ends the connection is complete: nothing may follow. */
const LAST_RESPONSE_DONE = 15;
const UPGRADED = 16;
const FAILED = 17;

/** Instead of an offset: the read ends before the head does, or the head is wrong. */
const INCOMPLETE = -1;
const INVALID = -2;

const MAX_HEAD_BYTES = 16 * 1024;
const MAX_CHUNK_LINE_BYTES = 4 * 1024;
const MAX_TRAILERS_BYTES = 16 * 1024;

const EMPTY = new Uint8Array(0);
const VERSION_PREFIX = Buffer.from('HTTP/1.');
const CONTENT_LENGTH = Buffer.from('content-length');
const TRANSFER_ENCODING = Buffer.from('transfer-encoding');
const CONNECTION = Buffer.from('connection');
const TOKEN_CHUNKED = Buffer.from('chunked');
const TOKEN_CLOSE = Buffer.from('close');
const TOKEN_KEEP_ALIVE = Buffer.from('keep-alive');

/** 1 for the characters of a field name (RFC 9110 section 5.6.2, `tchar`). */
const IS_TOKEN = new Uint8Array(256);
for (const byte of Buffer.from("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")) {
  IS_TOKEN[byte] = 1;
}

/** One object for all connections; `client` says which of them it is about. Slices are valid only during the call. */
export type HttpResponseHandlers = {
  /** Status line and header fields are complete; the facts of the response stand in `parser`. Not called for 1xx but 101. */
  head(client: number, status: number, parser: HttpResponseParser): void;
  /** A piece of the content, without chunk framing; any number of times, never empty. */
  body(client: number, buffer: Uint8Array, start: number, end: number): void;
  /** The response is whole. Not called for 101, whose connection goes on in another protocol. */
  end(client: number): void;
  /** The stream is unusable from here: all further bytes are ignored until `close()`. */
  error(client: number, error: WireError): void;
};

/**
 * Incremental parser of the responses of one HTTP/1.1 connection (RFC 9112), as the client of GET requests sees them.
 *
 * Stricter than the RFC demands of a client, so that a wrong server shows: a lone LF or CR, obsolete line folding and
 * white space before a colon are errors (sections 2.2, 5.1, 5.2). A head that lies whole in one read is read in place.
 */
export class HttpResponseParser {
  /** Of the current response, from `head()` until the next response begins. */
  status = 0;
  /** Value of `Content-Length`, or -1 when there is none. Says nothing about the content when `chunked`. */
  contentLength = -1;
  chunked = false;
  /** Whether another response may follow on this connection (RFC 9112 section 9.3). */
  keepAlive = true;
  /** Bytes of status line and header fields, those of interim (1xx) responses before it included. */
  headBytes = 0;
  /** Bytes of chunk-size lines, of the line ends behind chunks, and of trailers; whole in `end()`. */
  framingBytes = 0;

  private readonly client: number;
  private readonly handlers: HttpResponseHandlers;
  private state = HEAD;
  /** Bytes left of a body or chunk, or the chunk size being read. */
  private left = 0;
  /** Bytes of the current chunk-size line, or of the trailers. */
  private lineBytes = 0;
  private hasSizeDigit = false;
  private minorVersion = 1;
  private hasTransferEncoding = false;
  private connectionClose = false;
  private connectionKeepAlive = false;
  /** The head cut by a read, and how much of it consists of lines that were read already. */
  private carry: Carry | undefined = undefined;
  private readBytes = 0;
  /** Where the head stands while `head()` runs. */
  private source: Uint8Array = EMPTY;
  private sourceStart = 0;
  private sourceEnd = 0;

  constructor(client: number, handlers: HttpResponseHandlers) {
    this.client = client;
    this.handlers = handlers;
  }

  /**
   * Reads `buffer[start..end)`, the next bytes of the connection.
   *
   * @returns `end`; or, after the head of a 101, the offset where the upgraded protocol begins; or, after an error, the
   * offset of the faulty element in this read.
   */
  push(buffer: Uint8Array, start: number, end: number): number {
    let pos = start;
    while (pos < end) {
      switch (this.state) {
        case HEAD:
          pos =
            this.carry !== undefined && this.carry.length > 0
              ? this.resumeHead(buffer, pos, end)
              : this.beginHead(buffer, pos, end);
          break;
        case BODY_OF_LENGTH: {
          const pieceEnd = end - pos < this.left ? end : pos + this.left;
          this.left -= pieceEnd - pos;
          this.handlers.body(this.client, buffer, pos, pieceEnd);
          pos = pieceEnd;
          if (this.left === 0) this.endResponse();
          break;
        }
        case CHUNK_DATA: {
          const pieceEnd = end - pos < this.left ? end : pos + this.left;
          this.left -= pieceEnd - pos;
          if (this.left === 0) this.state = CHUNK_DATA_CR;
          this.handlers.body(this.client, buffer, pos, pieceEnd);
          pos = pieceEnd;
          break;
        }
        case BODY_UNTIL_CLOSE:
          this.handlers.body(this.client, buffer, pos, end);
          return end;
        case LAST_RESPONSE_DONE:
          this.fail('HTTP_UNEXPECTED_DATA', 'The server sent more after a response that closes the connection.');
          return pos;
        case UPGRADED:
        case FAILED:
          return pos;
        default: {
          const next = this.readFraming(buffer, pos, end);
          if (next < 0) return pos;
          pos = next;
        }
      }
    }
    return pos;
  }

  /** The bytes so far end where a chunk-size line begins: nothing of the past bears on what the next chunk means. */
  get isBetweenChunks(): boolean {
    return this.state === CHUNK_SIZE && this.lineBytes === 0;
  }

  /** The bytes so far end with a whole response, after which another may begin. */
  get isBetweenResponses(): boolean {
    return this.state === HEAD && (this.carry === undefined || this.carry.length === 0);
  }

  /**
   * The connection ended: completes a response that lasts until then (RFC 9112 section 6.3 rule 8), or reports one that
   * was cut with `HTTP_TRUNCATED`. The parser is then ready for the next connection. Not to be called from a handler.
   */
  close(): void {
    const { state } = this;
    const isInsideHead =
      (this.status === 0 && this.headBytes > 0) || (this.carry !== undefined && this.carry.length > 0);
    const isInside = state === HEAD ? isInsideHead : state < LAST_RESPONSE_DONE;
    this.carry?.clear();
    this.readBytes = 0;
    this.state = HEAD;
    if (state === BODY_UNTIL_CLOSE) {
      this.handlers.end(this.client);
    } else if (isInside) {
      this.handlers.error(
        this.client,
        new WireError('HTTP_TRUNCATED', 'The server closed the connection before its response was complete.'),
      );
    }
    this.status = 0;
    this.headBytes = 0;
  }

  /**
   * The value of a header field, without the white space around it; several of one name are joined with `, `
   * (RFC 9110 section 5.3). Meaningful only inside the `head` handler.
   *
   * @param name in lower case.
   */
  header(name: string): string | undefined {
    const { source, sourceEnd } = this;
    let found: string | undefined;
    let pos = skipLine(source, this.sourceStart, sourceEnd);
    while (pos < sourceEnd && source[pos] !== CR) {
      const next = skipLine(source, pos, sourceEnd);
      let nameEnd = pos;
      while (source[nameEnd] !== COLON) nameEnd++;
      if (nameEnd - pos === name.length && latin1(source, pos, nameEnd).toLowerCase() === name) {
        const valueStart = trimStart(source, nameEnd + 1, next - 2);
        const value = latin1(source, valueStart, trimEnd(source, valueStart, next - 2));
        found = found === undefined ? value : `${found}, ${value}`;
      }
      pos = next;
    }
    return found;
  }

  private beginHead(buffer: Uint8Array, start: number, end: number): number {
    // What the previous response left; only here, so that its facts can still be read after end().
    if (this.status !== 0) this.headBytes = 0;
    this.status = 0;
    this.contentLength = -1;
    this.chunked = false;
    this.framingBytes = 0;
    this.hasTransferEncoding = false;
    this.connectionClose = false;
    this.connectionKeepAlive = false;
    this.readBytes = 0;
    const next = this.readHead(buffer, start, end);
    if (next === INVALID) return start;
    if (next === INCOMPLETE) {
      this.carry ??= new Carry();
      this.carry.append(buffer, start, end);
      return end;
    }
    this.endHead(buffer, start, next);
    return next;
  }

  private resumeHead(buffer: Uint8Array, start: number, end: number): number {
    const carry = this.carry!;
    const before = carry.length;
    // Bytes behind the head come along and stay unused: where it ends is not known yet.
    carry.append(buffer, start, Math.min(end, start + MAX_HEAD_BYTES + 1 - before));
    const next = this.readHead(carry.bytes, 0, carry.length);
    if (next === INVALID) {
      carry.clear();
      return start;
    }
    if (next === INCOMPLETE) return end;
    this.endHead(carry.bytes, 0, next);
    carry.clear();
    return start + next - before;
  }

  /** Reads the lines of `buffer[head..end)` that were not read yet; returns the offset behind the head. */
  private readHead(buffer: Uint8Array, head: number, end: number): number {
    // No line is judged by what stands beyond the bound: the same fault is found whatever the reads.
    const limit = end - head > MAX_HEAD_BYTES ? head + MAX_HEAD_BYTES + 1 : end;
    let pos = head + this.readBytes;
    for (;;) {
      const next =
        pos === head
          ? this.readStatusLine(buffer, pos, limit)
          : buffer[pos] === CR
            ? this.readEmptyLine(buffer, pos, limit)
            : this.readHeaderLine(buffer, pos, limit);
      if (next === INVALID) return INVALID;
      const soFar = (next === INCOMPLETE ? limit : next) - head;
      if (soFar > MAX_HEAD_BYTES) {
        return this.fail('HTTP_HEAD_TOO_LARGE', `The server sent a response head above ${MAX_HEAD_BYTES} bytes.`);
      }
      if (next === INCOMPLETE) return INCOMPLETE;
      if (buffer[pos] === CR) return next;
      pos = next;
      this.readBytes = pos - head;
      if (pos === limit) return INCOMPLETE;
    }
  }

  /** RFC 9112 section 4; a missing space before an absent reason is let pass, as many servers omit it. */
  private readStatusLine(buffer: Uint8Array, start: number, end: number): number {
    let pos = start;
    for (let index = 0; index < 7; index++, pos++) {
      if (pos === end) return INCOMPLETE;
      if (buffer[pos] !== VERSION_PREFIX[index]) {
        return this.fail(
          'HTTP_STATUS_LINE',
          'The answer does not begin with "HTTP/1.": the peer is no HTTP/1.1 server.',
        );
      }
    }
    if (pos === end) return INCOMPLETE;
    const minor = buffer[pos]! - DIGIT_0;
    if (minor !== 0 && minor !== 1) {
      return this.fail('HTTP_VERSION', 'The server answered in a version other than HTTP/1.0 and HTTP/1.1.');
    }
    this.minorVersion = minor;
    if (++pos === end) return INCOMPLETE;
    if (buffer[pos] !== SPACE) return this.failStatusLine();
    let status = 0;
    for (let digits = 0; digits < 3; digits++) {
      if (++pos === end) return INCOMPLETE;
      const digit = buffer[pos]! - DIGIT_0;
      if (digit < 0 || digit > 9) return this.failStatusLine();
      status = status * 10 + digit;
    }
    if (status < 100) return this.failStatusLine();
    if (++pos === end) return INCOMPLETE;
    if (buffer[pos] !== SPACE && buffer[pos] !== CR) return this.failStatusLine();
    const lineEnd = findValueEnd(buffer, pos, end);
    if (lineEnd === end) return INCOMPLETE;
    if (buffer[lineEnd] !== CR) return this.failStatusLine();
    if (lineEnd + 1 === end) return INCOMPLETE;
    if (buffer[lineEnd + 1] !== LF) return this.failStatusLine();
    this.status = status;
    return lineEnd + 2;
  }

  private readEmptyLine(buffer: Uint8Array, start: number, end: number): number {
    if (start + 1 === end) return INCOMPLETE;
    if (buffer[start + 1] !== LF) return this.failHeader();
    return start + 2;
  }

  /** RFC 9112 section 5. Interprets the three fields that decide where the response ends; the rest is only checked. */
  private readHeaderLine(buffer: Uint8Array, start: number, end: number): number {
    let nameEnd = start;
    while (nameEnd < end && IS_TOKEN[buffer[nameEnd]!] === 1) nameEnd++;
    if (nameEnd === end) return INCOMPLETE;
    if (buffer[nameEnd] !== COLON || nameEnd === start) {
      const first = buffer[start];
      if (first === SPACE || first === TAB) {
        return this.fail('HTTP_OBS_FOLD', 'The server folded a header field over two lines, which HTTP/1.1 forbids.');
      }
      return this.failHeader();
    }
    const lineEnd = findValueEnd(buffer, nameEnd + 1, end);
    if (lineEnd === end) return INCOMPLETE;
    if (buffer[lineEnd] !== CR) return this.failHeader();
    if (lineEnd + 1 === end) return INCOMPLETE;
    if (buffer[lineEnd + 1] !== LF) return this.failHeader();
    switch (nameEnd - start) {
      case 10:
        if (isWord(buffer, start, nameEnd, CONNECTION)) this.readConnection(buffer, nameEnd + 1, lineEnd);
        break;
      case 14:
        if (isWord(buffer, start, nameEnd, CONTENT_LENGTH) && !this.readContentLength(buffer, nameEnd + 1, lineEnd)) {
          return INVALID;
        }
        break;
      case 17:
        if (
          isWord(buffer, start, nameEnd, TRANSFER_ENCODING) &&
          !this.readTransferEncoding(buffer, nameEnd + 1, lineEnd)
        ) {
          return INVALID;
        }
        break;
    }
    return lineEnd + 2;
  }

  private readConnection(buffer: Uint8Array, start: number, end: number): void {
    for (let pos = start; pos <= end;) {
      const itemEnd = findComma(buffer, pos, end);
      const from = trimStart(buffer, pos, itemEnd);
      const to = trimEnd(buffer, from, itemEnd);
      if (isWord(buffer, from, to, TOKEN_CLOSE)) this.connectionClose = true;
      else if (isWord(buffer, from, to, TOKEN_KEEP_ALIVE)) this.connectionKeepAlive = true;
      pos = itemEnd + 1;
    }
  }

  /** RFC 9112 section 6.3 rule 5: the same length said twice is one length. */
  private readContentLength(buffer: Uint8Array, start: number, end: number): boolean {
    for (let pos = start; pos <= end;) {
      const itemEnd = findComma(buffer, pos, end);
      const from = trimStart(buffer, pos, itemEnd);
      const to = trimEnd(buffer, from, itemEnd);
      let length = 0;
      for (let at = from; at < to; at++) {
        const digit = buffer[at]! - DIGIT_0;
        if (digit < 0 || digit > 9) return this.failContentLength();
        length = length * 10 + digit;
      }
      const isConflict = this.contentLength >= 0 && this.contentLength !== length;
      if (from === to || length > Number.MAX_SAFE_INTEGER || isConflict) return this.failContentLength();
      this.contentLength = length;
      pos = itemEnd + 1;
    }
    return true;
  }

  /** RFC 9112 sections 6.1 and 6.3 rule 4: only when `chunked` is the last coding does it frame the body. */
  private readTransferEncoding(buffer: Uint8Array, start: number, end: number): boolean {
    this.hasTransferEncoding = true;
    for (let pos = start; pos <= end;) {
      const itemEnd = findComma(buffer, pos, end);
      const from = trimStart(buffer, pos, itemEnd);
      const to = trimEnd(buffer, from, itemEnd);
      if (from < to) {
        const isChunked = isWord(buffer, from, to, TOKEN_CHUNKED);
        if (isChunked && this.chunked) {
          this.fail('HTTP_TRANSFER_ENCODING', 'The server says that it chunked a response twice.');
          return false;
        }
        this.chunked = isChunked;
      }
      pos = itemEnd + 1;
    }
    return true;
  }

  /** The head is whole: decides how the body is framed (RFC 9112 section 6.3) and tells the handlers. */
  private endHead(buffer: Uint8Array, start: number, end: number): void {
    const { status } = this;
    this.headBytes += end - start;
    if (status < 200 && status !== 101) {
      // Status 0 tells beginHead() that the bytes counted so far belong to the response to come.
      this.status = 0;
      return;
    }
    const isBodyless = status < 200 || status === 204 || status === 304;
    const isUntilClose = !isBodyless && !this.chunked && (this.hasTransferEncoding || this.contentLength < 0);
    this.keepAlive =
      !isUntilClose &&
      !this.connectionClose &&
      // A transfer coding in HTTP/1.0 is faulty framing: the connection ends with the response (section 6.1).
      (this.minorVersion === 1 || (this.connectionKeepAlive && !this.hasTransferEncoding));
    if (status === 101) {
      this.state = UPGRADED;
    } else if (isUntilClose) {
      this.state = BODY_UNTIL_CLOSE;
    } else if (this.chunked) {
      this.state = CHUNK_SIZE;
      this.beginChunkLine();
    } else {
      this.state = BODY_OF_LENGTH;
      this.left = this.contentLength;
    }
    this.source = buffer;
    this.sourceStart = start;
    this.sourceEnd = end;
    this.handlers.head(this.client, status, this);
    this.source = EMPTY;
    this.sourceEnd = 0;
    if (isBodyless ? status !== 101 : this.state === BODY_OF_LENGTH && this.left === 0) this.endResponse();
  }

  private endResponse(): void {
    this.state = this.keepAlive ? HEAD : LAST_RESPONSE_DONE;
    this.handlers.end(this.client);
  }

  private beginChunkLine(): void {
    this.left = 0;
    this.lineBytes = 0;
    this.hasSizeDigit = false;
  }

  /** Reads what surrounds chunk data (RFC 9112 section 7.1) up to the next data, the end of the response or of the read. */
  private readFraming(buffer: Uint8Array, start: number, end: number): number {
    let { state } = this;
    let pos = start;
    while (pos < end) {
      const byte = buffer[pos++]!;
      switch (state) {
        case CHUNK_DATA_CR:
          if (byte !== CR) return this.failChunkEnd();
          state = CHUNK_DATA_LF;
          break;
        case CHUNK_DATA_LF:
          if (byte !== LF) return this.failChunkEnd();
          this.beginChunkLine();
          state = CHUNK_SIZE;
          break;
        case CHUNK_SIZE: {
          const digit = hexDigit(byte);
          if (digit >= 0) {
            this.left = this.left * 16 + digit;
            this.hasSizeDigit = true;
            if (this.left > Number.MAX_SAFE_INTEGER) return this.failChunkSize();
          } else if (!this.hasSizeDigit) {
            return this.failChunkSize();
          } else if (byte === CR) {
            state = CHUNK_SIZE_LF;
          } else if (byte === SEMICOLON) {
            state = CHUNK_EXTENSION;
          } else if (byte === SPACE || byte === TAB) {
            state = CHUNK_SPACE;
          } else {
            return this.failChunkSize();
          }
          if (++this.lineBytes > MAX_CHUNK_LINE_BYTES) return this.failChunkLine();
          break;
        }
        case CHUNK_SPACE:
          if (byte === SEMICOLON) state = CHUNK_EXTENSION;
          else if (byte !== SPACE && byte !== TAB) return this.failChunkSize();
          if (++this.lineBytes > MAX_CHUNK_LINE_BYTES) return this.failChunkLine();
          break;
        case CHUNK_EXTENSION:
          if (byte === CR) state = CHUNK_SIZE_LF;
          else if (!isValueByte(byte)) return this.failChunkSize();
          if (++this.lineBytes > MAX_CHUNK_LINE_BYTES) return this.failChunkLine();
          break;
        case CHUNK_SIZE_LF:
          if (byte !== LF) return this.failChunkSize();
          if (this.left > 0) {
            this.framingBytes += pos - start;
            this.state = CHUNK_DATA;
            return pos;
          }
          this.lineBytes = 0;
          state = TRAILER_START;
          break;
        case TRAILER_START:
          if (byte === CR) state = LAST_LF;
          else if (IS_TOKEN[byte] === 1) state = TRAILER_NAME;
          else return this.failTrailer();
          if (++this.lineBytes > MAX_TRAILERS_BYTES) return this.failTrailers();
          break;
        case TRAILER_NAME:
          if (byte === COLON) state = TRAILER_VALUE;
          else if (IS_TOKEN[byte] !== 1) return this.failTrailer();
          if (++this.lineBytes > MAX_TRAILERS_BYTES) return this.failTrailers();
          break;
        case TRAILER_VALUE:
          if (byte === CR) state = TRAILER_LF;
          else if (!isValueByte(byte)) return this.failTrailer();
          if (++this.lineBytes > MAX_TRAILERS_BYTES) return this.failTrailers();
          break;
        case TRAILER_LF:
          if (byte !== LF) return this.failTrailer();
          state = TRAILER_START;
          break;
        default:
          if (byte !== LF) return this.failTrailer();
          this.framingBytes += pos - start;
          this.endResponse();
          return pos;
      }
    }
    this.framingBytes += pos - start;
    this.state = state;
    return pos;
  }

  private fail(code: WireErrorCode, message: string): typeof INVALID {
    this.state = FAILED;
    this.handlers.error(this.client, new WireError(code, message));
    return INVALID;
  }

  private failStatusLine(): typeof INVALID {
    return this.fail('HTTP_STATUS_LINE', 'The server sent a malformed status line.');
  }

  private failHeader(): typeof INVALID {
    return this.fail('HTTP_HEADER', 'The server sent a malformed header field.');
  }

  private failContentLength(): false {
    this.fail('HTTP_CONTENT_LENGTH', 'The server sent an impossible Content-Length, or two different ones.');
    return false;
  }

  private failChunkSize(): typeof INVALID {
    return this.fail('HTTP_CHUNK_SIZE', 'The server sent a malformed chunk-size line.');
  }

  private failChunkLine(): typeof INVALID {
    return this.fail(
      'HTTP_CHUNK_LINE_TOO_LARGE',
      `The server sent a chunk-size line above ${MAX_CHUNK_LINE_BYTES} bytes.`,
    );
  }

  private failChunkEnd(): typeof INVALID {
    return this.fail('HTTP_CHUNK_END', 'The server sent a chunk that is longer than its size says.');
  }

  private failTrailer(): typeof INVALID {
    return this.fail('HTTP_TRAILER', 'The server sent a malformed trailer field.');
  }

  private failTrailers(): typeof INVALID {
    return this.fail('HTTP_TRAILERS_TOO_LARGE', `The server sent trailer fields above ${MAX_TRAILERS_BYTES} bytes.`);
  }
}

/** RFC 9110 section 5.5: CR, LF, NUL and the other controls cannot stand in a value, but tab can. */
function isValueByte(byte: number): boolean {
  return byte >= SPACE || byte === TAB;
}

/** Returns the offset of the first byte that no field value holds, or `end`. */
function findValueEnd(buffer: Uint8Array, start: number, end: number): number {
  let pos = start;
  for (;;) {
    while (pos < end && buffer[pos]! >= SPACE) pos++;
    if (pos === end || buffer[pos] !== TAB) return pos;
    pos++;
  }
}

function findComma(buffer: Uint8Array, start: number, end: number): number {
  let pos = start;
  while (pos < end && buffer[pos] !== COMMA) pos++;
  return pos;
}

function trimStart(buffer: Uint8Array, start: number, end: number): number {
  let pos = start;
  while (pos < end && (buffer[pos] === SPACE || buffer[pos] === TAB)) pos++;
  return pos;
}

function trimEnd(buffer: Uint8Array, start: number, end: number): number {
  let pos = end;
  while (pos > start && (buffer[pos - 1] === SPACE || buffer[pos - 1] === TAB)) pos--;
  return pos;
}

function skipLine(buffer: Uint8Array, start: number, end: number): number {
  let pos = start;
  while (pos < end && buffer[pos] !== LF) pos++;
  return pos + 1;
}

/** Compares with a word in lower case that consists of letters and hyphens. */
function isWord(buffer: Uint8Array, start: number, end: number, word: Uint8Array): boolean {
  if (end - start !== word.length) return false;
  for (let index = 0; index < word.length; index++) {
    const byte = buffer[start + index]!;
    if ((byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte) !== word[index]) return false;
  }
  return true;
}

/** Returns the value of a hexadecimal digit, or -1. */
function hexDigit(byte: number): number {
  if (byte >= DIGIT_0 && byte <= 0x39) return byte - DIGIT_0;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function latin1(buffer: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let pos = start; pos < end; pos++) text += String.fromCharCode(buffer[pos]!);
  return text;
}

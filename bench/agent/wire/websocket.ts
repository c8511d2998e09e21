import { createHash } from 'node:crypto';
import { Carry } from './carry.ts';
import type { HttpResponseParser } from './http-response.ts';
import { continueUtf8, UTF8_COMPLETE, UTF8_INVALID } from './utf8.ts';
import { WireError, type WireErrorCode } from './wire-error.ts';

const OPCODE_CONTINUATION = 0x0;
const OPCODE_TEXT = 0x1;
const OPCODE_BINARY = 0x2;
const OPCODE_CLOSE = 0x8;
const OPCODE_PING = 0x9;
const OPCODE_PONG = 0xa;

const AWAIT_FIRST_BYTE = 0;
const AWAIT_LENGTH = 1;
const AWAIT_EXTENDED_LENGTH = 2;
const AWAIT_PAYLOAD = 3;
const DONE = 4;

const NO_STATUS_RECEIVED = 1005;
const MAX_CONTROL_PAYLOAD_BYTES = 125;
const DEFAULT_MAX_PAYLOAD_BYTES = 1024 * 1024;
const ACCEPT_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The server broke RFC 6455; `closeCode` is the status code to fail the connection with (section 7.4.1). */
class WebSocketError extends WireError {
  override readonly name: string = 'WebSocketError';
  readonly closeCode: 1002 | 1007 | 1009;

  constructor(code: WireErrorCode, message: string, closeCode: 1002 | 1007 | 1009) {
    super(code, message);
    this.closeCode = closeCode;
  }
}

/** One object for all connections; `client` says which of them it is about. Slices are valid only during the call. */
export type WebSocketHandlers = {
  /** One whole message, fragments joined; a text is valid UTF-8. */
  message(client: number, buffer: Uint8Array, start: number, end: number, isText: boolean): void;
  /** To be answered with a pong of the same payload (RFC 6455 section 5.5.3). */
  ping(client: number, buffer: Uint8Array, start: number, end: number): void;
  pong(client: number, buffer: Uint8Array, start: number, end: number): void;
  /** The server closes; `code` is 1005 when the frame has none. All further bytes are ignored. */
  close(client: number, code: number, buffer: Uint8Array, reasonStart: number, reasonEnd: number): void;
  /** The connection must be failed with `error.closeCode`. All further bytes are ignored. */
  error(client: number, error: WebSocketError): void;
};

/**
 * Incremental parser of what a WebSocket server sends, without extensions (RFC 6455 section 5).
 *
 * A message of one frame that lies whole in one read is passed on as a slice of the read buffer: nothing is copied or
 * allocated. Text is checked as it arrives and rejected at its first wrong byte (section 8.1, Autobahn 6.4).
 */
export class WebSocketParser {
  private readonly client: number;
  private readonly handlers: WebSocketHandlers;
  private readonly maxPayloadBytes: number;
  private state = AWAIT_FIRST_BYTE;
  /** Of the frame being read. */
  private isFinal = false;
  private opcode = 0;
  private payloadLeft = 0;
  private lengthBytesLeft = 0;
  /** Opcode of the message being read; 0 between messages. */
  private messageOpcode = 0;
  private utf8 = UTF8_COMPLETE;
  private message: Carry | undefined = undefined;
  /** A control frame cut by a read; apart from `message`, because it may stand between two fragments. */
  private control: Carry | undefined = undefined;

  /** @param maxPayloadBytes bound on one message; a larger one fails with 1009 before its payload is kept. */
  constructor(client: number, handlers: WebSocketHandlers, maxPayloadBytes: number = DEFAULT_MAX_PAYLOAD_BYTES) {
    this.client = client;
    this.handlers = handlers;
    this.maxPayloadBytes = maxPayloadBytes;
  }

  /** The bytes so far end with a whole message: nothing of the past bears on what the next bytes mean. */
  get isBetweenMessages(): boolean {
    return this.state === AWAIT_FIRST_BYTE && this.messageOpcode === 0;
  }

  /** Reads `buffer[start..end)`, the next bytes from the server. */
  push(buffer: Uint8Array, start: number, end: number): void {
    let pos = start;
    // A frame without payload is complete as soon as its length is known, hence the second condition.
    while (pos < end || (this.state === AWAIT_PAYLOAD && this.payloadLeft === 0)) {
      switch (this.state) {
        case AWAIT_FIRST_BYTE:
          this.readFirstByte(buffer[pos++]!);
          break;
        case AWAIT_LENGTH:
          this.readLength(buffer[pos++]!);
          break;
        case AWAIT_EXTENDED_LENGTH:
          this.readLengthByte(buffer[pos++]!);
          break;
        case AWAIT_PAYLOAD: {
          const payloadEnd = end - pos < this.payloadLeft ? end : pos + this.payloadLeft;
          if (this.opcode >= OPCODE_CLOSE) this.readControl(buffer, pos, payloadEnd);
          else this.readData(buffer, pos, payloadEnd);
          pos = payloadEnd;
          break;
        }
        default:
          return;
      }
    }
  }

  /** Forgets everything of the connection; the parser is then ready for the next one. */
  reset(): void {
    this.message?.clear();
    this.control?.clear();
    this.messageOpcode = 0;
    this.utf8 = UTF8_COMPLETE;
    this.state = AWAIT_FIRST_BYTE;
  }

  private readFirstByte(byte: number): void {
    const opcode = byte & 0x0f;
    this.isFinal = byte >= 0x80;
    this.opcode = opcode;
    this.state = AWAIT_LENGTH;
    if ((byte & 0x70) !== 0) {
      this.fail('WS_RESERVED_BITS', 'The server set a reserved bit of a frame, but no extension was agreed.', 1002);
    } else if (opcode === OPCODE_TEXT || opcode === OPCODE_BINARY) {
      if (this.messageOpcode !== 0) {
        this.fail('WS_FRAGMENTATION', 'The server began a message inside a fragmented one.', 1002);
      }
      this.messageOpcode = opcode;
    } else if (opcode === OPCODE_CONTINUATION) {
      if (this.messageOpcode === 0) {
        this.fail('WS_FRAGMENTATION', 'The server continued a message that it had not begun.', 1002);
      }
    } else if (opcode < OPCODE_CLOSE || opcode > OPCODE_PONG) {
      this.fail('WS_OPCODE', `The server sent a frame of the reserved opcode ${opcode}.`, 1002);
    } else if (!this.isFinal) {
      this.fail('WS_CONTROL_FRAME', 'The server sent a fragmented control frame.', 1002);
    }
  }

  private readLength(byte: number): void {
    if (byte >= 0x80) {
      this.fail('WS_MASKED', 'The server sent a masked frame; only clients may mask.', 1002);
    } else if (this.opcode >= OPCODE_CLOSE && byte > MAX_CONTROL_PAYLOAD_BYTES) {
      this.fail('WS_CONTROL_FRAME', 'The server sent a control frame above 125 bytes.', 1002);
    } else if (this.opcode === OPCODE_CLOSE && byte === 1) {
      this.fail('WS_CONTROL_FRAME', 'The server sent a close frame with half a status code.', 1002);
    } else if (byte < 126) {
      this.payloadLeft = byte;
      this.beginPayload();
    } else {
      this.payloadLeft = 0;
      this.lengthBytesLeft = byte === 126 ? 2 : 8;
      this.state = AWAIT_EXTENDED_LENGTH;
    }
  }

  /** Takes lengths in more bytes than they need, as `ws` and browsers do. */
  private readLengthByte(byte: number): void {
    // Any length above 2^53 is rounded, never below 2^53, so it still meets the bound as too large.
    this.payloadLeft = this.payloadLeft * 256 + byte;
    if (--this.lengthBytesLeft === 0) this.beginPayload();
  }

  private beginPayload(): void {
    this.state = AWAIT_PAYLOAD;
    if (this.opcode >= OPCODE_CLOSE) return;
    const kept = this.message === undefined ? 0 : this.message.length;
    if (kept + this.payloadLeft > this.maxPayloadBytes) {
      this.fail('WS_TOO_LARGE', `The server sent a message above ${this.maxPayloadBytes} bytes.`, 1009);
    }
  }

  private readData(buffer: Uint8Array, start: number, end: number): void {
    this.payloadLeft -= end - start;
    const isText = this.messageOpcode === OPCODE_TEXT;
    if (isText) {
      this.utf8 = continueUtf8(this.utf8, buffer, start, end);
      if (this.utf8 === UTF8_INVALID) return this.failUtf8();
    }
    const isFrameComplete = this.payloadLeft === 0;
    if (isFrameComplete) this.state = AWAIT_FIRST_BYTE;
    if (isFrameComplete && this.isFinal) {
      if (this.utf8 !== UTF8_COMPLETE) return this.failUtf8();
      this.messageOpcode = 0;
      if (this.message === undefined || this.message.length === 0) {
        this.handlers.message(this.client, buffer, start, end, isText);
      } else {
        this.message.append(buffer, start, end);
        this.handlers.message(this.client, this.message.bytes, 0, this.message.length, isText);
        this.message.clear();
      }
    } else {
      this.message ??= new Carry();
      this.message.append(buffer, start, end);
    }
  }

  private readControl(buffer: Uint8Array, start: number, end: number): void {
    this.payloadLeft -= end - start;
    if (this.payloadLeft > 0) {
      this.control ??= new Carry();
      this.control.append(buffer, start, end);
      return;
    }
    this.state = AWAIT_FIRST_BYTE;
    if (this.control === undefined || this.control.length === 0) {
      this.endControl(buffer, start, end);
    } else {
      this.control.append(buffer, start, end);
      this.endControl(this.control.bytes, 0, this.control.length);
      this.control.clear();
    }
  }

  private endControl(buffer: Uint8Array, start: number, end: number): void {
    if (this.opcode === OPCODE_PING) return this.handlers.ping(this.client, buffer, start, end);
    if (this.opcode === OPCODE_PONG) return this.handlers.pong(this.client, buffer, start, end);
    if (start === end) {
      this.finish();
      return this.handlers.close(this.client, NO_STATUS_RECEIVED, buffer, start, end);
    }
    const code = buffer[start]! * 256 + buffer[start + 1]!;
    if (!isValidCloseCode(code)) {
      return this.fail('WS_CLOSE_CODE', `The server closed with the status code ${code}, which may not be sent.`, 1002);
    }
    if (continueUtf8(UTF8_COMPLETE, buffer, start + 2, end) !== UTF8_COMPLETE) return this.failUtf8();
    this.finish();
    return this.handlers.close(this.client, code, buffer, start + 2, end);
  }

  private finish(): void {
    this.message?.clear();
    this.state = DONE;
  }

  private fail(code: WireErrorCode, message: string, closeCode: 1002 | 1007 | 1009): void {
    this.finish();
    this.handlers.error(this.client, new WebSocketError(code, message, closeCode));
  }

  private failUtf8(): void {
    this.fail('WS_INVALID_UTF8', 'The server sent a text that is not UTF-8.', 1007);
  }
}

/** RFC 6455 section 7.4 and the IANA registry: 1004, 1005, 1006 and 1015 may never be sent; 1012 to 1014 came later. */
function isValidCloseCode(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006;
}

/**
 * Encodes one unfragmented, masked frame (RFC 6455 sections 5.2 and 5.3).
 *
 * @param opcode 1 text, 2 binary, 8 close, 9 ping, 10 pong.
 * @param mask 4 bytes, which must not be predictable by the application that provides the payload.
 * @throws RangeError when the mask is not 4 bytes, or a control frame is above 125 bytes.
 */
export function encodeClientFrame(opcode: number, payload: Uint8Array, mask: Uint8Array): Buffer {
  const length = payload.length;
  if (mask.length !== 4) throw new RangeError('A frame mask has 4 bytes.');
  if (opcode >= OPCODE_CLOSE && length > MAX_CONTROL_PAYLOAD_BYTES) {
    throw new RangeError('A control frame carries at most 125 bytes.');
  }
  const maskStart = length <= 125 ? 2 : length <= 0xffff ? 4 : 10;
  const frame = Buffer.allocUnsafe(maskStart + 4 + length);
  frame[0] = 0x80 | opcode;
  if (maskStart === 2) {
    frame[1] = 0x80 | length;
  } else if (maskStart === 4) {
    frame[1] = 0x80 | 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 0x80 | 127;
    frame.writeUInt32BE(Math.floor(length / 2 ** 32), 2);
    frame.writeUInt32BE(length % 2 ** 32, 6);
  }
  frame.set(mask, maskStart);
  for (let index = 0, to = maskStart + 4; index < length; index++, to++) {
    frame[to] = payload[index]! ^ mask[index & 3]!;
  }
  return frame;
}

/**
 * Where a WebSocket is opened: `host` with its port, `path` with its query, `key` 16 random bytes in base64; `fields`: further ones
 * of the head.
 */
export type UpgradeRequest = {
  host: string;
  path: string;
  key: string;
  origin?: string;
  subprotocols?: readonly string[];
  fields?: Readonly<Record<string, string>>;
};

/**
 * Encodes the client's opening handshake (RFC 6455 section 4.1).
 *
 * @throws WireError `WS_REQUEST` when a part holds white space, a control character or a character beyond ASCII.
 */
export function encodeUpgradeRequest(request: UpgradeRequest): Buffer {
  const { host, path, key, origin, subprotocols = [], fields = {} } = request;
  for (const part of [host, path, key, origin ?? '-']) {
    if (!/^[\x21-\x7e]+$/.test(part)) {
      throw new WireError('WS_REQUEST', `${JSON.stringify(part)} cannot stand in a request; percent-encode it.`);
    }
  }
  return Buffer.from(
    `GET ${path} HTTP/1.1\r\n` +
      `Host: ${host}\r\n` +
      'Upgrade: websocket\r\n' +
      'Connection: Upgrade\r\n' +
      `Sec-WebSocket-Key: ${key}\r\n` +
      'Sec-WebSocket-Version: 13\r\n' +
      (origin === undefined ? '' : `Origin: ${origin}\r\n`) +
      (subprotocols.length === 0 ? '' : `Sec-WebSocket-Protocol: ${subprotocols.join(', ')}\r\n`) +
      Object.entries(fields)
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join('') +
      '\r\n',
    'latin1',
  );
}

/**
 * Why an answer of 101 does not complete the handshake (RFC 6455 section 4.1), or undefined where it does. Only inside the
 * `head` handler.
 *
 * @param accept from {@link acceptFor}
 * @param offered subprotocols of which the server must choose one, as browsers ask it to (WHATWG WebSockets, 2.1)
 */
export function upgradeFault(
  answer: HttpResponseParser,
  accept: string,
  offered: readonly string[] = [],
): WireError | undefined {
  const options = answer.header('connection')?.toLowerCase().split(',') ?? [];
  if (answer.header('upgrade')?.toLowerCase() !== 'websocket' || !options.some((one) => one.trim() === 'upgrade')) {
    return new WireError('WS_UPGRADE', 'The server answered 101, but upgraded to something other than WebSocket.');
  }
  if (answer.header('sec-websocket-accept') !== accept) {
    return new WireError('WS_ACCEPT', 'The server answered the upgrade with a wrong Sec-WebSocket-Accept.');
  }
  const chosen = answer.header('sec-websocket-protocol');
  if (answer.header('sec-websocket-extensions') || (chosen && !offered.includes(chosen))) {
    return new WireError('WS_EXTENSION', 'The server chose an extension or a subprotocol that was not offered.');
  }
  if (!chosen && offered.length > 0) {
    return new WireError('WS_SUBPROTOCOL', `The server chose none of the subprotocols offered: ${offered.join(', ')}.`);
  }
  return undefined;
}

/** The `Sec-WebSocket-Accept` that the server must answer to this `Sec-WebSocket-Key` (RFC 6455 section 4.2.2). */
export function acceptFor(key: string): string {
  return createHash('sha1')
    .update(key + ACCEPT_GUID)
    .digest('base64');
}

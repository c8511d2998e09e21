// What a server that is being looked at sends to one client, as it stands on the wire: read beside the driver, by the same parsers.
import { TRAITS, type TransportId } from '../../server/transports/traits.ts';
import { findTokenStart, seqAt } from '../../server/feed/token.ts';
import { Speech, type Heard } from '../agent/handshake.ts';
import { HttpResponseParser } from '../agent/wire/http-response.ts';
import { LineParser } from '../agent/wire/ndjson.ts';
import { SseParser } from '../agent/wire/sse.ts';
import { WebSocketParser } from '../agent/wire/websocket.ts';
import type { Door } from '../result/target.ts';

/** The head of the first answer. */
export type WireHead = {
  readonly atUs: number;
  readonly status: number;
  /** Status line and header fields, as they came. */
  readonly lines: readonly string[];
  readonly contentEncoding: string | null;
  readonly location: string | null;
};

/** What a parser took for one message: an event's data, a line, a WebSocket's message, the body of an answer. */
export type WireMessage = {
  /** When the last of it had come, on the monotonic clock. */
  readonly atUs: number;
  readonly bytes: Buffer;
  /**
   * As it stood in the body of the answer, with what frames it, up to the first tick; of a WebSocket the same as `bytes`. Cut where it
   * is long.
   */
  readonly raw: Buffer;
  readonly heard: Heard;
  /** The type of an event that is not `message`. */
  readonly eventType?: string;
};

/** As much is kept of what is shown; of a head all that the parser of it takes. */
const MOST_KEPT_BYTES = 1000;
const MOST_HEAD_BYTES = 20_000;

type Parser = { push(buffer: Uint8Array, start: number, end: number): void };

/** Reads the bytes of one connection into the head of the answer and its messages. */
export class WireReader {
  head: WireHead | null = null;
  readonly messages: WireMessage[] = [];
  /** How many answers were whole, those without a body as well. */
  answers = 0;
  readonly #transport: TransportId;
  readonly #response: HttpResponseParser;
  readonly #speech: Speech;
  #content: Parser | undefined;
  #answer: Buffer[] = [];
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #hasTick = false;
  #atUs = 0;

  /** @param client its number within the trial */
  constructor(transport: TransportId, client: number, { open = [], answer = [] }: Partial<Door> = {}) {
    this.#transport = transport;
    const silent = () => undefined;
    this.#speech = new Speech({ open, answer }, { clients: 1, firstClient: client, say: silent, opened: silent });
    this.#response = new HttpResponseParser(0, {
      head: (_, status, parser) => this.#begin(status, parser),
      body: (_, buffer, start, end) => {
        this.#keep(buffer.subarray(start, end));
        this.#content?.push(buffer, start, end);
      },
      end: () => this.#endAnswer(),
      error: () => undefined, // the driver tells of it
    });
  }

  /** What came and is part of no message, and of no head: not yet, or never. Cut where it is long. */
  get rest(): Buffer {
    return Buffer.concat(this.#pending);
  }

  /** What the opening still waits for; null where there is none, or it is over. */
  get waitsFor(): string | null {
    return this.#speech.waitsFor(0);
  }

  /** Reads the next bytes, which came at `atUs`. */
  push(bytes: Uint8Array, atUs: number): void {
    this.#atUs = atUs;
    // One byte at a time up to the first tick: then what stands before a message, on the wire, is its own frame.
    for (let at = 0; at < bytes.length;) {
      const end = this.#hasTick ? bytes.length : at + 1;
      this.#step(bytes, at, end);
      at = end;
    }
  }

  #step(bytes: Uint8Array, at: number, end: number): void {
    const isFramed = this.#transport === 'websocket' && this.head?.status === 101;
    if (this.head === null || isFramed) this.#keep(bytes.subarray(at, end));
    if (isFramed) this.#content!.push(bytes, at, end);
    else this.#response.push(bytes, at, end);
  }

  #begin(status: number, parser: HttpResponseParser): void {
    if (this.head !== null) return;
    const lines = this.rest.toString('latin1').trimEnd().split('\r\n');
    this.#forget();
    this.head = {
      atUs: this.#atUs,
      status,
      lines,
      contentEncoding: parser.header('content-encoding') ?? null,
      location: parser.header('location') ?? null,
    };
    this.#content = this.#contentParser(status);
    if (status === 101) this.#speech.begin(0);
  }

  #contentParser(status: number): Parser | undefined {
    const take = (_: number, buffer: Uint8Array, start: number, end: number) => this.#take(buffer, start, end);
    const error = () => undefined;
    if (this.#transport === 'websocket') {
      const nothing = () => this.#forget();
      const frames = { message: take, ping: nothing, pong: nothing, close: nothing, error };
      return status === 101 ? new WebSocketParser(0, frames) : undefined;
    }
    if (TRAITS[this.#transport].asks !== 'never') {
      return { push: (buffer, start, end) => void this.#answer.push(Buffer.from(buffer.subarray(start, end))) };
    }
    if (status !== 200) return undefined;
    if (this.#transport === 'stream') return new LineParser(0, { line: take, error });
    return new SseParser(0, {
      event: (_, buffer, start, end, parser) => this.#take(buffer, start, end, parser.eventType),
      error,
    });
  }

  /** The answer to a poll is whole. */
  #endAnswer(): void {
    this.answers++;
    if (this.#answer.length === 0) return;
    const body = Buffer.concat(this.#answer);
    this.#answer = [];
    this.#take(body, 0, body.length);
  }

  #take(buffer: Uint8Array, start: number, end: number, eventType = 'message'): void {
    const bytes = Buffer.from(buffer.subarray(start, end));
    const heard = this.#transport === 'websocket' ? this.#speech.hear(0, bytes, 0, bytes.length) : 'message';
    const raw = this.#transport === 'websocket' ? bytes.subarray(0, MOST_KEPT_BYTES) : this.rest;
    const type = eventType === 'message' ? {} : { eventType };
    this.messages.push({ atUs: this.#atUs, bytes, raw, heard, ...type });
    this.#hasTick ||= findToken(bytes, 0, bytes.length) >= 0;
    this.#forget();
  }

  #keep(bytes: Uint8Array): void {
    if (this.#pendingBytes >= (this.head === null ? MOST_HEAD_BYTES : MOST_KEPT_BYTES)) return;
    this.#pending.push(Buffer.from(bytes));
    this.#pendingBytes += bytes.length;
  }

  #forget(): void {
    this.#pending = [];
    this.#pendingBytes = 0;
  }
}

/** Where the next token begins in buffer[start, end); -1 where there is none. */
export function findToken(buffer: Uint8Array, start: number, end: number): number {
  let at = findTokenStart(buffer, start, end);
  while (at >= 0 && seqAt(buffer, at, end) < 0) at = findTokenStart(buffer, at + 1, end);
  return at;
}

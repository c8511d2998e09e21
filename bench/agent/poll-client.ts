import { nowUs } from '../../server/clock.ts';
import { newestDue, type Schedule } from '../../server/feed/schedule.ts';
import type { Recorder } from './measure/recorder.ts';
import type { Driver, DriverEvents, DriverOptions } from './contract.ts';
import { LeanSockets } from './lean-socket.ts';
import { filled } from '../basics/placeholders.ts';
import { AFTER, authority, fieldLines, fieldsOf } from './routes.ts';
import type { CreateTurns, Turns } from './turns.ts';
import { Carry } from './wire/carry.ts';
import { HttpResponseParser } from './wire/http-response.ts';
import { splitJsonArray } from './wire/json-array.ts';
import { WireError } from './wire/wire-error.ts';

/** What an answer may hold in any case: as much as a message of the other transports. */
const ALWAYS_ALLOWED_BYTES = 1024 * 1024;

/** How the two kinds of polling differ. */
export type PollKind = {
  /** With its query, {@link AFTER} where the cursor belongs, if anywhere. */
  readonly path: string;
  /** That of each client's first request. */
  readonly openingPath: string;
  readonly turns: CreateTurns;
};

/** Both kinds of polling over raw sockets. */
export function createPollDriver(
  options: DriverOptions,
  recorder: Recorder,
  events: DriverEvents,
  kind: PollKind,
): Driver {
  const { sockets, turns } = new PollClients(options, recorder, events, kind);
  return {
    open: (client) => sockets.open(client),
    close: (client) => sockets.close(client),
    begin: () => turns.begin(),
    stop: () => {
      turns.stop();
      sockets.stop();
    },
    readLagUs: sockets.readLagUs,
    bytes: sockets.bytes,
    ...(turns.latenessUs ? { pollLatenessUs: turns.latenessUs } : {}),
  };
}

/** A client's request on both sides of its cursor; null: it has none in its path. Behind it come the fields of the cursor. */
type Request = { readonly before: string; readonly behind: string | null; readonly fields: string };

/**
 * Clients that ask with a cursor and are answered with a JSON array of ticks, or, by a server that is not ours, with ticks in
 * whatever they stand in: one kept-alive connection each, one request at a time. When to ask is their turns'.
 *
 * Each begins with a poll that is answered at once, and is open when it is. A connection that stands for the client may
 * still wait in the server's listen queue, from which a busy Node takes one a loop turn: a ramp that goes by connections
 * overflows it, and whoever is dropped there waits for seconds, with what it asked. The first long poll of another server is
 * answered with a tick.
 */
class PollClients {
  readonly sockets: LeanSockets;
  readonly turns: Turns;
  readonly #options: DriverOptions;
  readonly #kind: PollKind;
  /** Of each client, from when it is open. */
  readonly #requests: (Request | undefined)[];
  /** Header lines that repeat what the client's last answer said, by {@link Door.echo}. */
  readonly #echoes: string[];
  /** That of the read that others may repeat. */
  #rememberedEcho = '';
  readonly #schedule: Schedule;
  readonly #recorder: Recorder;
  /** Where each client begins: what was due before it opened is none of its business. */
  readonly #startSeq: Float64Array;
  readonly #bodies: (Carry | undefined)[];

  constructor(options: DriverOptions, recorder: Recorder, events: DriverEvents, kind: PollKind) {
    this.turns = kind.turns(options, (client) => this.#ask(client));
    this.#options = options;
    this.#kind = kind;
    this.#requests = Array.from({ length: options.clients }, () => undefined);
    this.#echoes = Array.from({ length: options.clients }, () => '');
    const { door } = options;
    const echo = Object.entries(door?.echo ?? {}).map(([name, repeats]) => [name.toLowerCase(), repeats] as const);
    this.#schedule = options.schedule;
    this.#recorder = recorder;
    this.#startSeq = new Float64Array(options.clients);
    this.#bodies = Array.from({ length: options.clients }, () => undefined);
    const parsers: (HttpResponseParser | undefined)[] = Array.from({ length: options.clients }, () => undefined);
    const fail = (client: number, error: { code: string; message: string }) =>
      this.sockets.fail(client, error.code, error.message);
    const handlers = {
      head: (client: number, status: number, parser: HttpResponseParser) => {
        if (status !== 200 && status !== 204 && status !== 304) {
          fail(client, { code: `HTTP_${status}`, message: `the server answered ${status}` });
        } else if (parser.contentLength > ALWAYS_ALLOWED_BYTES && parser.contentLength > this.#mostBytes(client)) {
          this.#failTooLarge(client);
        } else if (echo.length > 0 && this.sockets.isOpen(client)) {
          // Not of the first answer: from then on others connect, and what comes meanwhile is nobody's business.
          this.#echoes[client] = echoOf(parser, echo) || this.#echoes[client]!;
        }
      },
      body: (client: number, buffer: Uint8Array, start: number, end: number) => {
        const whole = parsers[client]!.contentLength;
        if (end - start === whole) this.#take(client, buffer, start, end);
        else this.#keep(client, buffer, start, end);
      },
      end: (client: number) => {
        const body = this.#bodies[client];
        if (body && body.length > 0) {
          this.#take(client, body.bytes, 0, body.length);
          body.clear();
        }
        if (this.sockets.isLost(client)) return;
        recorder.answered(client);
        if (door && !parsers[client]!.keepAlive) return fail(client, NOT_KEPT);
        this.sockets.opened(client);
        this.turns.free(client);
      },
      error: fail,
    };
    this.sockets = new LeanSockets(options, recorder, events, {
      connected: (client) => {
        parsers[client] = new HttpResponseParser(client, handlers);
        const dueSeq = newestDue(options.schedule, nowUs());
        // Of another server the newest tick is asked for, which even a long poll is given at once.
        this.#startSeq[client] = door ? Math.max(0, dueSeq - 1) : dueSeq;
        this.#send(client, this.#requestOf(client, kind.openingPath));
      },
      read: (client, buffer, end) => {
        const parser = parsers[client]!;
        parser.push(buffer, 0, end);
        return parser.isBetweenResponses;
      },
      remembered: (client) => {
        this.#rememberedEcho = this.#echoes[client]!;
      },
      repeated: (client) => {
        this.#echoes[client] = this.#rememberedEcho;
        recorder.answered(client);
        this.turns.free(client);
      },
      ended: (client) => {
        parsers[client]?.close();
        this.#bodies[client]?.clear();
      },
    });
  }

  #ask(client: number): void {
    if (!this.sockets.isOpen(client)) return;
    this.#send(client, (this.#requests[client] ??= this.#requestOf(client, this.#kind.path)));
  }

  #requestOf(client: number, path: string): Request {
    const options = this.#options;
    const [before, ...behind] = filled(path, options.firstClient + client).split(AFTER);
    const own = { Accept: options.door ? '*/*' : 'application/json' };
    return {
      before: `GET ${before}`,
      behind: behind.length === 0 ? null : behind.join(AFTER),
      fields: ` HTTP/1.1\r\nHost: ${authority(options)}\r\n${fieldLines(fieldsOf(options, own, client))}`,
    };
  }

  #send(client: number, { before, behind, fields }: Request): void {
    const cursor = this.#cursor(client);
    this.#recorder.asked(client, cursor);
    const path = behind === null ? before : `${before}${cursor}${behind}`;
    this.sockets.write(client, `${path}${fields}${this.#echoes[client]!}\r\n`);
  }

  #cursor(client: number): number {
    return Math.max(this.#recorder.newest[client]!, this.#startSeq[client]!);
  }

  /**
   * The most that an honest answer holds: every tick that is due since the client's cursor, with its comma, and each of them
   * twice, as a server sends them that duplicates on purpose.
   */
  #mostBytes(client: number): number {
    const ticks = newestDue(this.#schedule, nowUs()) - this.#cursor(client);
    return Math.max(ALWAYS_ALLOWED_BYTES, 2 * ticks * (this.#recorder.payloadBytes + 1));
  }

  /** Keeps a piece of an answer that does not come in one. */
  #keep(client: number, buffer: Uint8Array, start: number, end: number): void {
    // Given up in the middle of a read, whose rest comes all the same.
    if (this.sockets.isLost(client)) return;
    const body = (this.#bodies[client] ??= new Carry());
    const bytes = body.length + end - start;
    if (bytes > ALWAYS_ALLOWED_BYTES && bytes > this.#mostBytes(client)) this.#failTooLarge(client);
    else body.append(buffer, start, end);
  }

  #failTooLarge(client: number): void {
    const message = `the server sent an answer above ${this.#mostBytes(client)} bytes, which is more than was due`;
    this.sockets.fail(client, 'HTTP_BODY_TOO_LARGE', message);
  }

  #take(client: number, buffer: Uint8Array, start: number, end: number): void {
    if (this.#options.door) return this.#recorder.deliverAnswer(client, buffer, start, end);
    try {
      splitJsonArray(buffer, start, end, this.#deliver, client);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.sockets.fail(client, error.code, error.message);
    }
  }

  readonly #deliver = (client: number, buffer: Uint8Array, start: number, end: number): void =>
    this.#recorder.deliver(client, buffer, start, end);
}

const NOT_KEPT = {
  code: 'HTTP_CLOSE',
  message:
    'the server closes the connection behind its answer; polls are measured over connections that are kept alive',
};

/** The header lines that repeat an answer's fields; empty where it has none of them. Only inside the `head` handler. */
function echoOf(parser: HttpResponseParser, echo: readonly (readonly [name: string, repeats: string])[]): string {
  return echo
    .flatMap(([name, repeats]) => {
      const value = parser.header(name);
      return value === undefined ? [] : `${repeats}: ${value}\r\n`;
    })
    .join('');
}

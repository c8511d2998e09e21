import { nowUs } from '../../server/clock.ts';
import { newestDue, type Schedule } from '../../server/feed/schedule.ts';
import type { Recorder } from './measure/recorder.ts';
import type { Driver, DriverEvents, DriverOptions } from './contract.ts';
import { LeanSockets } from './lean-socket.ts';
import { authority, pollingPath } from './routes.ts';
import type { CreateTurns, Turns } from './turns.ts';
import { Carry } from './wire/carry.ts';
import { HttpResponseParser } from './wire/http-response.ts';
import { splitJsonArray } from './wire/json-array.ts';
import { WireError } from './wire/wire-error.ts';

/** What an answer may hold in any case: as much as a message of the other transports. */
const ALWAYS_ALLOWED_BYTES = 1024 * 1024;

/** How the two kinds of polling differ. */
export type PollKind = {
  /** With its query, the cursor's digits left out at the end: `/feed/polling?after=` */
  readonly path: string;
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

/**
 * Clients that ask with a cursor and are answered with a JSON array of ticks: one kept-alive connection each, one
 * request at a time. When to ask is their turns'.
 *
 * Each begins with a poll that is answered at once, and is open when it is. A connection that stands for the client may
 * still wait in the server's listen queue, from which a busy Node takes one a loop turn: a ramp that goes by connections
 * overflows it, and whoever is dropped there waits for seconds, with what it asked.
 */
class PollClients {
  readonly sockets: LeanSockets;
  readonly turns: Turns;
  readonly #path: string;
  readonly #openingPath: string;
  readonly #tail: string;
  readonly #schedule: Schedule;
  readonly #recorder: Recorder;
  /** Where each client begins: what was due before it opened is none of its business. */
  readonly #startSeq: Float64Array;
  readonly #bodies: (Carry | undefined)[];

  constructor(options: DriverOptions, recorder: Recorder, events: DriverEvents, { path, turns }: PollKind) {
    this.turns = turns(options, (client) => this.#ask(client));
    this.#path = path;
    this.#openingPath = pollingPath(options);
    this.#tail = ` HTTP/1.1\r\nHost: ${authority(options)}\r\nAccept: application/json\r\n\r\n`;
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
        this.sockets.opened(client);
        this.turns.free(client);
      },
      error: fail,
    };
    this.sockets = new LeanSockets(options, recorder, events, {
      connected: (client) => {
        parsers[client] = new HttpResponseParser(client, handlers);
        this.#startSeq[client] = newestDue(options.schedule, nowUs());
        this.#send(client, this.#openingPath);
      },
      read: (client, buffer, end) => {
        const parser = parsers[client]!;
        parser.push(buffer, 0, end);
        return parser.isBetweenResponses;
      },
      repeated: (client) => {
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
    if (this.sockets.isOpen(client)) this.#send(client, this.#path);
  }

  #send(client: number, path: string): void {
    const cursor = this.#cursor(client);
    this.#recorder.asked(client, cursor);
    this.sockets.write(client, `GET ${path}${cursor}${this.#tail}`);
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

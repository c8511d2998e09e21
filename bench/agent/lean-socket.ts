import { Buffer } from 'node:buffer';
import { connect, type Socket } from 'node:net';
import { nowUs } from '../../server/clock.ts';
import { MAX_PAYLOAD_BYTES } from '../../server/feed/tick.ts';
import type { Tally } from './measure/histogram.ts';
import { ReadLag } from './measure/read-lag.ts';
import type { Recorder } from './measure/recorder.ts';
import type { DriverEvents, DriverOptions, SocketBytes } from './contract.ts';
import { RepeatedRead } from './repeated-read.ts';

/**
 * The one read buffer of the process: reading and parsing are synchronous, so no two sockets use it at a time. Parsers
 * copy what they must keep. It holds the largest tick with its frame, and many small ones.
 */
export const READ_BUFFER = Buffer.allocUnsafe(MAX_PAYLOAD_BYTES * 2);

/** What a lean driver does with the bytes of its clients. */
export type LeanProtocol = {
  /** The TCP connection stands. */
  connected(client: number, socket: Socket): void;
  /**
   * The next bytes; valid only during the call.
   *
   * @returns whether the client now stands between two messages, so that the next read begins one
   */
  read(client: number, buffer: Uint8Array, end: number): boolean;
  /** The client's last read is the one that is equal to those that are told as repeated from now on. */
  remembered?(client: number): void;
  /** The client's next bytes, which begin and end between messages, were booked without being parsed. */
  repeated?(client: number): void;
  /** The peer ended or lost the connection. `error` is undefined for an orderly end. */
  ended(client: number): void;
};

/** Where a client stands: its errors are `failed` while it opens and `dropped` afterwards. */
const CLOSED = 0;
const OPENING = 1;
const OPEN = 2;

/**
 * The TCP connections of a lean driver, one a client: raw sockets that share one read buffer and skip Node's stream
 * machinery for reading. Keeps each client's state and turns socket errors into the driver's events exactly once.
 */
export class LeanSockets {
  readonly #options: DriverOptions;
  readonly #recorder: Recorder;
  readonly #events: DriverEvents;
  readonly #protocol: LeanProtocol;
  readonly #sockets: (Socket | undefined)[];
  readonly #state: Uint8Array;
  readonly #readLag = new ReadLag();
  readonly #repeats: RepeatedRead;
  /** 1 for clients whose next read begins a message. */
  readonly #isBetween: Uint8Array;
  readonly bytes: SocketBytes = { received: 0, sent: 0 };
  #stopped = false;

  constructor(options: DriverOptions, recorder: Recorder, events: DriverEvents, protocol: LeanProtocol) {
    this.#options = options;
    this.#recorder = recorder;
    this.#events = events;
    this.#protocol = protocol;
    this.#sockets = Array.from({ length: options.clients }, () => undefined);
    this.#state = new Uint8Array(options.clients);
    this.#isBetween = new Uint8Array(options.clients);
    this.#repeats = new RepeatedRead(READ_BUFFER, recorder);
  }

  open(client: number): void {
    const { host, port, tap } = this.#options;
    const localAddress = this.#options.sourceAddress(client);
    this.#state[client] = OPENING;
    const socket = connect({
      host,
      port,
      noDelay: true,
      ...(localAddress === undefined ? {} : { localAddress }),
      onread: {
        buffer: READ_BUFFER,
        callback: (bytes, buffer) => {
          tap?.(client, buffer.subarray(0, bytes));
          this.#read(client, buffer, bytes);
          return true;
        },
      },
    });
    this.#sockets[client] = socket;
    socket.on('connect', () => this.#protocol.connected(client, socket));
    socket.on('error', (error: NodeJS.ErrnoException) => this.fail(client, error.code ?? 'SOCKET', error.message));
    socket.on('close', () => {
      this.#protocol.ended(client);
      this.fail(client, 'CLOSED', 'the server closed the connection');
    });
  }

  #read(client: number, buffer: Uint8Array, end: number): void {
    // One clock reading serves every tick of the read: they became readable together.
    const atUs = nowUs();
    this.bytes.received += end;
    this.#recorder.beginRead(atUs);
    this.#readLag.note(atUs);
    const beganBetween = this.#isBetween[client] === 1;
    if (beganBetween && this.#repeats.book(client, end)) {
      this.#protocol.repeated?.(client);
      return;
    }
    const endsBetween = this.#protocol.read(client, buffer, end);
    this.#isBetween[client] = endsBetween ? 1 : 0;
    if (beganBetween && endsBetween && this.#repeats.remember(end)) this.#protocol.remembered?.(client);
  }

  /** How long bytes waited for this process to read them. */
  get readLagUs(): Tally {
    return this.#readLag.tally;
  }

  isOpen(client: number): boolean {
    return this.#state[client] === OPEN;
  }

  /** Given up, or not opened yet. */
  isLost(client: number): boolean {
    return this.#state[client] === CLOSED;
  }

  /** The client is ready to receive. */
  opened(client: number): void {
    if (this.#state[client] !== OPENING) return;
    this.#state[client] = OPEN;
    this.#events.opened(client);
  }

  /** Gives the client up; reported once. */
  fail(client: number, code: string, message: string): void {
    const state = this.#state[client];
    if (this.#stopped || state === CLOSED) return;
    this.#state[client] = CLOSED;
    this.#sockets[client]?.destroy();
    if (state === OPEN) this.#events.dropped(client, code, message);
    else this.#events.failed(client, code, message);
  }

  /** Ends a client for good without a word; by a reset, as {@link stop} does. */
  close(client: number): void {
    this.#state[client] = CLOSED;
    this.#sockets[client]?.resetAndDestroy();
  }

  /** Sends ASCII text, when the client is still connected. */
  write(client: number, text: string): void {
    this.bytes.sent += text.length;
    this.#sockets[client]?.write(text, 'latin1');
  }

  writeBytes(client: number, bytes: Uint8Array): void {
    this.bytes.sent += bytes.length;
    this.#sockets[client]?.write(bytes);
  }

  /**
   * Ends every connection by a reset. An orderly close would leave its port waiting for a minute (TIME_WAIT): tens of
   * thousands of them make each connect of the next trial search for a free port for milliseconds.
   */
  stop(): void {
    this.#stopped = true;
    for (const socket of this.#sockets) socket?.resetAndDestroy();
  }
}

import type { Server, Socket } from 'node:net';
import { openFilesLimit } from './open-files.ts';

/** What went over a server's sockets since its start, closed connections included. */
export type ConnectionTotals = { open: number; accepted: number; bytesSent: number; bytesReceived: number };

/** Refusals under way at a time; whoever comes on top of them is cut without a word. */
const MAX_REFUSALS = 16;
/**
 * Beside its connections a process has some thirty files of its own, and a refusal takes one for as long as it lasts. Fewer
 * than a run makes sure of before it starts: its clients and canary are never refused.
 */
const OWN_FILES = 32 + MAX_REFUSALS;
/** How long someone who is refused may take to send a request and to hang up. */
const REFUSAL_MS = 1000;
const REFUSAL = 'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/**
 * How many connections this process can serve: as many as it was told, or fewer where its limit of open files is lower,
 * so that one more is refused in words while there are files left to do so.
 */
export function connectionLimit(
  maxConnections: number,
  openFiles: number = openFilesLimit() ?? Number.POSITIVE_INFINITY,
): number {
  return Math.min(maxConnections, Math.max(1, openFiles - OWN_FILES));
}

/**
 * Counts connections and bytes at the server's sockets, below every transport: heads, frames and chunks included. Costs
 * nothing per message; {@link ConnectionCounter.totals} walks the open sockets.
 *
 * Stands between the listening socket and Node's HTTP: a connection above the cap is answered 503 without a parser, a
 * request or a route being spent on it.
 */
export class ConnectionCounter {
  readonly #open = new Set<Socket>();
  readonly #refusals = new Set<Socket>();
  /** What a client with a queue had taken when it was last looked at, in bytes. */
  readonly #taken = new WeakMap<Socket, number>();
  #stalled = 0;
  #accepted = 0;
  #refused = 0;
  #closedSent = 0;
  #closedReceived = 0;

  constructor(server: Server, maxConnections: number = Number.POSITIVE_INFINITY) {
    const serve = server.listeners('connection') as ((socket: Socket) => void)[];
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      if (this.#open.size >= maxConnections) return this.#refuse(socket);
      this.#accepted++;
      this.#open.add(socket);
      for (const listener of serve) listener.call(server, socket);
      socket.once('close', () => {
        this.#open.delete(socket);
        this.#closedSent += socket.bytesWritten;
        this.#closedReceived += socket.bytesRead;
      });
    });
  }

  /** Connections that were answered 503, or cut, since the start. */
  get refused(): number {
    return this.#refused;
  }

  totals(): ConnectionTotals {
    let bytesSent = this.#closedSent;
    let bytesReceived = this.#closedReceived;
    for (const socket of this.#open) {
      bytesSent += socket.bytesWritten;
      bytesReceived += socket.bytesRead;
    }
    return { open: this.#open.size, accepted: this.#accepted, bytesSent, bytesReceived };
  }

  /** Stalled clients that were cut since the start. */
  get stalled(): number {
    return this.#stalled;
  }

  /**
   * Cuts whoever has taken nothing of its queue since the last call. The fan-out bounds what is queued for a stream; this
   * ends those who never come to their bound, and pollers who ask and do not read. An answer counts as taken when all of
   * it is.
   */
  cutStalled(): void {
    for (const socket of this.#open) {
      if (socket.writableLength === 0) continue;
      const taken = socket.bytesWritten - socket.writableLength;
      if (this.#taken.get(socket) === taken) {
        this.#stalled++;
        // By a reset, as the fan-out does, and for its reason.
        socket.resetAndDestroy();
      } else {
        this.#taken.set(socket, taken);
      }
    }
  }

  /** Cuts whoever is still connected. */
  destroyAll(): void {
    for (const socket of this.#open) socket.destroy();
    for (const socket of this.#refusals) socket.destroy();
  }

  #refuse(socket: Socket): void {
    this.#refused++;
    if (this.#refusals.size >= MAX_REFUSALS) return void socket.destroy();
    this.#refusals.add(socket);
    const cut = setTimeout(() => socket.destroy(), REFUSAL_MS).unref();
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(cut);
      this.#refusals.delete(socket);
    });
    // Not before the request is here: closing a socket with unread bytes resets it, and the answer would be lost.
    socket.once('data', () => socket.end(REFUSAL));
  }
}

import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { WireCount } from './protocol.ts';

/** A connection, and how much of what went over it was counted already. */
type Account = { key: string | undefined; sent: number; received: number };

type Count = { sentBytes: number; receivedBytes: number };

/**
 * Counts the bytes at a server's sockets by what they were for. A browser sends requests of different kinds over the same
 * connection, so that the connection's own counters are settled whenever its use changes: HTTP/1.1 without pipelining
 * has one use at a time.
 */
export class WireMeter {
  readonly #accounts = new Map<Socket, Account>();
  readonly #counts = new Map<string | undefined, Count>();
  readonly #keyOf: (url: string) => string | undefined;

  /** @param keyOf what a request is for; requests without a key are not counted */
  constructor(keyOf: (url: string) => string | undefined) {
    this.#keyOf = keyOf;
  }

  /** Counts what goes over this server's sockets as well; counts go on over restarts. */
  watch(server: Server): void {
    server.on('connection', (socket: Socket) => {
      const account: Account = { key: undefined, sent: 0, received: 0 };
      this.#accounts.set(socket, account);
      socket.once('close', () => {
        this.#settle(socket, account, account.key);
        this.#accounts.delete(socket);
      });
    });
    // Before whoever answers: an answer that is written at once belongs to this request.
    const use = ({ socket, url = '' }: IncomingMessage) => {
      const account = this.#accounts.get(socket);
      if (account) this.#settle(socket, account, this.#keyOf(url));
    };
    server.prependListener('request', use);
    server.prependListener('upgrade', use);
  }

  /** What went over the wire for `key` since the start, and its connections now. */
  count(key: string): WireCount {
    let connections = 0;
    let queuedBytes = 0;
    for (const [socket, account] of this.#accounts) {
      if (account.key !== key) continue;
      this.#settle(socket, account, key);
      connections++;
      queuedBytes += socket.writableLength;
    }
    return { ...this.#countOf(key), connections, queuedBytes };
  }

  get connections(): number {
    return this.#accounts.size;
  }

  /** Destroys the connections whose last use was `key`, without a word to whoever is at the other end; returns how many. */
  cut(key: string): number {
    const sockets = [...this.#accounts].filter(([, account]) => account.key === key).map(([socket]) => socket);
    for (const socket of sockets) socket.resetAndDestroy();
    return sockets.length;
  }

  /**
   * Counts what went over the socket since the last settling. As a request comes, what was read is its head, and what was
   * written is the answer to the one before.
   *
   * @param key what the socket is used for from now on
   */
  #settle(socket: Socket, account: Account, key: string | undefined): void {
    this.#countOf(account.key).sentBytes += socket.bytesWritten - account.sent;
    this.#countOf(key).receivedBytes += socket.bytesRead - account.received;
    Object.assign(account, { key, sent: socket.bytesWritten, received: socket.bytesRead } satisfies Account);
  }

  #countOf(key: string | undefined): Count {
    let count = this.#counts.get(key);
    if (!count) this.#counts.set(key, (count = { sentBytes: 0, receivedBytes: 0 }));
    return count;
  }
}

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { randomFrom } from '../../bench/basics/random.ts';

/** What a path between clients and a server may do to bytes on their way to the clients. */
export type Path = {
  /** Bytes arrive in pieces of 1 to so many. */
  splitBytes?: number;
  delayMs?: number;
  /** Further delay, random from 0 to so much; order is kept, as TCP keeps it. */
  jitterMs?: number;
};

export type Proxy = {
  port: number;
  /** Connections that stand now. */
  size: () => number;
  /** Nothing passes any more in either direction, and nobody is told. */
  freeze: () => void;
  /** What has waited since {@link Proxy.freeze} passes. */
  thaw: () => void;
  /** Ends every connection with a reset. */
  reset: () => void;
  /** Says goodbye to the clients, but goes on holding the connections. */
  halfClose: () => void;
};

/** A TCP proxy on loopback in front of a port; ends with the test. */
export async function startProxy(t: TestContext, target: number, path: Path = {}): Promise<Proxy> {
  const pairs = new Set<Lane>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const lane = new Lane(client, connect({ port: target, host: '127.0.0.1', noDelay: true }), path);
    pairs.add(lane);
    client.once('close', () => pairs.delete(lane));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const each = (act: (lane: Lane) => void) => () => pairs.forEach(act);
  t.after(() => {
    each((lane) => lane.destroy())();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    size: () => pairs.size,
    freeze: each((lane) => lane.freeze()),
    thaw: each((lane) => lane.thaw()),
    reset: each((lane) => lane.client.resetAndDestroy()),
    halfClose: each((lane) => lane.client.end()),
  };
}

let lanes = 0;

/** One client's connection and its counterpart at the server. */
class Lane {
  readonly client: Socket;
  readonly #server: Socket;
  readonly #path: Path;
  readonly #random = randomFrom(++lanes);
  readonly #waiting: { piece: Buffer; dueMs: number }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isFrozen = false;

  constructor(client: Socket, server: Socket, path: Path) {
    this.client = client;
    this.#server = server;
    this.#path = path;
    for (const socket of [client, server]) socket.on('error', () => undefined);
    client.on('data', (bytes) => server.write(bytes));
    server.on('data', (bytes: Buffer) => this.#queue(bytes));
    client.once('close', () => this.destroy());
    server.once('close', () => client.end());
  }

  freeze(): void {
    this.#isFrozen = true;
    clearTimeout(this.#timer);
    this.client.pause();
  }

  thaw(): void {
    this.#isFrozen = false;
    this.client.resume();
    this.#pass();
  }

  destroy(): void {
    clearTimeout(this.#timer);
    this.client.destroy();
    this.#server.destroy();
  }

  #queue(bytes: Buffer): void {
    const { splitBytes = bytes.length, delayMs = 0, jitterMs = 0 } = this.#path;
    const lastMs = this.#waiting.at(-1)?.dueMs ?? 0;
    const dueMs = Math.max(lastMs, performance.now() + delayMs + this.#random() * jitterMs);
    for (let at = 0; at < bytes.length;) {
      const length = this.#path.splitBytes === undefined ? bytes.length : 1 + Math.floor(this.#random() * splitBytes);
      this.#waiting.push({ piece: bytes.subarray(at, at + length), dueMs });
      at += length;
    }
    this.#pass();
  }

  /** One piece a turn of the event loop, so that each arrives by itself. */
  #pass(): void {
    clearTimeout(this.#timer);
    const [next] = this.#waiting;
    if (!next || this.#isFrozen || this.client.destroyed) return;
    const waitMs = next.dueMs - performance.now();
    if (waitMs > 0) {
      this.#timer = setTimeout(() => this.#pass(), Math.ceil(waitMs));
      return;
    }
    this.#waiting.shift();
    this.client.write(next.piece);
    setImmediate(() => this.#pass());
  }
}

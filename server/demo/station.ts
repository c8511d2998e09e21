import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import cors from '@fastify/cors';
import { buildApp, type App } from '../app.ts';
import { nowUs } from '../clock.ts';
import { serverConfig, type ServerConfig } from '../config.ts';
import { Feed } from '../feed/feed.ts';
import { Capped } from './model/capped.ts';
import type { Emission, Outage, OutageMode, Tuning } from './protocol.ts';
import { carryHeaders } from './raw-headers.ts';
import { WireMeter } from './wire-meter.ts';

export type StationOptions = {
  readonly tuning: Tuning;
  readonly ringTicks: number;
  readonly sendBufferBytes: number;
  /** The origin of the page that may read, and open WebSockets. */
  readonly pageOrigin: string;
  /** What a request is for; see {@link WireMeter}. */
  readonly keyOf: (url: string) => string | undefined;
  /** How long a restart waits for its port where somebody else has it. */
  readonly portWaitMs?: number;
  /** Told in a sentence when a restart has failed: the server stays away. On stderr unless given. */
  readonly onLost?: (problem: string) => void;
};

const HOST = '127.0.0.1';

/** A browser has a handful; this only bounds what a runaway script can open. */
const MAX_CONNECTIONS = 64;

/** How often a restarting station asks for its port when somebody else has it. */
const PORT_RETRY_MS = 100;

/** Longer than an outgoing connection of somebody else's mostly lasts. */
const PORT_WAIT_MS = 30_000;

/**
 * The benchmark's server with a feed, on a port of its own that it keeps: it can be taken away and comes back there, as a
 * server does that is deployed anew, while the feed's schedule goes on.
 */
export class Station {
  readonly meter: WireMeter;
  /** The server's own record of the last ticks: when each was due, and when it really went out. */
  readonly emissions = new Capped<Emission>(256);
  readonly #options: StationOptions;
  readonly #ending = new AbortController();
  #config: ServerConfig;
  #feed: Feed;
  #app: App | undefined;
  #outage: Outage | null = null;
  /** Resolves when the restart that is under way is over, whether the server came back or not. */
  #restarted: Promise<void> = Promise.resolve();

  private constructor(options: StationOptions) {
    this.#options = options;
    this.meter = new WireMeter(options.keyOf);
    this.#config = serverConfig({
      host: HOST,
      startUs: Math.ceil(nowUs()),
      ...options.tuning,
      ringTicks: options.ringTicks,
      sendBufferBytes: options.sendBufferBytes,
      allowedOrigins: [options.pageOrigin],
      stopMs: 200,
    });
    this.#feed = new Feed(this.#config);
  }

  /** @throws what keeps the server from listening */
  static async start(options: StationOptions): Promise<Station> {
    const station = new Station(options);
    await station.#serve();
    return station;
  }

  get port(): number {
    return this.#config.port;
  }

  get feed(): Feed {
    return this.#feed;
  }

  get outage(): Outage | null {
    return this.#outage;
  }

  get tuning(): Tuning {
    const { rateHz, payloadBytes } = this.#feed.options;
    return { rateHz, payloadBytes };
  }

  /** Clients that hold a stream or a request. */
  get waiting(): number {
    return this.#app?.transports.reduce((sum, transport) => sum + transport.waiting(), 0) ?? 0;
  }

  /** Slow consumers cut since the last restart. */
  get slowConsumersCut(): number {
    return this.#app?.transports.reduce((sum, transport) => sum + transport.cut(), 0) ?? 0;
  }

  get sendBufferBytes(): number {
    return this.#config.sendBufferBytes;
  }

  /** False while the server is away: there is nothing to tune then. */
  tune({ rateHz, payloadBytes }: Tuning): boolean {
    if (!this.#app) return false;
    this.#feed.retune(rateHz, payloadBytes);
    return true;
  }

  /** Takes the server away for `seconds`. Returns at once; false when it is away already. */
  restart(seconds: number, mode: OutageMode): boolean {
    if (!this.#app) return false;
    this.#restarted = this.#restart(this.#app, seconds, mode);
    return true;
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#restarted;
    await this.#app?.stop();
    this.#app = undefined;
  }

  async #restart(app: App, seconds: number, mode: OutageMode): Promise<void> {
    const downUs = nowUs();
    const { signal } = this.#ending;
    this.#app = undefined;
    this.#outage = { mode, downUs, upUs: null };
    try {
      await app.stop();
      const stub = mode === 'unavailable' ? await this.#answerUnavailable(seconds) : undefined;
      const restMs = seconds * 1000 - (nowUs() - downUs) / 1000;
      try {
        await sleep(Math.max(0, restMs), undefined, { signal });
      } finally {
        if (stub) await closed(stub);
      }
      // The same schedule: its ticks were due meanwhile, and the ring holds them for whoever comes back with a cursor.
      this.#feed = new Feed(this.#feed.options);
      await this.#serve();
      this.#outage = { mode, downUs, upUs: nowUs() };
    } catch (error) {
      if (signal.aborted) return;
      const { onLost = (problem) => process.stderr.write(`${problem}\n`) } = this.#options;
      const reason = error instanceof Error ? error.message : String(error);
      onLost(
        `A live page's server did not come back on port ${this.port}: ${reason}. Reload the page: it gets another one.`,
      );
    }
  }

  async #serve(): Promise<void> {
    const app = buildApp(this.#config, this.#feed);
    await app.fastify.register(cors, { origin: [this.#options.pageOrigin], methods: ['GET'] });
    // The transports answer past Fastify: what its hooks have set must stand in Node's response already.
    app.fastify.addHook('onRequest', (_request, reply, done) => {
      carryHeaders(reply);
      done();
    });
    await app.fastify.ready();
    const { server } = app.fastify;
    server.maxConnections = MAX_CONNECTIONS;
    this.meter.watch(server);
    const port = await this.#listen(server, this.#config.port);
    this.#config = { ...this.#config, port };
    const feed = this.#feed;
    feed.start((latenessUs) => {
      const tick = feed.at(feed.newestSeq);
      if (tick) this.emissions.add({ seq: tick.seq, dueUs: tick.dueUs, emittedUs: tick.dueUs + latenessUs });
    });
    this.#app = app;
  }

  /**
   * Listens. A port that is ours can be lent to an outgoing connection for a moment while we are away, hence asked for again;
   * nothing else passes by waiting.
   *
   * @returns the port; 0 asks for any free one
   * @throws what keeps the server from listening
   */
  async #listen(server: Server, port: number): Promise<number> {
    const untilUs = nowUs() + (this.#options.portWaitMs ?? PORT_WAIT_MS) * 1000;
    for (;;) {
      try {
        server.listen(port, HOST);
        await once(server, 'listening');
        return (server.address() as AddressInfo).port;
      } catch (error) {
        const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
        if (port === 0 || !isTaken || nowUs() > untilUs) throw error;
        await sleep(PORT_RETRY_MS, undefined, { signal: this.#ending.signal });
      }
    }
  }

  /** What stands in front of a server that is away often says this much. */
  async #answerUnavailable(seconds: number): Promise<Server> {
    const stub = createServer((_request, response) => {
      response.writeHead(503, {
        'Content-Type': 'application/json',
        'Retry-After': String(seconds),
        Connection: 'close',
        'Access-Control-Allow-Origin': this.#options.pageOrigin,
      });
      response.end('{"error":"the server is restarting"}');
    });
    await this.#listen(stub, this.port);
    return stub;
  }
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

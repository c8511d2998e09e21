import fastify, { LogController, type FastifyInstance } from 'fastify';
import { installAbout } from './about.ts';
import type { ServerConfig } from './config.ts';
import { ConnectionCounter } from './connections.ts';
import type { Feed } from './feed/feed.ts';
import { Heartbeat } from './feed/heartbeat.ts';
import type { InstalledTransport } from './transports/contract.ts';
import { SERVER_TRANSPORTS } from './transports/index.ts';

/** The server with all its transports, not listening yet. */
export type App = {
  readonly fastify: FastifyInstance;
  readonly connections: ConnectionCounter;
  readonly transports: readonly InstalledTransport[];
  /** Ends streams in their protocol's words, waits up to `config.stopMs` for clients to leave, then cuts the rest. */
  readonly stop: () => Promise<void>;
};

/** Slower than the slowest poll that can be asked for: an idle poller must not have to reconnect. */
const KEEP_ALIVE_MS = 11 * 60_000;

/**
 * Builds the Fastify instance that serves every transport from one feed. It can be injected into; whoever calls this
 * starts the feed and listens.
 */
export function buildApp(config: ServerConfig, feed: Feed): App {
  const app = fastify({
    logger: { level: 'warn', stream: process.stderr },
    logController: new LogController({ disableRequestLogging: true }),
    // A child logger for each of ten thousand requests a second would be measured as the cost of polling.
    childLoggerFactory: (logger) => logger,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: 15_000,
    http: { headersTimeout: 10_000 },
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true },
  });
  const connections = new ConnectionCounter(app.server);
  const heartbeat = new Heartbeat(feed, config.heartbeatMs);
  installAbout(app, config);
  const transports = Object.values(SERVER_TRANSPORTS).map((install) => install({ app, config, feed, heartbeat }));

  return {
    fastify: app,
    connections,
    transports,
    stop: async () => {
      feed.stop();
      heartbeat.stop();
      for (const transport of transports) transport.stop();
      const cut = setTimeout(() => connections.destroyAll(), config.stopMs);
      await app.close();
      clearTimeout(cut);
    },
  };
}

import { createServer, type RequestListener } from 'node:http';
import fastify, { LogController, type FastifyInstance } from 'fastify';
import { installAbout } from './about.ts';
import type { ServerConfig } from './config.ts';
import { ConnectionCounter } from './connections.ts';
import type { Feed } from './feed/feed.ts';
import { Heartbeat } from './feed/heartbeat.ts';
import { createGuard, type Guard } from './guard.ts';
import type { InstalledTransport } from './transports/contract.ts';
import { SERVER_TRANSPORTS } from './transports/index.ts';

/** The server with all its transports, not listening yet. */
export type App = {
  readonly fastify: FastifyInstance;
  readonly guard: Guard;
  readonly connections: ConnectionCounter;
  readonly transports: readonly InstalledTransport[];
  /** Ends streams in their protocol's words, waits up to `config.stopMs` for clients to leave, then cuts the rest. */
  readonly stop: () => Promise<void>;
};

const TIMEOUTS = {
  /** Slower than the slowest poll that can be asked for: an idle poller must not have to reconnect. */
  keepAliveTimeout: 11 * 60_000,
  requestTimeout: 15_000,
  headersTimeout: 10_000,
};

/**
 * Refuses requests with a foreign `Host` before Fastify sees them. A hook of Fastify's would do the same for 0.6 us a request,
 * which is a third of what its routing takes and would be measured as a cost of polling.
 */
function guarded(guard: Guard, handle: RequestListener): RequestListener {
  return (request, response) => {
    if (guard.isHostAllowed(request.headers.host)) return handle(request, response);
    response.writeHead(403, { 'Content-Type': 'application/json', Connection: 'close' });
    return response.end('{"error":"Host: not a name of this server"}');
  };
}

/**
 * Builds the Fastify instance that serves every transport from one feed. It can be injected into; whoever calls this
 * starts the feed and listens.
 */
export function buildApp(config: ServerConfig, feed: Feed): App {
  const guard = createGuard(config.host, config.allowedOrigins);
  const app = fastify({
    logger: { level: 'warn', stream: process.stderr },
    logController: new LogController({ disableRequestLogging: true }),
    // A child logger for each of ten thousand requests a second would be measured as the cost of polling.
    childLoggerFactory: (logger) => logger,
    serverFactory: (handle) => createServer(TIMEOUTS, guarded(guard, handle)),
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true },
  });
  const connections = new ConnectionCounter(app.server);
  const heartbeat = new Heartbeat(feed, config.heartbeatMs);
  installAbout(app, config);
  const transports = Object.values(SERVER_TRANSPORTS).map((install) =>
    install({ app, config, feed, guard, heartbeat }),
  );

  return {
    fastify: app,
    guard,
    connections,
    transports,
    stop: async () => {
      feed.stop();
      heartbeat.stop();
      for (const transport of transports) transport.stop();
      const cut = setTimeout(() => connections.destroyAll(), config.stopMs);
      await app.close();
      // Fastify leaves a server alone that it neither made nor set to listen.
      await new Promise((resolve) => app.server.close(resolve));
      clearTimeout(cut);
    },
  };
}

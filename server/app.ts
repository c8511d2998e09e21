import { createServer, type RequestListener, type ServerOptions } from 'node:http';
import fastify, { LogController, type FastifyInstance } from 'fastify';
import { installAbout } from './about.ts';
import type { ServerConfig } from './config.ts';
import { ConnectionCounter, connectionLimit } from './connections.ts';
import type { Feed } from './feed/feed.ts';
import { Heartbeat } from './feed/heartbeat.ts';
import { installPublish } from './given-feed.ts';
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

/** Slower than the slowest poll that can be asked for: an idle poller must not have to reconnect. */
const KEEP_ALIVE_MS = 11 * 60_000;

/** What Node's server is told: how long requests may take, and what is an upgrade. */
function httpOptions({ headersTimeoutMs, requestTimeoutMs }: ServerConfig): ServerOptions {
  return {
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: Math.min(headersTimeoutMs, requestTimeoutMs),
    requestTimeout: requestTimeoutMs,
    // Node looks for late requests every 30 s unless told otherwise: thrice the time that they have.
    connectionsCheckingInterval: Math.ceil(headersTimeoutMs / 10),
    // Other upgrades (h2c, by curl) may be ignored (RFC 9110, 7.8), and then the request is answered.
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  };
}

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
    serverFactory: (handle) => createServer(httpOptions(config), guarded(guard, handle)),
    forceCloseConnections: 'idle',
    // A 503 would tell a browser's EventSource never to come back; see the transports for what a request gets instead.
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true },
  });
  const connections = new ConnectionCounter(app.server, connectionLimit(config.maxConnections));
  const stalled = setInterval(() => connections.cutStalled(), config.stalledMs).unref();
  const heartbeat = new Heartbeat(feed, config.heartbeatMs);
  installAbout(app, config);
  if (config.feed === 'http') installPublish(app, feed, guard);
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
      clearInterval(stalled);
      for (const transport of transports) transport.stop();
      const cut = setTimeout(() => connections.destroyAll(), config.stopMs);
      await app.close();
      // Fastify leaves a server alone that it neither made nor set to listen.
      await new Promise((resolve) => app.server.close(resolve));
      clearTimeout(cut);
    },
  };
}

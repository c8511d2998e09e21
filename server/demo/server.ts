import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buildApp } from '../app.ts';
import { nowUs } from '../clock.ts';
import { serverConfig } from '../config.ts';
import { Feed } from '../feed/feed.ts';
import { classic } from './classic.ts';
import { controlRoutes } from './control-routes.ts';
import { liveDocument } from './document.ts';
import { pageRoutes } from './page-routes.ts';
import type { Tuning } from './protocol.ts';
import { Sessions } from './sessions.ts';

export type DemoOptions = Tuning & { readonly port: number };

export type Demo = {
  readonly port: number;
  readonly origin: string;
  readonly sessions: Sessions;
  readonly token: string;
  /** Ends every page's streams in their own words, then the server. */
  readonly stop: () => Promise<void>;
};

const HOST = '127.0.0.1';

/**
 * Starts the live page: the benchmark's server with its feed, the page, the tutorials' `/sse`, and for every page that is
 * opened a session with servers of its own.
 *
 * @throws what keeps it from listening, as Node says it (`EADDRINUSE`)
 */
export async function startDemo({ port, rateHz, payloadBytes }: DemoOptions): Promise<Demo> {
  const config = serverConfig({ host: HOST, port, startUs: Math.ceil(nowUs()), rateHz, payloadBytes, stopMs: 500 });
  const feed = new Feed(config);
  const app = buildApp(config, feed);
  const token = randomBytes(18).toString('base64url');
  const sessions = new Sessions({ rateHz, payloadBytes });

  await app.fastify.register(classic);
  await app.fastify.register(pageRoutes, { sessions, token, document: await liveDocument() });
  await app.fastify.register(controlRoutes, { guard: app.guard, sessions, token });
  await app.fastify.ready();
  const stop = async () => {
    await Promise.all([sessions.stop(), app.stop()]);
  };
  try {
    app.fastify.server.listen(port, HOST);
    await once(app.fastify.server, 'listening');
  } catch (error) {
    await stop();
    throw error;
  }
  feed.start();
  const bound = (app.fastify.server.address() as AddressInfo).port;
  return { port: bound, origin: `http://${HOST}:${bound}`, sessions, token, stop };
}

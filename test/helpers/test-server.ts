import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { buildApp, type App } from '../../server/app.ts';
import { nowUs } from '../../server/clock.ts';
import { serverConfig, type ServerConfig } from '../../server/config.ts';
import { Feed } from '../../server/feed/feed.ts';

export type TestServer = { app: App; feed: Feed; config: ServerConfig; port: number; origin: string };

/** A server in this process, on a free port, with its feed running; ends with the test. */
export async function startServer(t: TestContext, overrides: Partial<ServerConfig> = {}): Promise<TestServer> {
  const config = serverConfig({ startUs: Math.ceil(nowUs()) + 1000, rateHz: 50, stopMs: 200, ...overrides });
  const feed = new Feed(config);
  const app = buildApp(config, feed);
  await app.fastify.ready();
  await new Promise<void>((resolve) => {
    app.fastify.server.listen(0, config.host, resolve);
  });
  feed.start();
  t.after(() => app.stop());
  const { port } = app.fastify.server.address() as AddressInfo;
  return { app, feed, config: { ...config, port }, port, origin: `http://127.0.0.1:${port}` };
}

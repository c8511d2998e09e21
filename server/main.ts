// Entry of a server process: `node server/main.ts [CONFIG]`, where CONFIG is JSON with the properties of ServerConfig
// that differ from the defaults. Started with an IPC channel it reports and obeys there (control.ts); without one it
// prints its address. SIGTERM and SIGINT end it in order.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Ajv } from 'ajv';
import { buildApp } from './app.ts';
import { nowUs } from './clock.ts';
import { ServerConfig, serverConfig } from './config.ts';
import { obey, send } from './control.ts';
import { Emissions } from './feed/emissions.ts';
import { Feed } from './feed/feed.ts';
import { giveLines } from './given-feed.ts';
import { Probe } from './probe.ts';
import { leaveTerminalToController } from './stop-signals.ts';

/** The first tick of a server that was not told a start: time enough for the first client. */
const START_IN_US = 1_000_000;

const probe = new Probe();
const config = readConfig(process.argv[2]);
if (config) await serve(config);

function readConfig(text = '{}'): ServerConfig | undefined {
  const ajv = new Ajv();
  try {
    const candidate = serverConfig(JSON.parse(text) as Partial<ServerConfig>);
    if (ajv.validate(ServerConfig, candidate)) return candidate;
    fail('CONFIG', `server configuration: ${ajv.errorsText(ajv.errors, { dataVar: 'config' })}`, 2);
  } catch (error) {
    fail('CONFIG', `server configuration is not JSON: ${(error as Error).message}`, 2);
  }
  return undefined;
}

async function serve(given: ServerConfig): Promise<void> {
  const config = { ...given, startUs: given.startUs || Math.ceil(nowUs() + START_IN_US) };
  const feed = new Feed(config);
  const app = buildApp(config, feed);

  try {
    await app.fastify.ready();
    // Straight to Node's server: Fastify's own listen does not pass reusePort on.
    await listen(app.fastify.server, config);
  } catch (error) {
    const { code = 'LISTEN', message } = error as NodeJS.ErrnoException;
    return fail(code, message, 1);
  }
  const emissions = new Emissions(feed);

  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= app.stop().then(() => {
      probe.stop();
      if (process.connected) process.disconnect?.();
    });
  };
  process.once('SIGTERM', stop);
  if (process.send) leaveTerminalToController();
  else process.once('SIGINT', stop);
  obey(stop, (collect) => {
    const feed = emissions.sample(); // before the collection, which would make the feed late
    return {
      process: probe.sample({ collect }),
      connections: app.connections.totals(),
      slowConsumersCut: app.transports.reduce((sum, transport) => sum + transport.cut(), app.connections.stalled),
      feed,
    };
  });

  if (config.feed === 'stdin') {
    void giveLines(feed, process.stdin, (why) => process.stderr.write(`pushbench server: ${why}\n`)).then(stop);
  }

  const { port } = app.fastify.server.address() as AddressInfo;
  send({ type: 'listening', host: config.host, port, config });
  if (!process.connected) process.stdout.write(`pushbench server: http://${config.host}:${port}/feed/sse\n`);
}

function listen(server: Server, config: ServerConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const { host, port, backlog, reusePort } = config;
    server.listen({ host, port, backlog, reusePort }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Says why, to the channel and to people, and leaves the event loop nothing to live for. */
function fail(code: string, message: string, exitCode: number): void {
  send({ type: 'failed', code, message });
  process.stderr.write(`pushbench server: ${message}\n`);
  process.exitCode = exitCode;
  probe.stop();
  if (process.connected) process.disconnect?.();
}

// Starts a server that is not ours, or finds it running, and hands it the feed, tick by tick, as its target says. Runs in a process
// of its own, which obeys the messages of a server (server/control.ts): whoever runs a trial need not know the difference.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs } from '../../server/clock.ts';
import type { ServerConfig } from '../../server/config.ts';
import type { ForeignSample, ForeignUse } from '../../server/control.ts';
import { Emissions } from '../../server/feed/emissions.ts';
import { Feed } from '../../server/feed/feed.ts';
import { freePort } from '../../server/free-port.ts';
import { childEnvironment } from '../machine/child-environment.ts';
import { openDoors } from '../machine/listening.ts';
import { startOwned, type OwnedProcess } from '../machine/owned-process.ts';
import { onCores } from '../machine/pinning.ts';
import { TreeMeter, treeOf } from '../machine/process-tree.ts';
import { whenOpen } from '../machine/when-open.ts';
import { addressOf, type Start, type Target } from '../result/target.ts';
import { attachTo } from './attached.ts';
import { createHttpPublish } from './http-publish.ts';
import { PublishLog, type Send } from './publish-log.ts';
import { selfFeedEnvironment } from './self-feed.ts';

/** What a publisher is told besides the configuration of a server. */
export type Published = { readonly target: Target; readonly cores: readonly (number | null)[] };

const LISTEN_WHERE = 'Let it listen on the port that {port} in its command, or PORT in its environment, names';

/** How long the answer to a first tick is waited for, beyond when it is due; of a slower feed nobody waits for one. */
const ANSWER_TIMEOUT_MS = 2000;
const MOST_PERIOD_MS = 2000;

/** What a server that reads nothing may leave unread of its standard input. */
const MOST_UNREAD_BYTES = 4 * 1024 * 1024;

/** A server that listens, and is given the feed. */
export type PublishedServer = {
  readonly port: number;
  /** @param collect also what became of each tick since the last time that this was asked for */
  sample(collect: boolean): ForeignSample;
  /** Resolves with a sentence when it has ended by itself, or can be published to no more. */
  readonly lost: Promise<string>;
  stop(graceMs: number): Promise<void>;
};

/** A server that is there, before it is given the feed. */
type Found = {
  host: string;
  port: number;
  /** Absent where somebody else has started it. */
  stdin?: OwnedProcess['stdin'];
  /** Resolves with how it ended by itself. */
  ended: Promise<string>;
  use(): { process: ForeignUse } & Pick<ForeignSample, 'attached'>;
  end(graceMs: number): Promise<void>;
};

/**
 * Starts the server and waits until its port is open, or makes sure that it runs already; then hands it the feed. Of a server
 * that is published to by HTTP it also waits for the answer to a tick.
 *
 * @throws Error, a sentence: its command does not start, ends at once, opens no port, or listens where others can reach it;
 *   nothing listens where it should run, or what is to be metered is not there; it takes no ticks
 */
export async function publish(
  config: ServerConfig,
  { target, cores }: Published,
  openTimeoutMs?: number,
): Promise<PublishedServer> {
  const found = target.start ? await start(config, target, target.start, cores, openTimeoutMs) : await attach(target);
  const server = feedTo(config, target, found);
  const failed = await Promise.race([server.lost, server.taken]);
  if (failed === undefined) return server;
  await server.stop(0);
  throw new Error(failed);
}

/** One that ran before, and runs on: it is never ended. */
async function attach({ attach: to }: Target): Promise<Found> {
  const meter = await attachTo(to!);
  return {
    ...addressOf(to!),
    ended: new Promise(() => undefined),
    use: () => meter.sample(),
    end: async () => undefined,
  };
}

async function start(
  config: ServerConfig,
  { publish: feed }: Target,
  { command: asked, files = {}, cwd = process.cwd(), stop = 'SIGTERM' }: Start,
  cores: Published['cores'],
  openTimeoutMs?: number,
): Promise<Found> {
  const { host } = config;
  const port = config.port === 0 ? await freePort(host) : config.port;
  const dir = mkdtempSync(join(tmpdir(), 'pushbench-'));
  const fill = (text: string) => text.replaceAll('{port}', String(port)).replaceAll('{dir}', dir);
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(dir, name), fill([text].flat().join('\n')));
  }
  const pinned = cores.filter((core) => core !== null);
  const command = asked.map(fill);
  const owned = startOwned(pinned.length === 0 ? command : onCores(pinned, command), {
    cwd,
    env: {
      ...childEnvironment(process.env),
      PORT: String(port),
      ...(feed === 'self' ? selfFeedEnvironment(config) : {}),
    },
  });
  const end = async (graceMs: number) => {
    owned.stdin.end();
    await owned.stop(stop, graceMs);
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await whenOpen(host, port, owned, command.join(' '), LISTEN_WHERE, openTimeoutMs);
    if (host === '127.0.0.1') refuseOpenDoors(owned.pid, command.join(' '));
  } catch (error) {
    await end(0);
    throw error;
  }
  const meter = new TreeMeter(owned.pid);
  return { host, port, stdin: owned.stdin, ended: owned.ended, use: () => ({ process: meter.sample() }), end };
}

/** @returns the server, and when it has taken a tick, or nobody waits for that */
function feedTo(
  config: ServerConfig,
  { publish: how }: Target,
  found: Found,
): PublishedServer & { taken: Promise<undefined> } {
  const { promise: unpublished, resolve: giveUp } = Promise.withResolvers<string>();
  const { promise: taken, resolve: take } = Promise.withResolvers<undefined>();
  const feed = how === 'self' ? null : new Feed(config);
  const log = feed && new PublishLog();
  const send = how === 'self' ? null : sendingBy(how, found, giveUp);
  feed?.subscribe((tick) => {
    const answered = log!.sent(tick);
    send!(tick, (failure) => {
      answered(failure);
      if (failure === null) take(undefined);
    });
  });
  const emissions = feed && new Emissions(feed);
  const periodMs = 1000 / config.rateHz;
  const isAwaited = typeof how === 'object' && periodMs <= MOST_PERIOD_MS;
  const untilMs = isAwaited ? Math.max(0, config.startUs - nowUs()) / 1000 + 3 * periodMs + ANSWER_TIMEOUT_MS : 0;
  let isStopping = false;
  const ended = found.ended.then((how) => (isStopping ? new Promise<string>(() => undefined) : how));
  return {
    port: found.port,
    lost: Promise.race([ended, unpublished]),
    taken: Promise.race([taken, sleep(untilMs, undefined, { ref: false })]),
    sample: (collect) => ({
      ...found.use(),
      connections: null,
      slowConsumersCut: null,
      // The feed's ticks are kept here, not in the server.
      feed: emissions && { ...emissions.sample(), ringBytes: 0 },
      publish: collect && log ? log.take() : null,
    }),
    stop: async (graceMs) => {
      isStopping = true;
      feed?.stop();
      await found.end(graceMs);
    },
  };
}

function sendingBy(how: Exclude<Target['publish'], 'self'>, found: Found, giveUp: (why: string) => void): Send {
  if (how === 'stdin') return lineWriter(found.stdin!, giveUp);
  return createHttpPublish(found.host, found.port, how.http, giveUp);
}

/** Each tick as a line; the server sends each line to all of its clients. It is answered when the pipe has taken it. */
function lineWriter(stdin: OwnedProcess['stdin'], giveUp: (why: string) => void): Send {
  return ({ text }, answered) => {
    stdin.write(`${text}\n`, (error) => answered(error?.message ?? null));
    if (stdin.writableLength > MOST_UNREAD_BYTES) {
      giveUp('the server does not read its standard input: each tick is a line there. Read it, or publish by HTTP');
    }
  };
}

/** What is started for a measurement is nobody else's to reach. */
function refuseOpenDoors(pid: number, command: string): void {
  const [door] = openDoors(treeOf(pid));
  if (door === undefined) return;
  throw new Error(
    `'${command}' listens on ${door.address}:${door.port}, where other machines can reach it: let it listen on 127.0.0.1`,
  );
}

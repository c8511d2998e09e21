// Starts a server that is not ours and hands it the feed, tick by tick, as its target says. Runs in a process of its own, which
// obeys the messages of a server (server/control.ts): whoever runs a trial need not know the difference.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerConfig } from '../../server/config.ts';
import type { ForeignSample } from '../../server/control.ts';
import { Emissions } from '../../server/feed/emissions.ts';
import { Feed } from '../../server/feed/feed.ts';
import { freePort } from '../../server/free-port.ts';
import { childEnvironment } from '../machine/child-environment.ts';
import { listenersOf, openDoors } from '../machine/listening.ts';
import { startOwned, type OwnedProcess } from '../machine/owned-process.ts';
import { onCores } from '../machine/pinning.ts';
import { TreeMeter, treeOf } from '../machine/process-tree.ts';
import type { Target } from '../result/target.ts';
import { createHttpPublish } from './http-publish.ts';
import { PublishLog, type Send } from './publish-log.ts';

/** What a publisher is told besides the configuration of a server. */
export type Published = { readonly target: Target; readonly cores: readonly (number | null)[] };

/** How long a server may take until its port is open: a virtual machine compiles first. Whoever waits for this process waits longer. */
const OPEN_TIMEOUT_MS = 15_000;
const OPEN_LOOK_MS = 20;

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

/**
 * Starts the server and waits until its port is open.
 *
 * @throws Error, a sentence: its command does not start, ends at once, opens no port, or listens where others can reach it
 */
export async function publish(
  config: ServerConfig,
  { target, cores }: Published,
  openTimeoutMs = OPEN_TIMEOUT_MS,
): Promise<PublishedServer> {
  const port = config.port === 0 ? await freePort(config.host) : config.port;
  const dir = mkdtempSync(join(tmpdir(), 'pushbench-'));
  const fill = (text: string) => text.replaceAll('{port}', String(port)).replaceAll('{dir}', dir);
  for (const [name, text] of Object.entries(target.start.files ?? {})) {
    writeFileSync(join(dir, name), fill([text].flat().join('\n')));
  }
  const pinned = cores.filter((core) => core !== null);
  const command = target.start.command.map(fill);
  const owned = startOwned(pinned.length === 0 ? command : onCores(pinned, command), {
    cwd: target.start.cwd ?? process.cwd(),
    env: { ...childEnvironment(process.env), PORT: String(port) },
  });
  const end = async (graceMs: number) => {
    owned.stdin.end();
    await owned.stop(target.start.stop ?? 'SIGTERM', graceMs);
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await whenOpen(config.host, port, owned, command.join(' '), openTimeoutMs);
    if (config.host === '127.0.0.1') refuseOpenDoors(owned.pid, command.join(' '));
  } catch (error) {
    await end(0);
    throw error;
  }
  return feedTo(config, target, port, owned, end);
}

function feedTo(
  config: ServerConfig,
  target: Target,
  port: number,
  owned: OwnedProcess,
  end: (graceMs: number) => Promise<void>,
): PublishedServer {
  const feed = new Feed(config);
  const { promise: unpublished, resolve: giveUp } = Promise.withResolvers<string>();
  const send =
    target.publish === 'stdin'
      ? lineWriter(owned, giveUp)
      : createHttpPublish(config.host, port, target.publish.http, giveUp);
  const log = new PublishLog();
  feed.subscribe((tick) => send(tick, log.sent(tick)));
  const emissions = new Emissions(feed);
  const meter = new TreeMeter(owned.pid);
  let isStopping = false;
  const ended = owned.ended.then((how) => (isStopping ? new Promise<string>(() => undefined) : how));
  return {
    port,
    lost: Promise.race([ended, unpublished]),
    sample: (collect) => {
      // The feed's ticks are kept here, not in the server.
      return {
        process: meter.sample(),
        connections: null,
        slowConsumersCut: null,
        feed: { ...emissions.sample(), ringBytes: 0 },
        publish: collect ? log.take() : null,
      };
    },
    stop: async (graceMs) => {
      isStopping = true;
      feed.stop();
      await end(graceMs);
    },
  };
}

/** Each tick as a line; the server sends each line to all of its clients. It is answered when the pipe has taken it. */
function lineWriter({ stdin }: OwnedProcess, giveUp: (why: string) => void): Send {
  return ({ text }, answered) => {
    stdin.write(`${text}\n`, (error) => answered(error?.message ?? null));
    if (stdin.writableLength > MOST_UNREAD_BYTES) {
      giveUp('the server does not read its standard input: each tick is a line there. Read it, or publish by HTTP');
    }
  };
}

async function whenOpen(
  host: string,
  port: number,
  owned: OwnedProcess,
  command: string,
  timeoutMs: number,
): Promise<void> {
  const untilMs = performance.now() + timeoutMs;
  let ended: string | undefined;
  void owned.ended.then((how) => (ended = how));
  while (!(await isOpen(host, port))) {
    if (ended !== undefined) throw new Error(`'${command}' ${ended}`);
    if (performance.now() > untilMs) {
      throw new Error(
        `'${command}' runs, but after ${timeoutMs / 1000} s nothing listens on ${host}:${port}${elsewhere(owned)}. ` +
          `Let it listen on the port that {port} in its command, or PORT in its environment, names${said(owned)}`,
      );
    }
    await sleep(OPEN_LOOK_MS);
  }
}

/** Where it listens in place of where it should. */
function elsewhere({ pid }: OwnedProcess): string {
  const doors = listenersOf(treeOf(pid)).map(({ address, port }) => `${address}:${port}`);
  return doors.length === 0 ? '' : `, but on ${doors.join(', ')}`;
}

function said(owned: OwnedProcess): string {
  const tail = owned.tail();
  return tail === '' ? '' : `. It said: ${tail}`;
}

function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => {
      // A connection to a free port that happens to go out from that port is one to itself.
      resolve(socket.localPort !== port);
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
  });
}

/** What is started for a measurement is nobody else's to reach. */
function refuseOpenDoors(pid: number, command: string): void {
  const [door] = openDoors(treeOf(pid));
  if (door === undefined) return;
  throw new Error(
    `'${command}' listens on ${door.address}:${door.port}, where other machines can reach it: let it listen on 127.0.0.1`,
  );
}

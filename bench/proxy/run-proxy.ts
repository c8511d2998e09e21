// Starts a proxy in front of a server, for one trial, and tells what it uses.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../server/free-port.ts';
import { openFilesLimit } from '../../server/open-files.ts';
import type { ProcessUse } from '../../server/probe.ts';
import { PushbenchError } from '../basics/errors.ts';
import { visible } from '../basics/shown.ts';
import { childEnvironment } from '../machine/child-environment.ts';
import { openSockets } from '../machine/listening.ts';
import { startOwned } from '../machine/owned-process.ts';
import { onCores } from '../machine/pinning.ts';
import { TreeMeter, treeOf } from '../machine/process-tree.ts';
import { whenOpen } from '../machine/when-open.ts';
import type { Proxy } from '../result/proxy.ts';
import { PROGRAMS } from './programs.ts';

/** What a proxy uses and holds at a moment. */
export type ProxySample = { process: ProcessUse; processes: number; sockets: number };

/** A proxy that listens. */
export type RunningProxy = {
  readonly port: number;
  readonly pid: number;
  sample(): ProxySample;
  /** Resolves with a sentence when it has ended by itself. */
  readonly lost: Promise<string>;
  stop(graceMs: number): Promise<void>;
};

/** Where it listens, what is behind it, and how many clients come. */
export type Way = {
  host: string;
  upstream: { host: string; port: number };
  clients: number;
  /** Empty: wherever the system likes. */
  cores: readonly number[];
};

/** Where the system does not tell how many files may be open. */
const UNKNOWN_FILES = 1024;

/** More than a proxy needs besides its clients. */
const FILES_BESIDE = 64;

/**
 * The configuration of a proxy for one trial.
 *
 * @param port where it listens
 * @param files limit of open files
 */
export function filledConfig(
  { config }: Proxy,
  { host, upstream, clients, cores }: Way,
  port: number,
  dir: string,
  files: number,
): string {
  const values: Record<string, string | number> = {
    listen: `${host}:${port}`,
    listen_host: host,
    listen_port: port,
    upstream: `${upstream.host}:${upstream.port}`,
    upstream_host: upstream.host,
    upstream_port: upstream.port,
    dir,
    cores: Math.max(1, cores.length),
    // Each client is two of its files, one from it and one to the server.
    files: Math.min(files, 2 * clients + FILES_BESIDE + 1024),
    clients: clients + FILES_BESIDE,
  };
  return config.replaceAll(/\{(\w+)\}/g, (all, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : all,
  );
}

/**
 * Starts the proxy and waits until it listens.
 *
 * @throws PushbenchError (usage) `PROXY_CONFIG` with the proxy's own words where it refuses its configuration; (resource)
 *   `PROXY_START` where it does not come to listen
 */
export async function startProxy(proxy: Proxy, way: Way): Promise<RunningProxy> {
  const { command, check, configName, stop: stopSignal, title } = PROGRAMS[proxy.program];
  const dir = mkdtempSync(join(tmpdir(), 'pushbench-proxy-'));
  const port = await freePort(way.host);
  const config = join(dir, configName);
  writeFileSync(config, filledConfig(proxy, way, port, dir, openFilesLimit() ?? UNKNOWN_FILES));
  const options = { cwd: dir, env: { ...childEnvironment(process.env), HOME: dir } };
  const words = command(config, dir);
  const owned = startOwned(way.cores.length === 0 ? words : onCores(way.cores, words), options);
  const stop = async (graceMs: number) => {
    await owned.stop(stopSignal, graceMs);
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await whenOpen(
      way.host,
      port,
      owned,
      `${title}, ${proxy.name}:`,
      'Its configuration names {listen} where it belongs?',
    );
  } catch (error) {
    const refused = refusal(check(config, dir), options);
    await stop(0);
    throw refused === null
      ? new PushbenchError('resource', 'PROXY_START', `--via ${proxy.name}: ${(error as Error).message}`)
      : new PushbenchError(
          'usage',
          'PROXY_CONFIG',
          `--via ${proxy.name}: ${title} refuses its configuration: ${refused}`,
        );
  }
  const meter = new TreeMeter(owned.pid);
  let isStopping = false;
  return {
    port,
    pid: owned.pid,
    sample: () => {
      const pids = treeOf(owned.pid);
      return { process: meter.sample(), processes: pids.length, sockets: openSockets(pids) };
    },
    lost: owned.ended.then((how) => (isStopping ? new Promise<string>(() => undefined) : `${title} ${how}`)),
    stop: async (graceMs) => {
      isStopping = true;
      await stop(graceMs);
    },
  };
}

const CHECK_TIMEOUT_MS = 10_000;
const QUOTED_CHARACTERS = 500;

/** What a proxy says against its configuration; null where it has nothing against it. */
function refusal(
  [program, ...args]: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): string | null {
  const { status, stdout, stderr } = spawnSync(program!, args, {
    ...options,
    encoding: 'utf8',
    timeout: CHECK_TIMEOUT_MS,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return status === null || status === 0 ? null : visible(`${stdout}${stderr}`.trim().slice(0, QUOTED_CHARACTERS));
}

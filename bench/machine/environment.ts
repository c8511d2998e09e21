import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { openFilesLimit } from '../../server/open-files.ts';
import { cpuQuota } from './control-groups.ts';
import { allowedCores, cpuListText } from './cores.ts';
import { CHILD_EXEC_ARGV, childEnvironment } from './child-environment.ts';
import { readText } from '../basics/read-text.ts';
import type { Environment } from '../result/schema.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The dependencies that take part in what is measured. */
const MEASURED = ['fastify', 'ws', 'eventsource', 'autocannon', 'hdr-histogram-js', 'chart.js', 'tinybench'];

/** The system settings that bound or shape many connections on one host. */
const SYSCTLS = [
  'net.core.somaxconn',
  'net.core.rmem_max',
  'net.core.wmem_max',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_max_syn_backlog',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
  'net.ipv4.tcp_congestion_control',
  'net.ipv4.tcp_slow_start_after_idle',
];

/**
 * Variables that reach into every process that measures or is measured: what Node and its thread pool are told, what the loader
 * puts into them, and how memory is handed out. Tools that instrument, cover or debug set them, often without a word.
 */
const VARIABLES = [
  'NODE_OPTIONS',
  'NODE_ENV',
  'NODE_DEBUG',
  'NODE_DEBUG_NATIVE',
  'NODE_V8_COVERAGE',
  'NODE_PENDING_DEPRECATION',
  'UV_THREADPOOL_SIZE',
  'UV_USE_IO_URING',
  'LD_PRELOAD',
  'DYLD_INSERT_LIBRARIES',
  'MALLOC_ARENA_MAX',
  'MALLOC_CONF',
  'GLIBC_TUNABLES',
];

/** What a reader must know of the machine to compare figures with another's. */
export function readEnvironment(): Environment {
  const cores = allowedCores();
  const limit = openFilesLimit();
  return {
    platform: platform(),
    kernel: release(),
    arch: arch(),
    cpuModel: cpus()[0]?.model ?? 'unknown',
    cores: cores.length,
    coreList: cores.length < cpus().length ? cpuListText(cores) : null,
    cpuQuota: cpuQuota(),
    memoryBytes: totalmem(),
    loadAverage: loadavg(),
    node: process.versions.node,
    dependencies: Object.fromEntries(MEASURED.map((name) => [name, installedVersion(name)])),
    variables: variablesOf(childEnvironment(process.env)),
    execArgv: [...CHILD_EXEC_ARGV],
    limits: { openFiles: limit === Number.POSITIVE_INFINITY ? null : limit },
    sysctls: Object.fromEntries(SYSCTLS.flatMap((name) => sysctl(name))),
  };
}

/** This version of pushbench, from package.json. */
export function ownVersion(): string {
  return (JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { version: string }).version;
}

/**
 * The commit that is checked out, with `-dirty` when files differ from it; null where the program is not the root of a git
 * checkout, as an unpacked copy is not, whatever checkout it lies in.
 *
 * @param root of the program
 */
export function ownCommit(root = ROOT): string | null {
  // a git hook tells every process that it starts which repository it is about
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: root, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    if (realpathSync(git('rev-parse', '--show-toplevel')) !== realpathSync(root)) return null;
    const commit = git('rev-parse', '--short=12', 'HEAD');
    return git('status', '--porcelain', '--untracked-files=no') === '' ? commit : `${commit}-dirty`;
  } catch {
    return null;
  }
}

/** Those of {@link VARIABLES} that are set; an empty one does nothing. */
export function variablesOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(VARIABLES.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

function sysctl(name: string): [string, string][] {
  const text = readText(`/proc/sys/${name.replaceAll('.', '/')}`);
  return text === null ? [] : [[name, text.trim().replaceAll(/\s+/g, ' ')]];
}

/** From its package.json, which many packages do not export. */
function installedVersion(name: string): string {
  return (JSON.parse(readFileSync(findPackageJSON(name, import.meta.url)!, 'utf8')) as { version: string }).version;
}

// What this machine must have before anything starts: files, ports, disk. The probe looks, the checks judge.
import { constants, existsSync } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { openFilesLimit } from '../../server/open-files.ts';
import type { Address } from '../machine/address.ts';
import { cpuQuota } from '../machine/control-groups.ts';
import { allowedCores, busyCores } from '../machine/cores.ts';
import { PushbenchError } from '../basics/errors.ts';
import { othersText } from '../judge/gates.ts';
import { lookAtOthers, type OtherPrograms } from '../machine/other-programs.ts';
import { listenQueue, portRange, sampleHost } from '../machine/host.ts';
import { ledgerBytes } from '../agent/measure/ledger.ts';
import { MAX_OPENING } from '../agent/messages.ts';
import { clientsPerAddress, mostClients, portsOf, sourceAddresses } from '../machine/source-address.ts';
import { NO_NETWORK } from '../result/network.ts';
import { tryListen } from '../machine/try-listen.ts';
import { unseen, unseenText } from '../judge/unseen.ts';
import { formatBytes, formatCount, formatFigure } from '../basics/amounts.ts';

/** What a run is going to need, from its options. */
export type Needs = {
  /** Most clients of any cell. */
  clients: number;
  agents: number;
  serverWorkers: number;
  /** Most ticks that the window of any cell holds; absent: few. */
  ticks?: number;
  /** 0: any free one. */
  port: number;
  address: Address;
  /** Whether others use the machine on purpose; absent: no. */
  shared?: boolean | undefined;
  /** Names of libraries among the drivers whose clients all come from one address; absent: none. */
  withoutAddress?: readonly string[];
  /** Absolute path of the folder that will be written. */
  directory: string;
};

/** What the machine has; null where the system does not tell. */
export type Facts = {
  /** Limit of open files of each process; Infinity: none. Node has raised the soft limit to the hard one at its start. */
  openFiles: number | null;
  /** First and last port that the system gives to outgoing connections. */
  portRange: readonly [number, number] | null;
  /** Source addresses towards the target. */
  sourceAddresses: number;
  /** That this process may use. */
  cores: number;
  /** CPU time that the control groups allow, in cores; null or absent: no quota. */
  quotaCores?: number | null;
  /** Connections that a listen queue holds; null or absent: not told. */
  listenQueue?: number | null;
  /** Codes of gates that have nothing to look at here; absent: none. */
  unseen?: readonly string[];
  /** What other programs take of the CPU now; null or absent: not told. */
  others?: OtherPrograms | null;
  /** Memory that processes may still take, by the system and the control groups; absent: not known. */
  memoryBytes?: number;
  /** Why the port cannot be listened on, as an errno code. */
  portError: string | null;
  /** A port that is free. */
  freePort: number | null;
  /** The folder itself, or the nearest above it that exists. */
  existing: string;
  /** Why nothing can be created there, as an errno code. */
  writeError: string | null;
  freeBytes: number | null;
};

export type Problem = { code: string; message: string };

/** Beside its connections a process has files of its own: program, channels, listeners, event loop, logs. */
const OWN_FILES = 64;
/** The kernel spreads connections over workers by hash: one of them gets more than its share. */
const BALANCE_SHARE = 1.05;
const BALANCE_EXTRA = 100;
/** A journal with its histograms, the result and the report, with room to spare. */
const MIN_FREE_BYTES = 50 * 1024 * 1024;
/** Open files that each server process and each agent needs at most. */
export function filesNeeded({ clients, agents, serverWorkers }: Pick<Needs, 'clients' | 'agents' | 'serverWorkers'>): {
  server: number;
  agent: number;
} {
  const share = clients / serverWorkers;
  const server = serverWorkers === 1 ? share : Math.min(clients, share * BALANCE_SHARE + BALANCE_EXTRA);
  return { server: Math.ceil(server) + OWN_FILES, agent: Math.ceil(clients / agents) + OWN_FILES };
}

/**
 * Everything that stands against the run, at once; empty where nothing does. Each message says what is needed, what there
 * is, and what to do.
 */
export function preflightProblems(needs: Needs, facts: Facts): Problem[] {
  return [
    fileProblem(needs, facts),
    portRangeProblem(needs, facts),
    portProblem(needs, facts),
    diskProblem(needs, facts),
    memoryProblem(needs, facts),
  ].filter((problem) => problem !== null);
}

/** What does not stand against the run, but should be known. */
export function preflightNotes(needs: Needs, facts: Facts): string[] {
  const blind = facts.unseen ?? [];
  return [
    ...coreNotes(needs, facts),
    ...listenNotes(needs, facts),
    ...calmNotes(facts),
    ...(blind.length > 0 ? [unseenText(blind)] : []),
  ];
}

/** So long the machine is looked at before a run. */
const LOOK_MS = 300;

/** A look as short as that sees what takes less only roughly. */
const NOT_CALM_SHARE = 0.1;

function calmNotes({ others }: Facts): string[] {
  if (!others || others.share <= NOT_CALM_SHARE) return [];
  return [
    `${othersText(others, 'take')}: end them, or trials are marked OTHER_PROGRAMS and their figures are partly theirs`,
  ];
}

/** Each agent keeps its own bound, whatever the ramp: only a ramp that is slow enough stays far below it. */
function listenNotes({ clients, agents, serverWorkers }: Needs, { listenQueue: held = null }: Facts): string[] {
  const atOnce = Math.ceil(Math.min(clients, agents * MAX_OPENING) / serverWorkers);
  if (held === null || atOnce <= held) return [];
  return [
    `a listen queue holds ${formatCount(held)} connections (net.core.somaxconn), and up to ${formatCount(atOnce)} are opened at once: who is ` +
      `dropped from a full one connects seconds later, or not at all. Raise it, e.g. as root 'sysctl -w net.core.somaxconn=4096', or slow the ramp (--ramp)`,
  ];
}

function coreNotes({ agents, serverWorkers }: Needs, facts: Facts): string[] {
  const cores = busyCores(facts.cores, facts.quotaCores);
  if (agents + serverWorkers <= cores) return [];
  const shared =
    cores < facts.cores
      ? `the CPU time of ${formatFigure(facts.quotaCores!)} cores, a control group's quota`
      : `${cores} ${cores === 1 ? 'core' : 'cores'}`;
  return [`${serverWorkers} server and ${agents} agent processes share ${shared}: they take time from each other`];
}

function fileProblem(needs: Needs, { openFiles }: Facts): Problem | null {
  if (openFiles === null) return null;
  const { server, agent } = filesNeeded(needs);
  const most = Math.max(server, agent);
  if (most <= openFiles) return null;

  const who = [
    ...(server > openFiles ? [`each server process ${formatCount(server)}`] : []),
    ...(agent > openFiles ? [`each load agent ${formatCount(agent)}`] : []),
  ].join(' and ');
  const instead = spread(needs, openFiles);
  return {
    code: 'OPEN_FILES',
    message:
      `${formatCount(needs.clients)} clients: ${who} open files, and this shell allows ${formatCount(openFiles)}. ` +
      `Raise it with 'ulimit -n ${most}' (where that is refused: as root 'prlimit --pid $$ --nofile=${most}:${most}' on this shell)` +
      `${instead === '' ? '' : `, or spread the connections with '${instead}'`}.`,
  };
}

/** The fewest processes that fit below the limit, as flags; empty where even the most do not. */
function spread(needs: Needs, limit: number): string {
  const flags = [];
  for (const { key, flag, most } of [
    { key: 'serverWorkers', flag: '--server-workers', most: 64 },
    { key: 'agents', flag: '--agents', most: 256 },
  ] as const) {
    const which = key === 'agents' ? 'agent' : 'server';
    let count = needs[key];
    while (count <= most && filesNeeded({ ...needs, [key]: count })[which] > limit) count++;
    if (count > most) return '';
    if (count > needs[key]) flags.push(`${flag} ${count}`);
  }
  return flags.join(' ');
}

/** Of each agent for each tick: first and last receipt, sum and count, and the copy that is reported. */
const TICK_BYTES = 2 * 4 * Float64Array.BYTES_PER_ELEMENT;

/** Of what is free, for the agents' books; the rest is for what clients and server take. */
const BOOKS_SHARE = 0.5;

function memoryProblem({ clients, agents, ticks = 0 }: Needs, { memoryBytes }: Facts): Problem | null {
  if (memoryBytes === undefined) return null;
  const bytes = ledgerBytes(clients, ticks) + agents * ticks * TICK_BYTES;
  if (bytes <= memoryBytes * BOOKS_SHARE) return null;
  return {
    code: 'MEMORY',
    message:
      `${formatCount(clients)} clients and ${formatCount(ticks)} ticks: to know each of them at each client takes the ` +
      `agents ${formatBytes(bytes)}, and of the ${formatBytes(memoryBytes)} that are free they may take half. ` +
      'Take fewer clients, a shorter --duration or a lower rate.',
  };
}

function portRangeProblem(
  { clients, address: { aim }, withoutAddress = [] }: Needs,
  { portRange, sourceAddresses }: Facts,
): Problem | null {
  if (portRange === null) return null;
  const isBound = withoutAddress.length > 0 && sourceAddresses > 1;
  const addresses = isBound ? 1 : sourceAddresses;
  const most = mostClients(portRange, addresses);
  if (clients <= most) return null;
  const [first, last] = portRange;
  const isSole = addresses === 1;
  const used = isSole
    ? `all but a few can be used from the only source address${isBound ? ` that ${withoutAddress.join(' and ')} can take` : ''}`
    : `${formatCount(clientsPerAddress(portRange, addresses))} are used from each of ${formatCount(addresses)} source addresses`;
  const instead = !isSole
    ? ''
    : isBound
      ? ', or take --driver lean, whose clients come from other addresses as well'
      : aim.startsWith('127.')
        ? ", or give loopback its other addresses, on Linux 'ip addr add 127.0.0.1/8 dev lo'"
        : ', or aim at loopback, which has more addresses';
  return {
    code: 'PORTS',
    message:
      `${formatCount(clients)} clients: of the ${formatCount(portsOf(portRange))} ports (${first} to ${last}) that the system gives to ` +
      `outgoing connections, ${used}, which makes ${formatCount(most)} connections. Widen the range, e.g. as ` +
      `root 'sysctl -w net.ipv4.ip_local_port_range="1024 65535"'${instead}.`,
  };
}

function portProblem({ port, address: { listen } }: Needs, { portError, freePort }: Facts): Problem | null {
  if (portError === null) return null;
  if (portError === 'EADDRNOTAVAIL') {
    return {
      code: 'NOT_OUR_ADDRESS',
      message: `--host ${listen}: not an address of this machine (EADDRNOTAVAIL). The server is started here; name one of its addresses.`,
    };
  }
  const next = `Take another${freePort === null ? '' : `, e.g. --port ${freePort}, which is free`}, or leave --port out for any free one.`;
  switch (portError) {
    case 'EADDRINUSE':
      return { code: 'PORT_TAKEN', message: `--port ${port}: another program listens on it (EADDRINUSE). ${next}` };
    case 'EACCES':
      return { code: 'PORT_DENIED', message: `--port ${port}: this user may not listen on it (EACCES). ${next}` };
    default:
      return { code: 'PORT_UNUSABLE', message: `--port ${port}: cannot be listened on (${portError}). ${next}` };
  }
}

function diskProblem({ directory }: Needs, { existing, writeError, freeBytes }: Facts): Problem | null {
  const at = existing === directory ? directory : `${directory} (below ${existing})`;
  if (writeError !== null) {
    return {
      code: 'NOT_WRITABLE',
      message: `cannot write to ${at}: ${writeError}. Choose a folder that you may write to with --out DIR.`,
    };
  }
  if (freeBytes === null || freeBytes >= MIN_FREE_BYTES) return null;
  return {
    code: 'DISK_FULL',
    message:
      `${at} has ${formatBytes(freeBytes)} free, and a run may write ${formatBytes(MIN_FREE_BYTES)}. ` +
      'Make room, or choose another disk with --out DIR.',
  };
}

/** What stands against a network of the run's own; nothing is looked at where none is asked for. */
export async function networkProblems(networks: readonly string[]): Promise<Problem[]> {
  const asked = networks.filter((name) => name !== NO_NETWORK);
  if (asked.length === 0) return [];
  const { networkMeans } = await import('../machine/network/means.ts');
  const means = networkMeans();
  return 'problem' in means ? [{ code: 'NO_NETWORK', message: `--network ${asked.join(',')}: ${means.problem}.` }] : [];
}

/**
 * Throws where the machine lacks something.
 *
 * @throws {PushbenchError} `resource`, with the code of the first problem and the sentences of all
 */
export function throwProblems(problems: readonly Problem[]): void {
  const [first] = problems;
  if (first === undefined) return;
  const text =
    problems.length === 1
      ? first.message
      : `${problems.length} things stand against this run.\n${problems.map((p) => `  ${p.message}`).join('\n')}`;
  throw new PushbenchError('resource', first.code, `${text}\nNothing was started.`);
}

/** Looks at the machine. Leaves nothing behind: no folder, no open port. */
export async function probeMachine(needs: Needs): Promise<Facts> {
  const [addresses, others, port, disk] = await Promise.all([
    sourceAddresses(needs.address.aim),
    needs.shared ? null : lookAtOthers(LOOK_MS),
    probePort(needs.port, needs.address.listen),
    probeDisk(needs.directory),
  ]);
  return {
    openFiles: probeOpenFiles(),
    portRange: portRange(),
    sourceAddresses: addresses,
    cores: allowedCores().length,
    quotaCores: cpuQuota(),
    listenQueue: listenQueue(),
    memoryBytes: process.availableMemory(),
    unseen: unseenHere(),
    others,
    ...port,
    ...disk,
  };
}

function unseenHere(): string[] {
  const { cpuTicks, busyUs, throttledUs, swappedPages, listenOverflows } = sampleHost();
  return unseen([{ cpu: cpuTicks, others: busyUs, throttledUs, swappedPages, listenOverflows }]);
}

function probeOpenFiles(): number | null {
  const limit = openFilesLimit();
  if (limit !== null) return limit;
  // elsewhere than on Linux; slower, since it reports on everything
  const report = process.report.getReport() as { userLimits?: { open_files?: { soft?: number | string } } };
  const soft = report.userLimits?.open_files?.soft;
  if (soft === 'unlimited') return Number.POSITIVE_INFINITY;
  return typeof soft === 'number' ? soft : null;
}

async function probePort(port: number, host: string): Promise<Pick<Facts, 'portError' | 'freePort'>> {
  const taken = await tryListen(port, host);
  if (typeof taken === 'number') return { portError: null, freePort: null };
  const free = await tryListen(0, host);
  return { portError: taken, freePort: typeof free === 'number' ? free : null };
}

async function probeDisk(directory: string): Promise<Pick<Facts, 'existing' | 'writeError' | 'freeBytes'>> {
  let existing = resolve(directory);
  for (;;) {
    const error = await stat(existing).then(
      (found) => (found.isDirectory() ? null : 'ENOTDIR'),
      (failure: NodeJS.ErrnoException) => failure.code ?? failure.message,
    );
    if (error === null) break;
    // also a file in the path's middle is reported as ENOTDIR, but of the file itself there is more to say
    if (error !== 'ENOENT' && error !== 'ENOTDIR') return { existing, writeError: error, freeBytes: null };
    if (error === 'ENOTDIR' && existsSync(existing)) return { existing, writeError: error, freeBytes: null };
    const above = dirname(existing);
    if (above === existing) return { existing, writeError: error, freeBytes: null };
    existing = above;
  }
  const writeError = await access(existing, constants.W_OK | constants.X_OK).then(
    () => null,
    (failure: NodeJS.ErrnoException) => failure.code ?? failure.message,
  );
  const space = await statfs(existing).catch(() => null);
  return { existing, writeError, freeBytes: space === null ? null : space.bavail * space.bsize };
}

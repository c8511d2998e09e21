import { spawnSync } from 'node:child_process';
import { allowedCores, parseCpuList } from './cores.ts';

/** The core of each server process, of each agent and of a proxy between them; null: wherever the system likes. */
export type Placement = { servers: (number | null)[]; agents: (number | null)[]; proxy: number | null };

/**
 * Puts server processes on the first cores, one each, and spreads agents over the others, so that the load does not
 * take time from what is measured. A proxy has the core behind the servers', alone where more than one is left.
 *
 * @param cores the numbers of those that may be used; at least one more than there are servers when `pin` is set
 */
export function place(
  servers: number,
  agents: number,
  cores: readonly number[],
  pin: boolean,
  hasProxy = false,
): Placement {
  const behind = cores.slice(servers);
  const rest = hasProxy && behind.length > 1 ? behind.slice(1) : behind;
  const isPinned = pin && rest.length > 0;
  return {
    servers: Array.from({ length: servers }, (_, index) => (isPinned ? cores[index]! : null)),
    agents: Array.from({ length: agents }, (_, index) => (isPinned ? rest[index % rest.length]! : null)),
    proxy: isPinned && hasProxy ? behind[0]! : null,
  };
}

/** What pinning depends on. */
export type PinMachine = {
  /** How many cores may be used. */
  cores: number;
  canPin: boolean;
};

/** Whether processes are put on cores of their own: where it was asked for, or can be done and leaves a core to the agents. */
export function isPinned(
  { pin, serverWorkers }: { pin: 'auto' | 'on' | 'off'; serverWorkers: number },
  { cores, canPin }: PinMachine,
): boolean {
  return pin === 'on' || (pin === 'auto' && canPin && cores > serverWorkers);
}

/** This machine, as far as pinning depends on it. */
export function pinMachine(): PinMachine {
  return { cores: allowedCores().length, canPin: pinProblem() === null };
}

/** The command that runs another on these cores alone. util-linux and BusyBox both know this form, and no longer one. */
export function onCores(cores: readonly number[], command: readonly string[]): [string, ...string[]] {
  return ['taskset', '-c', cores.join(','), ...command];
}

const PIN_TIMEOUT_MS = 5000;

let tried: { problem: string | null } | undefined;

/** Why processes cannot be put on cores here, as a sentence without its end; null where they can. Tried once, with the last core. */
export function pinProblem(): string | null {
  tried ??= { problem: tryPinning() };
  return tried.problem;
}

function tryPinning(): string | null {
  if (process.platform !== 'linux') return 'there is no taskset, which is a command of Linux';
  const core = allowedCores().at(-1)!;
  const [command, ...args] = onCores([core], ['cat', '/proc/self/status']);
  const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: PIN_TIMEOUT_MS });
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') {
    return 'taskset (of util-linux or BusyBox) was not found';
  }
  if (error !== undefined || status !== 0) {
    const said = error?.message ?? (stderr.trim().split('\n', 1)[0] || `exit code ${status}`);
    return `'taskset -c ${core}' failed when it was tried (${said})`;
  }
  const mask = /^Cpus_allowed_list:\s*(\S+)$/m.exec(stdout)?.[1];
  return mask === undefined || parseCpuList(mask).join() === String(core)
    ? null
    : `'taskset -c ${core}' had no effect when it was tried`;
}

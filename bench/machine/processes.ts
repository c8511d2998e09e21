import { readdirSync } from 'node:fs';
import { nowUs } from '../../server/clock.ts';
import { readText } from '../basics/read-text.ts';
import { TICK_US } from './host.ts';

/** A process of the machine, and the CPU time that it has used since it started. */
export type MachineProcess = { name: string; cpuUs: number };

/** What /proc/<pid>/stat tells of one. */
export type ProcessStat = MachineProcess & {
  parent: number;
  group: number;
  /** When it started, in clock steps since the machine did: with its id it tells it from one that came by that id later. */
  startedTicks: number;
  userUs: number;
  systemUs: number;
  /** Of its children that have ended and been waited for, and of theirs. */
  endedUserUs: number;
  endedSystemUs: number;
};

/**
 * Name and CPU time of what /proc/<pid>/stat tells (proc(5)); null where it does not, or of a thread of the kernel, which works
 * for others.
 */
export function parseStat(stat: string | null): ProcessStat | null {
  // The name in parentheses may hold anything.
  const [open, close] = [stat?.indexOf('(') ?? -1, stat?.lastIndexOf(')') ?? -1];
  if (stat === null || open < 0 || close < open) return null;
  const fields = stat.slice(close + 2).split(' ');
  const [, parent, group, , , , , , , , , user, system, endedUser, endedSystem, , , , , started] = fields;
  if (parent === '2' || user === undefined || system === undefined) return null;
  const [userUs, systemUs] = [Number(user) * TICK_US, Number(system) * TICK_US];
  return {
    name: stat.slice(open + 1, close),
    cpuUs: userUs + systemUs,
    parent: Number(parent),
    group: Number(group),
    startedTicks: Number(started),
    userUs,
    systemUs,
    endedUserUs: Number(endedUser) * TICK_US,
    endedSystemUs: Number(endedSystem) * TICK_US,
  };
}

/** Every process that this one can see, by its id; empty elsewhere than under Linux. */
export function listProcesses(): ReadonlyMap<number, ProcessStat> {
  const processes = new Map<number, ProcessStat>();
  for (const pid of processIds()) {
    const known = readProcess(pid);
    if (known) processes.set(pid, known);
  }
  return processes;
}

/**
 * What the others used between two lists, the largest first; processes of one name together. Who came and went in between is in
 * neither.
 *
 * @param own the ids of those that are not asked for
 */
export function othersBetween(
  from: ReadonlyMap<number, MachineProcess>,
  to: ReadonlyMap<number, MachineProcess>,
  own: ReadonlySet<number>,
): MachineProcess[] {
  const byName = new Map<string, number>();
  for (const [pid, { name, cpuUs }] of to) {
    const spentUs = cpuUs - (from.get(pid)?.cpuUs ?? 0);
    if (!own.has(pid) && spentUs > 0) byName.set(name, (byName.get(name) ?? 0) + spentUs);
  }
  return [...byName].map(([name, cpuUs]) => ({ name, cpuUs })).toSorted((a, b) => b.cpuUs - a.cpuUs);
}

/** Over less the steps of 10 ms in which /proc counts would show, and reading it would cost more than it tells. */
const MIN_INTERVAL_US = 1_000_000;

/**
 * Returns the function that tells how many cores the processes use, from outside them, over the last second or more: for
 * live display only. Null until a second has passed, and where the system does not tell.
 */
export function watchCores(pids: readonly number[]): () => number | null {
  let lastUs = nowUs();
  let lastCpuUs = cpuUsOf(pids);
  let cores: number | null = null;
  return () => {
    const atUs = nowUs();
    if (atUs - lastUs < MIN_INTERVAL_US) return cores;
    const cpuUs = cpuUsOf(pids);
    cores = cpuUs === null || lastCpuUs === null ? null : (cpuUs - lastCpuUs) / (atUs - lastUs);
    lastUs = atUs;
    lastCpuUs = cpuUs;
    return cores;
  };
}

function cpuUsOf(pids: readonly number[]): number | null {
  const known = pids.map(readProcess).filter((process) => process !== null);
  return known.length < pids.length ? null : known.reduce((sum, { cpuUs }) => sum + cpuUs, 0);
}

/** What the system tells of one process; null of none, and elsewhere than under Linux. */
export function readProcess(pid: number): ProcessStat | null {
  return parseStat(readText(`/proc/${pid}/stat`));
}

function processIds(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

// What a server that is not ours uses: all processes that a command has become, as the system tells of them.
import { existsSync, readdirSync } from 'node:fs';
import { nowUs } from '../../server/clock.ts';
import type { ProcessUse } from '../../server/probe.ts';
import { readText } from '../basics/read-text.ts';
import { TICK_US } from './host.ts';
import { listProcesses, type ProcessStat } from './processes.ts';

/** What was used, and the step in which the CPU since the sample before was counted: 0 where it is finer than a microsecond. */
export type MeteredUse = ProcessUse & { cpuStepUs: number };

/**
 * A process and all that descend from it, or are in its process group: what goes into the background leaves its parent.
 *
 * @param processes all of the machine
 */
export function treeOf(root: number, processes: ReadonlyMap<number, ProcessStat> = listProcesses()): number[] {
  const tree = new Set([root]);
  // A child may stand before its parent in the list, where numbers have begun anew.
  for (let before = 0; before < tree.size;) {
    before = tree.size;
    for (const [pid, { parent, group }] of processes) if (tree.has(parent) || group === root) tree.add(pid);
  }
  return [...tree].filter((pid) => processes.has(pid));
}

/**
 * Adds up what a process tree uses, from sample to sample: what has been counted stays so, though a thread or a process ends that it
 * was counted of.
 */
export class TreeMeter {
  readonly #root: number;
  #before = { fineUs: 0, userUs: 0, systemUs: 0 };
  #userUs = 0;
  #systemUs = 0;
  #stepUs = 0;

  constructor(root: number) {
    this.#root = root;
  }

  /** What the tree has used so far and holds now; of a tree that is gone nothing more is used, and nothing held. */
  sample(): MeteredUse {
    const processes = listProcesses();
    const pids = treeOf(this.#root, processes);
    if (pids.length > 0) this.#add(pids, processes);
    return {
      atUs: nowUs(),
      cpuUserUs: this.#userUs,
      cpuSystemUs: this.#systemUs,
      rssBytes: residentBytes(pids),
      cpuStepUs: this.#stepUs,
    };
  }

  /**
   * Nanoseconds are known of the sum alone, steps of 10 ms of its two parts: these say how it is divided. A thread that has ended is
   * in the steps only.
   */
  #add(pids: readonly number[], processes: ReadonlyMap<number, ProcessStat>): void {
    const sum = (of: (stat: ProcessStat) => number) => pids.reduce((all, pid) => all + of(processes.get(pid)!), 0);
    const scheduled = pids.map(scheduledUs);
    const now = {
      fineUs:
        scheduled.reduce<number>((all, us) => all + (us ?? 0), 0) +
        sum((stat) => stat.endedUserUs + stat.endedSystemUs),
      userUs: sum((stat) => stat.userUs + stat.endedUserUs),
      systemUs: sum((stat) => stat.systemUs + stat.endedSystemUs),
    };
    const userUs = Math.max(0, now.userUs - this.#before.userUs);
    const systemUs = Math.max(0, now.systemUs - this.#before.systemUs);
    const fineUs = now.fineUs - this.#before.fineUs;
    const isFine = !scheduled.includes(null) && Math.abs(fineUs - userUs - systemUs) <= STEPS_US;
    const spentUs = isFine ? Math.max(0, fineUs) : userUs + systemUs;
    const share = userUs + systemUs === 0 ? 1 : userUs / (userUs + systemUs);
    this.#userUs += spentUs * share;
    this.#systemUs += spentUs * (1 - share);
    this.#stepUs = isFine ? 0 : pids.length * TICK_US;
    this.#before = now;
  }
}

/** So far the sum of steps may be from that of nanoseconds, for a handful of processes; beyond it something has ended. */
const STEPS_US = 100_000;

/** CPU time of a process by its threads' /proc/<pid>/task/<tid>/schedstat (nanoseconds); null where the kernel has none. */
function scheduledUs(pid: number): number | null {
  try {
    return readdirSync(`/proc/${pid}/task`).reduce<number | null>((sum, tid) => {
      const stat = readText(`/proc/${pid}/task/${tid}/schedstat`);
      // a thread that has ended meanwhile tells no more, a kernel without it never
      if (stat === null) return existsSync(`/proc/${pid}/task/${tid}`) ? null : sum;
      return sum === null ? null : sum + Number(stat.split(' ')[0]) / 1000;
    }, 0);
  } catch {
    return null;
  }
}

/** Resident memory: of one process its own (RSS); of several each shared page once (PSS), where the system tells. */
function residentBytes(pids: readonly number[]): number {
  const kibOf = (pid: number, file: string, key: RegExp) => {
    const [, kib] = key.exec(readText(`/proc/${pid}/${file}`) ?? '') ?? [];
    return kib === undefined ? null : Number(kib);
  };
  const kib = pids.map((pid) => {
    const shared = pids.length > 1 ? kibOf(pid, 'smaps_rollup', /^Pss:\s+(\d+) kB/m) : null;
    return shared ?? kibOf(pid, 'status', /^VmRSS:\s+(\d+) kB/m) ?? 0;
  });
  return kib.reduce((sum, each) => sum + each, 0) * 1024;
}

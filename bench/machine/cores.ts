// Which cores a run has, and how many of them it may keep busy: what this process may use, not what the machine has. Whoever asks
// how many cores there are asks here, so that there is one answer.
import { availableParallelism } from 'node:os';
import { readText, type ReadText } from '../basics/read-text.ts';

/**
 * The numbers of the cores that this process, and what it starts, may run on, ascending: its affinity mask within its cpuset, of
 * cores that are online. Elsewhere than on Linux, where nothing tells their numbers, as many as may be used, from 0 on.
 */
export function allowedCores(read: ReadText = readText, parallelism: () => number = availableParallelism): number[] {
  const mask = parseCpuList(/^Cpus_allowed_list:\s*(\S+)$/m.exec(read('/proc/self/status') ?? '')?.[1] ?? '');
  // The mask may name cores that a machine could have, but has not.
  const online = new Set(parseCpuList((read('/sys/devices/system/cpu/online') ?? '').trim()));
  const allowed = online.size === 0 ? mask : mask.filter((core) => online.has(core));
  return allowed.length > 0 ? allowed : Array.from({ length: parallelism() }, (_, core) => core);
}

/** The numbers in a list as Linux writes them, e.g. `0-3,8` (cpuset(7), "List format"); empty where it is none. */
export function parseCpuList(text: string): number[] {
  if (!/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(text)) return [];
  return text.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  });
}

/** Numbers in ascending order as Linux writes them, e.g. `0-3,8`. */
export function cpuListText(cores: readonly number[]): string {
  const starts = cores.filter((core, index) => cores[index - 1] !== core - 1);
  return starts
    .map((first) => {
      let last = first;
      while (cores.includes(last + 1)) last++;
      return last === first ? String(first) : `${first}-${last}`;
    })
    .join(',');
}

/**
 * How many processes can be busy at a time: as many as there are cores, or as whole cores fit into the quota of CPU time. Rounded
 * down, at least one: where one process too many is busy, the quota runs out and the server stands still with the agents; where one
 * is missing, the agents are busier, which is measured.
 *
 * @param quota in cores; null or absent: none
 */
export function busyCores(cores: number, quota: number | null | undefined): number {
  return Math.max(1, Math.min(cores, Math.floor(quota ?? cores)));
}

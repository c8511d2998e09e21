// What a control group uses, of either version: for servers that run in a container or as a service.
import { posix } from 'node:path';
import { nowUs } from '../../server/clock.ts';
import type { ForeignUse } from '../../server/control.ts';
import { readText, type ReadText } from '../basics/read-text.ts';
import { mountsOf } from './control-groups.ts';

/** The folders of a control group that tell of its CPU and of its memory: one of version 2, two of version 1. */
export type ControlGroup = { version: 1 | 2; cpu: string; memory: string | null };

/**
 * Finds a control group.
 *
 * @param path its folder, or its path below where groups are mounted, as /proc/PID/cgroup has it
 * @returns null where there is no such group that tells of its CPU
 */
export function findControlGroup(path: string, read: ReadText = readText): ControlGroup | null {
  const isThere = (file: string) => read(file) !== null;
  const mounts = mountsOf(read);
  const below = mounts.map(({ folder }) => posix.join(folder, path));
  for (const cpu of [path, ...below]) {
    const version = /^usage_usec \d+$/m.test(read(`${cpu}/cpu.stat`) ?? '')
      ? 2
      : isThere(`${cpu}/cpuacct.usage`)
        ? 1
        : null;
    if (version === null) continue;
    const file = version === 2 ? 'memory.current' : 'memory.usage_in_bytes';
    // Version 1 has a tree of its own for each controller, with the same paths in each.
    const mounted = mounts.find(({ folder }) => cpu === folder || cpu.startsWith(`${folder}/`))?.folder ?? cpu;
    const like = mounts.map(({ folder }) => posix.join(folder, cpu.slice(mounted.length)));
    return { version, cpu, memory: [cpu, ...like].find((folder) => isThere(`${folder}/${file}`)) ?? null };
  }
  return null;
}

/** The processes of a group, those of groups below it left out; empty where it is gone. */
export function processesOf({ cpu }: ControlGroup, read: ReadText = readText): number[] {
  return (read(`${cpu}/cgroup.procs`) ?? '').split('\n').filter(Boolean).map(Number);
}

/**
 * What a group has used since it was made, and holds now: `cpu.stat` and `memory.current`, or `cpuacct.usage` and
 * `memory.usage_in_bytes` (Linux, admin-guide/cgroup-v2.rst, cgroup-v1/cpuacct.rst and cgroup-v1/memory.rst). Its memory holds
 * cached files as well. Of a group that is gone nothing is known.
 */
export function sampleControlGroup({ version, cpu, memory }: ControlGroup, read: ReadText = readText): ForeignUse {
  const number = (path: string) => {
    const text = read(path)?.trim();
    return text === undefined || text === '' ? null : Number(text);
  };
  const { totalUs, userUs, systemUs } = version === 2 ? statOf(read(`${cpu}/cpu.stat`) ?? '') : accountOf(cpu, number);
  // The two parts are scaled by the kernel, and seldom add up to the sum.
  const share = userUs + systemUs === 0 ? 1 : userUs / (userUs + systemUs);
  return {
    atUs: nowUs(),
    cpuUserUs: totalUs === null ? null : totalUs * share,
    cpuSystemUs: totalUs === null ? null : totalUs * (1 - share),
    cpuStepUs: totalUs === null ? null : version === 2 ? 1 : 0,
    rssBytes:
      memory === null ? null : number(`${memory}/${version === 2 ? 'memory.current' : 'memory.usage_in_bytes'}`),
  };
}

type Spent = { totalUs: number | null; userUs: number; systemUs: number };

function statOf(stat: string): Spent {
  const of = (key: string) => new RegExp(`^${key} (\\d+)$`, 'm').exec(stat)?.[1];
  const total = of('usage_usec');
  return {
    totalUs: total === undefined ? null : Number(total),
    userUs: Number(of('user_usec') ?? 0),
    systemUs: Number(of('system_usec') ?? 0),
  };
}

/** Nanoseconds. */
function accountOf(folder: string, number: (path: string) => number | null): Spent {
  const [totalNs, userNs, systemNs] = ['usage', 'usage_user', 'usage_sys'].map((name) =>
    number(`${folder}/cpuacct.${name}`),
  );
  return {
    totalUs: totalNs === null || totalNs === undefined ? null : totalNs / 1000,
    userUs: (userNs ?? 0) / 1000,
    systemUs: (systemNs ?? 0) / 1000,
  };
}

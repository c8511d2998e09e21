// What Linux's control groups allow this process of CPU, and what they denied it: its own group and every group above it, as
// far as they can be seen, of either version. A quota is mostly not on the own group, but on that of a pod or of a slice.
import { posix } from 'node:path';
import { readText, type ReadText } from '../basics/read-text.ts';

type Groups = { version: 1 | 2; /** Own one first. */ folders: string[] };

/**
 * The tightest quota of CPU time, in cores; null: there is none, or the system does not tell.
 *
 * Version 2: `cpu.max`; version 1: `cpu.cfs_quota_us` of `cpu.cfs_period_us` (Linux, admin-guide/cgroup-v2.rst and
 * scheduler/sched-bwc.rst).
 */
export function cpuQuota(read: ReadText = readText): number | null {
  const quotas = groupsOf(read).flatMap(({ version, folders }) =>
    folders.map((folder) => {
      const [quota, period] =
        version === 2
          ? (read(`${folder}/cpu.max`) ?? '').trim().split(/\s+/)
          : [read(`${folder}/cpu.cfs_quota_us`), read(`${folder}/cpu.cfs_period_us`)];
      // 'max' in version 2 and -1 in version 1: no quota
      const cores = Number(quota ?? Number.NaN) / Number(period);
      return cores > 0 ? cores : Number.POSITIVE_INFINITY;
    }),
  );
  const tightest = Math.min(...quotas);
  return Number.isFinite(tightest) ? tightest : null;
}

/**
 * Time in which the groups were denied CPU since they were made, in microseconds. The kernel counts it for each core: two
 * cores that are denied at once for a second make two seconds. Null where nothing could be read; a group that says nothing of
 * throttling has no quota, and denies nothing.
 */
export function throttledUs(read: ReadText = readText): number | null {
  const denied = groupsOf(read).flatMap(({ version, folders }) =>
    folders.flatMap((folder) => {
      const stat = read(`${folder}/cpu.stat`);
      if (stat === null) return [];
      const [name, unitUs] = version === 2 ? ['throttled_usec', 1] : ['throttled_time', 1e-3];
      return [Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(stat)?.[1] ?? 0) * unitUs].map(Math.round);
    }),
  );
  return denied.length === 0 ? null : denied.reduce((sum, us) => sum + us, 0);
}

/** Where a hierarchy that can hold quotas is mounted, the folders of this process's groups. */
function groupsOf(read: ReadText): Groups[] {
  const own = (read('/proc/self/cgroup') ?? '').split('\n').map((line) => {
    const [id, controllers = '', ...path] = line.split(':');
    return { version: id === '0' ? 2 : 1, controllers: controllers.split(','), path: path.join(':') };
  });
  return mountsOf(read).flatMap(({ version, controllers, root, folder }): Groups[] => {
    if (version === 1 && !controllers.includes('cpu')) return [];
    const group = own.find((each) => each.version === version && (version === 2 || each.controllers.includes('cpu')));
    return group === undefined ? [] : [{ version, folders: foldersUpTo(folder, below(root, group.path)) }];
  });
}

/** Where the hierarchies of control groups are mounted: version 2 has one, version 1 one for each set of controllers. */
export function mountsOf(
  read: ReadText = readText,
): { version: 1 | 2; controllers: string[]; root: string; folder: string }[] {
  return (read('/proc/self/mountinfo') ?? '').split('\n').flatMap((line) => {
    // proc_pid_mountinfo(5): fields up to a lone dash, then the type, the source and the options of the file system
    const [mount = '', system = ''] = line.split(' - ');
    const [, , , root = '/', folder = ''] = mount.split(' ').map(unescaped);
    const [type, , options = ''] = system.split(' ');
    if (type !== 'cgroup' && type !== 'cgroup2') return [];
    return [{ version: type === 'cgroup2' ? 2 : 1, controllers: options.split(','), root, folder }];
  });
}

/** A group's path below what of its hierarchy is mounted: in a container, often only its own group is. */
function below(root: string, path: string): string {
  const inside = posix.relative(root, path);
  return inside === '../..' || inside.startsWith('../../') || path.split('/').includes('../..') ? '' : inside;
}

/** The folder of a group and of those above it, up to the one that is mounted. */
function foldersUpTo(mounted: string, path: string): string[] {
  const names = path.split('/').filter((name) => name !== '');
  return Array.from({ length: names.length + 1 }, (_, up) => [mounted, ...names.slice(0, names.length - up)].join('/'));
}

/** Blanks stand there as octal numbers. */
function unescaped(field: string): string {
  return field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmdirSync, writeFileSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { cpuQuota, throttledUs } from '../../../bench/machine/control-groups.ts';
import { ROOT } from '../../helpers/command-line.ts';
import { readerOf } from '../../helpers/file-tree.ts';

const V2_MOUNT = '31 22 0:27 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n';
const V1_MOUNTS =
  '33 32 0:30 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n' +
  '34 32 0:31 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct\n';
const V1_OWN = '4:cpuset:/elsewhere\n3:cpu,cpuacct:/slice/job\n1:name=systemd:/\n';
const V1 = '/sys/fs/cgroup/cpu,cpuacct';

/** Version 2, in the group /pod/own. */
const v2 = (files: Record<string, string>) =>
  readerOf({ '/proc/self/mountinfo': V2_MOUNT, '/proc/self/cgroup': '0::/pod/own\n', ...files });
/** Version 1, in the group /slice/job of the CPU controller. */
const v1 = (files: Record<string, string>) =>
  readerOf({ '/proc/self/mountinfo': V1_MOUNTS, '/proc/self/cgroup': V1_OWN, ...files });

const stat2 = (us: number) => `usage_usec 5\nnr_periods 9\nnr_throttled 3\nthrottled_usec ${us}\nnr_bursts 0\n`;
const stat1 = (ns: number) => `nr_periods 9\nnr_throttled 3\nthrottled_time ${ns}\n`;

test('version 2: the tightest quota counts, of the own group and of all above', () => {
  const own = '/sys/fs/cgroup/pod/own/cpu.max';
  const above = '/sys/fs/cgroup/pod/cpu.max';
  assert.equal(cpuQuota(v2({ [own]: 'max 100000\n', [above]: '150000 100000\n' })), 1.5);
  assert.equal(cpuQuota(v2({ [own]: '50000 100000\n', [above]: '150000 100000\n' })), 0.5);
  assert.equal(cpuQuota(v2({ [own]: 'max 100000\n', [above]: 'max 100000\n' })), null);
  assert.equal(cpuQuota(v2({})), null);
});

test('version 1: quotas in its own files, -1 for none', () => {
  const quota = (folder: string, us: number) => ({
    [`${V1}${folder}/cpu.cfs_quota_us`]: `${us}\n`,
    [`${V1}${folder}/cpu.cfs_period_us`]: '100000\n',
  });
  assert.equal(cpuQuota(v1({ ...quota('/slice/job', 40_000) })), 0.4);
  assert.equal(cpuQuota(v1({ ...quota('/slice/job', -1), ...quota('/slice', 250_000) })), 2.5);
  assert.equal(cpuQuota(v1({ ...quota('/slice/job', -1), ...quota('', -1) })), null);
});

test('version 2: time in which a group was denied CPU counts, whichever group it was', () => {
  const own = '/sys/fs/cgroup/pod/own/cpu.stat';
  const above = '/sys/fs/cgroup/pod/cpu.stat';
  assert.equal(throttledUs(v2({ [own]: stat2(700) })), 700);
  assert.equal(throttledUs(v2({ [own]: stat2(0), [above]: stat2(4000) })), 4000, 'a quota on the pod');
});

test('version 1: nanoseconds of the CPU controller alone', () => {
  const elsewhere = { '/sys/fs/cgroup/cpuset/elsewhere/cpu.stat': stat1(9e9) };
  assert.equal(throttledUs(v1({ ...elsewhere, [`${V1}/slice/job/cpu.stat`]: stat1(5_000_000) })), 5000);
  assert.equal(throttledUs(v1({ [`${V1}/slice/cpu.stat`]: stat1(5_000_000) })), 5000);
});

test('a group without a quota denies nothing; what cannot be read is not known', () => {
  assert.equal(throttledUs(v2({ '/sys/fs/cgroup/cpu.stat': 'usage_usec 5\n' })), 0, 'the root of version 2');
  assert.equal(throttledUs(v2({})), null);
  assert.equal(throttledUs(readerOf({})), null, 'no Linux');
  assert.equal(throttledUs(readerOf({ '/proc/self/cgroup': '0::/\n', '/proc/self/mountinfo': '' })), null);
});

test('both versions at once are both looked at', () => {
  const read = readerOf({
    '/proc/self/mountinfo': `${V1_MOUNTS}38 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n`,
    '/proc/self/cgroup': `${V1_OWN}0::/\n`,
    '/sys/fs/cgroup/unified/cpu.stat': 'usage_usec 5\n',
    [`${V1}/slice/job/cpu.stat`]: stat1(2000),
  });
  assert.equal(throttledUs(read), 2);
});

test('in a container only a part of the hierarchy is mounted, at a path of its own', () => {
  const bound = '34 32 0:31 /docker/abc /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n';
  const stat = { '/sys/fs/cgroup/cpu/cpu.stat': stat1(3000), '/sys/fs/cgroup/cpu/inner/cpu.stat': stat1(1000) };
  const read = (path: string, mounts = bound) =>
    readerOf({ '/proc/self/mountinfo': mounts, '/proc/self/cgroup': `3:cpu:${path}\n`, ...stat });
  assert.equal(throttledUs(read('/docker/abc')), 3);
  assert.equal(throttledUs(read('/docker/abc/inner')), 4);
  // a group outside of what is mounted: what is mounted is all that can be seen
  assert.equal(throttledUs(read('/docker/abcdef')), 3);
  assert.equal(throttledUs(read('/../x', bound.replace('/docker/abc', '/'))), 3);
  const blank = '34 32 0:31 / /mnt/c\\040d rw - cgroup cgroup rw,cpu\n';
  assert.equal(
    throttledUs(
      readerOf({ '/proc/self/mountinfo': blank, '/proc/self/cgroup': '3:cpu:/\n', '/mnt/c d/cpu.stat': stat1(7000) }),
    ),
    7,
  );
});

/** Where this machine lets us make control groups with a quota; null: nowhere. */
const ROOTS = [
  { root: '/sys/fs/cgroup/cpu', limit: [['cpu.cfs_quota_us', '20000']] },
  { root: '/sys/fs/cgroup', limit: [['cpu.max', '20000 100000']] },
] as const;

function makeGroup(t: TestContext | null): string | null {
  for (const { root, limit } of ROOTS) {
    const group = join(root, `pushbench-test-${process.pid}`);
    try {
      mkdirSync(join(group, 'inner'), { recursive: true });
      if (!existsSync(join(group, limit[0][0]))) throw new Error('no CPU controller');
      for (const [file, text] of limit) writeFileSync(join(group, file), text);
    } catch {
      remove(group);
      continue;
    }
    if (t === null) remove(group);
    else t.after(() => remove(group));
    return group;
  }
  return null;
}

function remove(group: string): void {
  for (const folder of [join(group, 'inner'), group]) if (existsSync(folder)) rmdirSync(folder);
}

test(
  'a real group: the quota of the one above is found, and what it denies',
  { skip: makeGroup(null) === null && 'this machine does not let us make a control group with a quota' },
  (t) => {
    const group = makeGroup(t)!;
    const program = `
      import { cpuQuota, throttledUs } from './bench/machine/control-groups.ts';
      const before = throttledUs();
      const end = performance.now() + 10_000;
      while (throttledUs() <= before && performance.now() < end);
      console.log(cpuQuota(), before !== null && throttledUs() > before);`;
    const script = `echo $$ > ${join(group, 'inner', 'cgroup.procs')}; exec "$@"`;
    const args = ['-ec', script, 'sh', process.execPath, '--input-type=module', '-e', program];
    const { stdout, stderr } = spawnSync('sh', args, { cwd: ROOT, encoding: 'utf8', timeout: 30_000 });
    assert.equal(stdout, '0.2 true\n', stderr);
    assert.equal(readFileSync(join(group, 'inner', 'cgroup.procs'), 'utf8'), '');
  },
);

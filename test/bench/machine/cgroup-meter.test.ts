import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findControlGroup, processesOf, sampleControlGroup } from '../../../bench/machine/cgroup-meter.ts';
import { readerOf } from '../../helpers/file-tree.ts';

const V2 = '/sys/fs/cgroup/system.slice/mine.service';
const v2 = readerOf({
  '/proc/self/mountinfo': '31 22 0:27 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n',
  [`${V2}/cpu.stat`]: 'usage_usec 1000\nuser_usec 600\nsystem_usec 200\nnr_periods 0\n',
  [`${V2}/memory.current`]: '4096\n',
  [`${V2}/cgroup.procs`]: '7\n9\n',
});

test('version 2: cpu.stat and memory.current, found by the folder or by the path of the group', () => {
  for (const path of [V2, '/system.slice/mine.service', 'system.slice/mine.service']) {
    const group = findControlGroup(path, v2)!;
    assert.deepEqual(group, { version: 2, cpu: V2, memory: V2 }, path);
    const { atUs, ...use } = sampleControlGroup(group, v2);
    assert.ok(atUs > 0);
    assert.deepEqual(use, { cpuUserUs: 750, cpuSystemUs: 250, cpuStepUs: 1, rssBytes: 4096 });
    assert.deepEqual(processesOf(group, v2), [7, 9]);
  }
});

test('version 1: nanoseconds of cpuacct, and the memory of the same path in the tree beside it', () => {
  const cpu = '/sys/fs/cgroup/cpu,cpuacct/docker/1';
  const memory = '/sys/fs/cgroup/memory/docker/1';
  const v1 = readerOf({
    '/proc/self/mountinfo':
      '33 32 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n' +
      '34 32 0:31 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct\n',
    [`${cpu}/cpuacct.usage`]: '2000000\n',
    [`${cpu}/cpuacct.usage_user`]: '1500000\n',
    [`${cpu}/cpuacct.usage_sys`]: '500000\n',
    [`${memory}/memory.usage_in_bytes`]: '8192\n',
  });
  for (const path of [cpu, '/docker/1']) {
    const group = findControlGroup(path, v1)!;
    assert.deepEqual(group, { version: 1, cpu, memory }, path);
    const { atUs, ...use } = sampleControlGroup(group, v1);
    assert.ok(atUs > 0);
    assert.deepEqual(use, { cpuUserUs: 1500, cpuSystemUs: 500, cpuStepUs: 0, rssBytes: 8192 });
  }
});

test('of a group that is not there, or is gone, nothing is known', () => {
  assert.equal(findControlGroup('/elsewhere', v2), null);
  const { atUs, ...use } = sampleControlGroup({ version: 2, cpu: '/gone', memory: '/gone' }, v2);
  assert.ok(atUs > 0);
  assert.deepEqual(use, { cpuUserUs: null, cpuSystemUs: null, cpuStepUs: null, rssBytes: null });
});

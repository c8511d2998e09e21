import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listProcesses, othersBetween, parseStat } from '../../../bench/machine/processes.ts';

const stat = (name: string, parent: number, user: number, system: number) =>
  `42 (${name}) S ${parent} 1 1 0 -1 4194560 100 0 0 0 ${user} ${system} 0 0 20 0 1 0 100 1000 50`;

test('name and CPU time come from /proc/<pid>/stat, whatever the name; threads of the kernel work for others', () => {
  assert.deepEqual(parseStat(stat('node', 1, 12, 3)), {
    name: 'node',
    cpuUs: 150_000,
    parent: 1,
    group: 1,
    startedTicks: 100,
    userUs: 120_000,
    systemUs: 30_000,
    endedUserUs: 0,
    endedSystemUs: 0,
  });
  assert.equal(parseStat(stat('a) b (c', 7, 1, 1))?.name, 'a) b (c');
  assert.equal(parseStat(stat('kworker/0:1', 2, 5, 5)), null);
  assert.equal(parseStat(null), null);
  assert.equal(parseStat('nonsense'), null);
});

test('of two lists the others are told that used CPU, by name, the largest first, without those that are our own', () => {
  const list = (...known: [pid: number, name: string, cpuUs: number][]) =>
    new Map(known.map(([pid, name, cpuUs]) => [pid, { name, cpuUs }]));
  const from = list([1, 'cc', 100], [2, 'cc', 100], [3, 'idle', 50], [4, 'gone', 10], [9, 'node', 5]);
  const to = list([1, 'cc', 300], [2, 'cc', 150], [3, 'idle', 50], [5, 'new', 400], [9, 'node', 900]);
  assert.deepEqual(othersBetween(from, to, new Set([9])), [
    { name: 'new', cpuUs: 400 },
    { name: 'cc', cpuUs: 250 },
  ]);
});

test('this process is among those of the machine', { skip: process.platform !== 'linux' && 'needs /proc' }, () => {
  assert.ok((listProcesses().get(process.pid)?.cpuUs ?? 0) > 0);
});

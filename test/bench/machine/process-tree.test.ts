import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { openDoors, parseListeners } from '../../../bench/machine/listening.ts';
import { startOwned } from '../../../bench/machine/owned-process.ts';
import { TreeMeter, treeOf } from '../../../bench/machine/process-tree.ts';
import type { ProcessStat } from '../../../bench/machine/processes.ts';
import { until } from '../../helpers/until.ts';

const skip = process.platform !== 'linux' && 'needs /proc';

test('a tree is a process, what descends from it, and what is in its group', () => {
  const zero = { name: 'x', cpuUs: 0, startedTicks: 0, userUs: 0, systemUs: 0, endedUserUs: 0, endedSystemUs: 0 };
  const known: [pid: number, parent: number, group: number][] = [
    [12, 30, 99], // a grandchild with a lower number
    [20, 1, 20],
    [30, 20, 20],
    [40, 1, 20], // in the background: its parent has ended
    [50, 1, 50],
  ];
  const processes = new Map(
    known.map(([pid, parent, group]): [number, ProcessStat] => [pid, { ...zero, parent, group }]),
  );
  assert.deepEqual(
    treeOf(20, processes).toSorted((a, b) => a - b),
    [12, 20, 30, 40],
  );
  assert.deepEqual(treeOf(60, processes), []);
});

test('what a child uses is counted, while it lives and once it has ended', { skip }, async (t) => {
  // By its own CPU time: on a busy machine it gets less than the clock says.
  const spin =
    'const spent = () => { const { user, system } = process.cpuUsage(); return user + system; }; while (spent() < 300_000);';
  const script = `require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(spin)}]); setInterval(() => {}, 1000)`;
  const child = spawn(process.execPath, ['-e', script], { detached: true, stdio: 'ignore' });
  t.after(() => process.kill(-child.pid!, 'SIGKILL'));
  const meter = new TreeMeter(child.pid!);
  const samples = [meter.sample()];
  await until(() => treeOf(child.pid!).length === 2, 'the child of the child');
  await until(
    () => {
      samples.push(meter.sample());
      return treeOf(child.pid!).length === 1;
    },
    'the end of it',
    10_000,
  );
  const { cpuUserUs, cpuSystemUs, rssBytes } = meter.sample();
  for (const [at, sample] of samples.entries()) {
    const before = samples[at - 1] ?? sample;
    assert.ok(
      sample.cpuUserUs >= before.cpuUserUs && sample.cpuSystemUs >= before.cpuSystemUs,
      'nothing is taken back',
    );
  }
  assert.ok(cpuUserUs + cpuSystemUs > 290_000, `${cpuUserUs + cpuSystemUs} us`);
  assert.ok(rssBytes > 10 * 1024 * 1024, `${rssBytes} bytes`);
});

test('listening sockets are read as the kernel writes them', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100 0 0 10 0
   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 222 1 0 100 0 0 10 0
   2: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 333 1 0 100 0 0 10 0
   3: 00000000000000000000000001000000:0051 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 444 1
   4: 0000000000000000FFFF00000100007F:0052 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 555 1`;
  assert.deepEqual(
    parseListeners(table).map(({ address, port, inode }) => `${address} ${port} ${inode}`),
    ['127.0.0.1 8080 111', '0.0.0.0 80 222', '::1 81 444', '127.0.0.1 82 555'],
  );
});

test('a socket that others can reach is an open door, one on loopback is none', { skip }, async (t) => {
  const listenOn = async (host: string) => {
    const server = createServer();
    t.after(() => server.close());
    await new Promise<void>((resolve) => {
      server.listen(0, host, resolve);
    });
    return (server.address() as { port: number }).port;
  };
  await listenOn('127.0.0.1');
  assert.deepEqual(openDoors([process.pid]), []);
  const port = await listenOn('0.0.0.0');
  assert.deepEqual(
    openDoors([process.pid]).map((door) => [door.address, door.port]),
    [['0.0.0.0', port]],
  );
  assert.deepEqual(openDoors([1e7]), [], 'of others');
});

const here = { cwd: process.cwd(), env: process.env };

test('how a command ended is told, with what it said', async () => {
  const ended = await startOwned([process.execPath, '-e', 'console.error("no key"); process.exit(3)'], here).ended;
  assert.equal(ended, 'ended with code 3. It said: no key');
  assert.match(await startOwned(['./no-such-program'], here).ended, /^cannot be started: \.\/no-such-program/);
});

test('whoever hears no signal is ended, with what it has started', { skip }, async () => {
  const deaf = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);";
  const script = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(deaf)}]); ${deaf} console.log('ready')`;
  const owned = startOwned([process.execPath, '-e', script], here);
  await until(() => owned.tail().includes('ready') && treeOf(owned.pid).length === 2, 'both');
  await owned.stop('SIGTERM', 200);
  assert.match(await owned.ended, /^ended by SIGKILL/);
  await until(() => treeOf(owned.pid).length === 0, 'nobody is left');
});

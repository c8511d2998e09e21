import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { attachTo, listenerNote } from '../../../bench/target/attached.ts';
import { freePort } from '../../../server/free-port.ts';
import { temporaryFolder } from '../../helpers/temporary.ts';

const skip = process.platform !== 'linux' && 'needs /proc';

/** Something that listens. */
async function urlOf(t: TestContext): Promise<string> {
  const server = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function startIdle(t: TestContext) {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

test('a process is metered, and the trial learns that another took its place', { skip }, async (t) => {
  const url = await urlOf(t);
  const [first, second] = [startIdle(t), startIdle(t)];
  const pidFile = join(temporaryFolder(t), 'pid');
  writeFileSync(pidFile, `${first.pid}\n`);
  const meter = await attachTo({ url, pidFile });
  const { process: use, attached } = meter.sample();
  assert.ok(use.rssBytes! > 1e6 && use.cpuUserUs !== null, JSON.stringify(use));
  assert.deepEqual(attached, { meter: 'pid-file', process: 'same', pids: [first.pid] });
  writeFileSync(pidFile, `${second.pid}\n`);
  assert.equal(meter.sample().attached.process, 'restarted');
  writeFileSync(pidFile, `${first.pid}\n`);
  assert.equal(meter.sample().attached.process, 'restarted', 'once is enough');
});

test('a process that is gone is told, and another that came by its number is not taken for it', { skip }, async (t) => {
  const child = startIdle(t);
  const meter = await attachTo({ url: await urlOf(t), pid: child.pid! });
  assert.equal(meter.sample().attached.process, 'same');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const { process: use, attached } = meter.sample();
  assert.deepEqual([attached.process, use.cpuUserUs, use.rssBytes], ['gone', null, null]);
});

test('where nobody says which processes it is, nothing is known of it, and nothing is zero', async (t) => {
  const { process: use, attached } = (await attachTo({ url: await urlOf(t) })).sample();
  assert.deepEqual([use.cpuUserUs, use.cpuSystemUs, use.rssBytes], [null, null, null]);
  assert.deepEqual(attached, { meter: null, process: null, pids: [] });
});

test('who listens there is told where it is not what is metered', { skip }, async (t) => {
  const url = await urlOf(t);
  assert.match(
    listenerNote({ url }, [])!,
    new RegExp(`^at ${url} listens process ${process.pid} \\(.+\\): --pid ${process.pid} would`),
  );
  assert.match(listenerNote({ url, pid: 1 }, [1])!, /which is not among the processes that are metered/);
  assert.equal(listenerNote({ url, pid: process.pid }, [process.pid]), null);
  assert.equal(listenerNote({ url: 'http://10.1.2.3:80' }, []), null, 'of another machine nobody knows');
});

test('what is not there is told in a sentence, with what to do', { skip }, async (t) => {
  const url = await urlOf(t);
  const file = join(temporaryFolder(t), 'pid');
  writeFileSync(file, 'soon\n');
  const nobody = `http://127.0.0.1:${await freePort('127.0.0.1')}`;
  await assert.rejects(
    attachTo({ url: nobody }),
    /^Error: nothing listens at http:\/\/127\.0\.0\.1:\d+: start the server/,
  );
  await assert.rejects(attachTo({ url, pid: 2 ** 22 }), /there is no process 4194304: give the one/);
  await assert.rejects(attachTo({ url, pidFile: file }), /pid holds no number of a process that runs/);
  await assert.rejects(attachTo({ url, pidFile: `${file}s` }), /pids holds no number/);
  await assert.rejects(attachTo({ url, cgroup: '/no/such/group' }), /there is no control group \/no\/such\/group/);
  await assert.rejects(attachTo({ url, pid: process.ppid }), /holds this run as well as the server/);
});

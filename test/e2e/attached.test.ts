// Servers that run already, and one that makes its ticks itself, measured by the command line.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { listProcesses } from '../../bench/machine/processes.ts';
import type { CapacityResult } from '../../bench/result/capacity-schema.ts';
import type { RunResult } from '../../bench/result/schema.ts';
import { freePort } from '../../server/free-port.ts';
import { ROOT, small, startCommandLine } from '../helpers/command-line.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

async function startPublished(t: TestContext, fault = 'none') {
  const file = join(ROOT, 'test/fixtures/servers/published.mjs');
  const child = spawn(process.execPath, [file, fault], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, pid: child.pid!, url: `http://127.0.0.1:${Number(String(port))}` };
}

async function run(t: TestContext, args: readonly string[], rate = '20') {
  const out = join(temporaryFolder(t), 'run');
  const { ended, output } = startCommandLine(t, ['run', '--quick', '--rate', rate, ...small(), '--out', out, ...args]);
  const code = await ended;
  const result = () => JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as RunResult;
  return { code, result, ...output };
}

const PATHS = ['--sse', '/events', '--ws', '/ws'];
const PUBLISH = ['--publish', 'POST /publish'];

test('a server that runs already is compared with the built-in one, metered by its process, and runs on', async (t) => {
  const { child, pid, url } = await startPublished(t);
  const { code, result, stderr } = await run(t, ['--target', url, ...PATHS, ...PUBLISH, '--pid', String(pid)]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /Note: mine ran before and is not started anew \(NOT_FRESH\)/);
  const { trials, plan } = result();
  assert.deepEqual(plan.settings.targets?.[0]?.attach, { url, pid });
  const own = trials.filter(({ cell }) => cell.transport.startsWith('mine:'));
  assert.equal(own.length, 2);
  for (const { cell, ledger, server, validity } of own) {
    const { missed, duplicate, corrupt, delivered, expected } = ledger;
    assert.deepEqual([missed, duplicate, corrupt, delivered], [0, 0, 0, expected], cell.transport);
    assert.deepEqual(server.attached, { meter: 'pid', process: 'same' });
    assert.ok(server.cpuPerDeliveryUs! > 0 && server.rssBytes! > 1e6, cell.transport);
    assert.ok(!validity.reasons.some(({ code: reason }) => reason === 'TARGET_RESTARTED'));
  }
  assert.equal(child.exitCode ?? child.signalCode, null, 'nobody has ended it');
  assert.equal((await fetch(`${url}/publish`, { method: 'POST', body: 'still there' })).status, 204);
});

test('nobody having said which processes it is, CPU and memory are absent; a file says all that flags say', async (t) => {
  const { url } = await startPublished(t);
  const file = join(temporaryFolder(t), 'mine.json');
  const target = {
    name: 'it',
    attach: { url },
    publish: { http: { path: '/publish' } },
    transports: { sse: { path: '/events' } },
  };
  writeFileSync(file, JSON.stringify(target));
  const { code, result, stderr, stdout } = await run(t, ['--targets', file]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /Note: at http:\/\/127\.0\.0\.1:\d+ listens process \d+ \(.*\): --pid \d+ would meter it/);
  assert.match(stderr, /Note: CPU and memory of it are not measured.*--pid, --pid-file or --cgroup/);
  const { trials, cells } = result();
  assert.equal(trials[0]!.ledger.corrupt, 0, 'the last tick of an earlier trial is none of this one');
  const { server } = trials[0]!;
  assert.deepEqual([server.cpuUserUs, server.cpuPerDeliveryUs, server.rssBytes], [null, null, null]);
  assert.equal(server.rssPerClientBytes, null);
  assert.deepEqual([cells[0]!.metrics['cpu'], cells[0]!.metrics['rss']], [undefined, undefined]);
  assert.match(stdout, /it:sse.* - /);
});

test('capacity takes a server that runs already', async (t) => {
  const { child, pid, url } = await startPublished(t);
  const folder = temporaryFolder(t);
  const out = join(folder, 'capacity');
  const file = join(folder, 'mine.json');
  const sse = { path: '/events' };
  const publish = { http: { path: '/publish' } };
  writeFileSync(file, JSON.stringify({ name: 'mine', attach: { url, pid }, publish, transports: { sse } }));
  const load = '--rate 20 --min-clients 5 --max-clients 5 --duration 300ms --warmup 0s --pin off --shared'.split(' ');
  const args = ['capacity', '--targets', file, '--slo', 'p99<5s', ...load, '--out', out];
  const { ended, output } = startCommandLine(t, args);
  assert.equal(await ended, 0, output.stderr);
  const { answers } = JSON.parse(readFileSync(join(out, 'capacity.json'), 'utf8')) as CapacityResult;
  assert.deepEqual(
    answers.map(({ transport, outcome }) => [transport, outcome]),
    [['mine:sse', 'not-reached']],
  );
  assert.equal(child.exitCode ?? child.signalCode, null);
});

test('a server that makes its ticks itself sends what the feed would, at its times', async (t) => {
  const { code, result, stderr } = await run(t, ['--targets', 'node-self'], '128');
  assert.equal(code, 0, stderr);
  const { trials } = result();
  assert.equal(trials.length, 2);
  for (const { ledger, latencyUs, server } of trials) {
    const { missed, duplicate, corrupt, delivered, expected } = ledger;
    assert.deepEqual([missed, duplicate, corrupt, delivered], [0, 0, 0, expected]);
    assert.deepEqual([latencyUs.negative.count, server.feed], [0, null], 'none is early');
  }
});

test('what is wrong with a server that runs already is told in one sentence, and nothing is left running', async (t) => {
  const { child, url } = await startPublished(t);
  const locked = await startPublished(t, 'locked');
  const nobody = `http://127.0.0.1:${await freePort('127.0.0.1')}`;
  const sse = ['--sse', '/events'];
  const cases: [args: readonly string[], code: number, says: RegExp][] = [
    [
      ['--target', nobody, ...sse, ...PUBLISH],
      5,
      /mine: nothing listens at http:\/\/127\.0\.0\.1:\d+: start the server/,
    ],
    [['--target', url, '--sse', '/nowhere', ...PUBLISH], 5, /mine:sse, \/nowhere: the server answered 404/],
    [['--target', url, ...sse, ...PUBLISH, '--pid', '4194304'], 5, /mine: there is no process 4194304/],
    [
      ['--target', url, ...sse, '--publish', 'POST /elsewhere'],
      5,
      /mine: 3 ticks .* POST \/elsewhere: the server answered 404/,
    ],
    [['--target', locked.url, ...sse, ...PUBLISH], 5, /answered 401: its key or token is a header/],
    [['--target', 'http://8.8.8.8', ...sse, ...PUBLISH], 2, /neither loopback nor a private address/],
  ];
  for (const [args, expected, says] of cases) {
    const { code, stderr } = await run(t, args);
    assert.equal(code, expected, stderr);
    assert.match(stderr, says);
  }
  assert.equal(child.exitCode ?? child.signalCode, null);
  const ours = [...listProcesses()].filter(([pid, { parent }]) => parent === process.pid && pid !== child.pid);
  assert.deepEqual(
    ours.filter(([pid]) => pid !== locked.pid),
    [],
  );
});

// What may happen to a whole run: its processes are killed, it is interrupted at a terminal, nobody reads its output, another
// run is started beside it, the clock is set, nothing is delivered.
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { once } from 'node:events';
import { readResult } from '../../bench/result/store.ts';
import { ROOT, small, startCommandLine } from '../helpers/command-line.ts';
import { withoutIPv6 } from '../helpers/ipv6.ts';
import { AGENT, killInTrials, lossesOf, SERVER } from '../helpers/kill-in-trials.ts';
import { inNamespace, withoutNamespace } from '../helpers/namespace.ts';
import { childrenOf, commandOf, descendantsOf, isRunning } from '../helpers/processes.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { partsOf } from '../helpers/trials.ts';
import { until } from '../helpers/until.ts';

const sse = (out: string, blocks = 1) => [...small(), '--transports', 'sse', '--blocks', String(blocks), '--out', out];

/** Lines of the journal of a run: its head, and one for each trial that has ended. */
function journalLines(out: string): number {
  const journal = join(out, 'journal.ndjson');
  return existsSync(journal) ? times(readFileSync(journal, 'utf8'), '\n') : 0;
}

/** How often a text stands in what was said so far. */
function times(output: string, text: string): number {
  return output.split(text).length - 1;
}

test('an agent dies: the trial is invalid and run again once', async (t) => {
  const out = join(temporaryFolder(t), 'run');
  const started = startCommandLine(t, [...sse(out), '--progress', 'json']);
  await killInTrials(started, [AGENT]);
  assert.equal(await started.ended, 0, started.output.stderr);
  const { trials, run } = readResult(join(out, 'result.json'));
  assert.equal(run.status, 'complete');
  assert.deepEqual(lossesOf(trials), [
    [1, 'AGENT_LOST'],
    [2, ''],
  ]);
});

test('the server dies, and an agent in the trial that repeats it: exit 3, and the report says why', async (t) => {
  const out = join(temporaryFolder(t), 'run');
  const started = startCommandLine(t, [...sse(out), '--progress', 'json']);
  await killInTrials(started, [SERVER, AGENT]);
  assert.equal(await started.ended, 3, started.output.stderr);
  const { trials } = readResult(join(out, 'result.json'));
  assert.deepEqual(lossesOf(trials), [
    [1, 'SERVER_LOST'],
    [2, 'AGENT_LOST'],
  ]);
  assert.ok(trials.every(({ validity }) => validity.status === 'invalid'));
  const report = readFileSync(join(out, 'report.html'), 'utf8');
  for (const code of ['SERVER_LOST', 'AGENT_LOST']) assert.ok(report.includes(code), code);
});

test('the whole run is stopped and goes on (Ctrl-Z, fg): that trial is invalid by this alone, and run again once', async (t) => {
  const out = join(temporaryFolder(t), 'run');
  const { child, output, ended } = startCommandLine(t, [...sse(out).with(3, '2s'), '--progress', 'json']);
  await until(() => output.stderr.includes('"phase":"measure"'), 'the trial measures', 30_000);
  const all = [child.pid!, ...childrenOf(child.pid!)];
  for (const pid of all) process.kill(pid, 'SIGSTOP');
  try {
    await setTimeout(1000);
  } finally {
    for (const pid of all) process.kill(pid, 'SIGCONT');
  }
  assert.equal(await ended, 0, output.stderr);
  const { trials } = readResult(join(out, 'result.json'));
  assert.deepEqual(
    trials.map(({ attempt, validity }) => [
      attempt,
      validity.reasons.filter(({ severity }) => severity === 'invalid').map(({ code }) => code),
    ]),
    [
      [1, ['SUSPENDED']],
      [2, []],
    ],
  );
});

const UNROUTABLE = [
  'ip link set lo up',
  'ip rule add pref 100 lookup local',
  'ip rule add pref 10 to 127.0.0.1 blackhole',
  'ip rule del pref 0',
];

test('target unroutable: exit 5, no report', { skip: withoutNamespace(['net'], ...UNROUTABLE) }, async (t) => {
  const out = join(temporaryFolder(t), 'run');
  const { ended, output } = startCommandLine(t, sse(out), { before: inNamespace(['net'], ...UNROUTABLE) });
  assert.equal(await ended, 5, output.stderr);
  assert.match(output.stderr, /127\.0\.0\.1:\d+ cannot be reached \(E[A-Z]+\)/);
  assert.ok(!existsSync(out));
});

test('another address of this machine: server and agents meet there', { skip: withoutIPv6 }, async (t) => {
  const out = join(temporaryFolder(t), 'run');
  const { ended, output } = startCommandLine(t, [...sse(out), '--host', '::1']);
  await ended;
  const [trial] = readResult(join(out, 'result.json')).trials;
  assert.equal(trial!.clients.connected, 20, `${JSON.stringify(trial!.errors)} ${output.stderr}`);
  assert.equal(trial!.canary!.clients, 8);
});

test('an address of another machine: exit 6 before anything starts', async (t) => {
  const out = join(temporaryFolder(t), 'run');
  const elsewhere = ['--host', '192.0.2.1', '--unsafe-bind', '--i-own-this-target', '192.0.2.1'];
  const { ended, output } = startCommandLine(t, [...sse(out), ...elsewhere]);
  assert.equal(await ended, 6, output.stderr);
  assert.match(output.stderr, /--host 192\.0\.2\.1: not an address of this machine/);
  assert.ok(!existsSync(out));
});

const withoutScript = spawnSync('script', ['--version']).status === 0 ? false : 'there is no script (util-linux)';

/** The command line at a terminal of its own. What is written to its input is typed there. */
function atTerminal(t: TestContext, args: readonly string[], before: readonly string[] = []) {
  // script runs it with $SHELL -c, and not every shell makes way for its last command by itself.
  const command = ['exec', ...before, process.execPath, 'bench/cli.ts', ...args].join(' ');
  const child: ChildProcess = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, TERM: 'xterm' },
  });
  let screen = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (screen += text));
  const ended = once(child, 'close') as Promise<[number | null]>;
  t.after(() => child.kill('SIGKILL'));
  return { child, screen: () => screen, ended, type: (keys: string) => child.stdin!.write(keys) };
}

test(
  'Ctrl-C once at a terminal: stops within 5 s with 130, and a partial report marked so',
  { skip: withoutScript },
  async (t) => {
    const out = join(temporaryFolder(t), 'run');
    const { screen, ended, type } = atTerminal(t, [...sse(out, 50), '--progress', 'plain']);
    await until(() => journalLines(out) >= 2, 'one trial has ended', 30_000);
    const startMs = performance.now();
    type('\u0003');
    const [code] = await ended;
    assert.equal(code, 130, screen());
    assert.ok(performance.now() - startMs < 5000, `${performance.now() - startMs} ms`);
    const { run, trials } = readResult(join(out, 'result.json'));
    assert.equal(run.status, 'interrupted');
    assert.ok(
      trials.every(({ losses }) => losses === undefined),
      'the signal reached every process, and ended none',
    );
    assert.match(readFileSync(join(out, 'report.html'), 'utf8'), /interrupted/i);
  },
);

test('Ctrl-C twice at a terminal: ends at once with 130, and leaves no process', { skip: withoutScript }, async (t) => {
  const out = join(temporaryFolder(t), 'run');
  const { child, screen, ended, type } = atTerminal(t, [...sse(out, 50), '--progress', 'plain']);
  await until(() => existsSync(join(out, 'journal.ndjson')), 'the run has begun', 30_000);
  const [controller] = childrenOf(child.pid!);
  await until(() => partsOf(controller!, SERVER).length > 0, 'a server runs', 30_000);
  const parts = childrenOf(controller!);
  const startMs = performance.now();
  type('\u0003');
  await until(() => screen().includes('once more: stops at once'), 'the first is acknowledged');
  // within half a second it could be the same key press, forwarded by a shell
  const impatient = setInterval(() => type('\u0003'), 50);
  const [code] = await ended.finally(() => clearInterval(impatient));
  assert.equal(code, 130, screen());
  assert.ok(performance.now() - startMs < 3000, `${performance.now() - startMs} ms`);
  await until(() => !parts.some(isRunning), 'no process is left');
});

test('a terminal that is closed: what was measured is kept, with a report', { skip: withoutScript }, async (t) => {
  const out = join(temporaryFolder(t), 'run');
  const { child } = atTerminal(t, [...sse(out, 50), '--progress', 'plain']);
  await until(() => journalLines(out) >= 2, 'one trial has ended', 30_000);
  const [controller] = childrenOf(child.pid!);
  const parts = [controller!, ...childrenOf(controller!)];
  t.after(() => isRunning(controller!) && process.kill(controller!, 'SIGKILL'));
  child.kill('SIGKILL'); // the kernel hangs up: SIGHUP to every process at the terminal, and EIO to who writes there
  await until(() => existsSync(join(out, 'report.html')), 'the report is written', 20_000);
  await until(() => !parts.some(isRunning), 'no process is left', 20_000);
  const { run, trials } = readResult(join(out, 'result.json'));
  assert.equal(run.status, 'interrupted');
  assert.ok(trials.every(({ losses }) => losses === undefined));
});

test('a terminal that is gone without a word: the run goes on to its end', { skip: withoutScript }, async (t) => {
  const out = join(temporaryFolder(t), 'run');
  const { child } = atTerminal(t, [...sse(out, 2), '--progress', 'plain'], ['setsid', '--wait']);
  await until(() => journalLines(out) >= 2, 'one trial has ended', 30_000);
  child.kill('SIGKILL');
  await until(() => existsSync(join(out, 'report.html')), 'the report is written', 30_000);
  const { run, trials } = readResult(join(out, 'result.json'));
  assert.deepEqual([run.status, trials.length], ['complete', 2]);
});

test('SIGHUP ends a run with 129, as SIGTERM does with 143', async (t) => {
  const out = join(temporaryFolder(t), 'run');
  const { child, ended, output } = startCommandLine(t, sse(out, 50));
  await until(() => journalLines(out) >= 2, 'one trial has ended', 30_000);
  child.kill('SIGHUP');
  assert.equal(await ended, 129, output.stderr);
  assert.ok(existsSync(join(out, 'report.html')));
});

test('npm is ended: the run ends as well, and what was measured is kept', async (t) => {
  const out = join(temporaryFolder(t), 'run');
  const npm = spawn('npm', ['run', 'bench', '--', ...sse(out, 50)], { cwd: ROOT, stdio: 'ignore' });
  await until(() => journalLines(out) >= 2, 'one trial has ended', 60_000);
  const family = descendantsOf(npm.pid!);
  t.after(() => family.filter(isRunning).forEach((pid) => process.kill(pid, 'SIGKILL')));
  assert.ok(family.some((pid) => commandOf(pid).includes('bench/cli.ts')));
  npm.kill('SIGTERM');
  await until(() => !family.some(isRunning), 'no process is left', 20_000);
  assert.equal(readResult(join(out, 'result.json')).run.status, 'interrupted');
  assert.ok(existsSync(join(out, 'report.html')));
});

const withoutFullDevice = existsSync('/dev/full') ? false : 'there is no /dev/full';

test(
  'stdout on a full disk: one sentence, exit 6, and the files of the run',
  { skip: withoutFullDevice },
  async (t) => {
    const out = join(temporaryFolder(t), 'run');
    for (const args of [['--dry-run'], sse(out)]) {
      const full = openSync('/dev/full', 'w');
      const child = spawn(process.execPath, ['bench/cli.ts', ...args, '--progress', 'off'], {
        cwd: ROOT,
        stdio: ['ignore', full, 'pipe'],
      });
      closeSync(full);
      let stderr = '';
      child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      const [code] = await once(child, 'close');
      assert.equal(code, 6, stderr);
      assert.match(stderr, /stdout could not be written \(ENOSPC\)/);
      assert.doesNotMatch(stderr, /\n\s+at /);
    }
    assert.ok(existsSync(join(out, 'report.html')));
  },
);

test('stdout closed (| head): the run goes on quietly and ends with 0', async (t) => {
  const out = join(temporaryFolder(t), 'run');
  const { child, ended, output } = startCommandLine(t, [...sse(out), '--progress', 'off']);
  child.stdout!.destroy();
  assert.equal(await ended, 0, output.stderr);
  assert.doesNotMatch(output.stderr, /EPIPE|defect/);
  assert.deepEqual(readdirSync(out).toSorted(), ['journal.ndjson', 'report.html', 'result.json', 'summary.csv']);
});

test('stdout and stderr closed: the run goes on quietly and ends with 0', async (t) => {
  const out = join(temporaryFolder(t), 'run');
  const { child, ended } = startCommandLine(t, sse(out));
  child.stdout!.destroy();
  child.stderr!.destroy();
  assert.equal(await ended, 0);
  assert.ok(existsSync(join(out, 'report.html')));
});

test('two runs at once: each has its own ports and files', async (t) => {
  const folder = temporaryFolder(t);
  const runs = ['a', 'b'].map((name) => startCommandLine(t, sse(join(folder, name))));
  // They take time from each other: trials may be invalid by that, not by a port that was taken.
  for (const { ended, output } of runs) assert.ok([0, 3].includes((await ended)!), output.stderr);
  for (const name of ['a', 'b']) {
    const { trials } = readResult(join(folder, name, 'result.json'));
    for (const { clients, errors } of trials) assert.equal(clients.connected, 20, JSON.stringify(errors));
  }
});

test('two runs at once on one port: the second refuses also between two trials of the first', async (t) => {
  const folder = temporaryFolder(t);
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address() as AddressInfo;
  free.close();
  await once(free, 'close');
  const onPort = (name: string, blocks: number) =>
    startCommandLine(t, [...sse(join(folder, name), blocks), '--port', String(port), '--progress', 'json']);
  const first = onPort('first', 2);
  // Between two trials nobody listens on the port.
  await until(() => first.output.stderr.includes('"type":"run-start"'), 'the first has begun', 30_000);
  const second = onPort('second', 1);
  assert.equal(await second.ended, 6, second.output.stderr);
  assert.match(second.output.stderr, new RegExp(`--port ${port}: another`));
  assert.equal(await first.ended, 0, first.output.stderr);
  assert.equal(readResult(join(folder, 'first/result.json')).run.status, 'complete');
  assert.ok(!existsSync(join(folder, 'second')));
});

test('two runs at once into one folder: the second refuses, and the files of the first are unharmed', async (t) => {
  const out = join(temporaryFolder(t), 'run');
  const runs = [startCommandLine(t, sse(out)), startCommandLine(t, sse(out))];
  const codes = await Promise.all(runs.map(({ ended }) => ended));
  assert.deepEqual(
    codes.toSorted((a, b) => a! - b!),
    [0, 2],
    runs.map(({ output }) => output.stderr).join(),
  );
  assert.equal(readResult(join(out, 'result.json')).trials.length, 1);
});

test('clock steps: durations and latencies come from the monotonic clock alone', async (t) => {
  const out = join(temporaryFolder(t), 'run');
  const clock = new URL('../helpers/stepping-clock.ts', import.meta.url).href;
  const startMs = performance.now();
  const { ended, output } = startCommandLine(t, sse(out), { env: { NODE_OPTIONS: `--import=${clock}` } });
  assert.equal(await ended, 0, output.stderr);
  const tookMs = performance.now() - startMs;
  const { run, trials } = readResult(join(out, 'result.json'));
  const [trial] = trials;
  assert.ok(Math.abs(Date.parse(run.startedAt) - Date.now()) > 1000, 'the clock was indeed set');
  assert.equal(trial!.ledger.delivered, 20 * 5);
  assert.ok(trial!.latencyUs.max < tookMs * 1000 && trial!.latencyUs.negative.minUs > -5);
  const runMs = Date.parse(run.finishedAt!) - Date.parse(run.startedAt);
  assert.ok(runMs > 0 && runMs < tookMs, `the run says that it took ${runMs} ms`);
});

test('a window that can hold no tick is refused before anything starts', async (t) => {
  const out = join(temporaryFolder(t), 'run');
  const { ended, output } = startCommandLine(t, ['--duration', '100ms', '--rate', '0.5', '--out', out]);
  assert.equal(await ended, 2, output.stderr);
  assert.match(output.stderr, /--duration 100ms: holds no tick at 0\.5 ticks\/s; allowed: from 2s on/);
  assert.equal(existsSync(out), false);
});

test('controller killed: children end with it, and the journal gives every trial but the running one', async (t) => {
  const out = join(temporaryFolder(t), 'run');
  const { child, output, ended } = startCommandLine(t, [...sse(out, 50), '--progress', 'json']);
  await until(() => times(output.stderr, '"type":"trial-end"') >= 2, 'two trials have ended', 30_000);
  await until(() => partsOf(child.pid!, SERVER).length > 0, 'the third runs', 30_000);
  const parts = childrenOf(child.pid!);
  const measured = times(output.stderr, '"type":"trial-end"');
  child.kill('SIGKILL');
  await ended;
  await until(() => !parts.some(isRunning), 'no orphan is left');
  const report = startCommandLine(t, ['report', out]);
  assert.equal(await report.ended, 0, report.output.stderr);
  const { run, trials } = readResult(join(out, 'result.json'));
  assert.equal(run.status, 'interrupted');
  assert.ok(trials.length >= measured, `${trials.length} of ${measured}`);
  assert.ok(existsSync(join(out, 'report.html')));
});

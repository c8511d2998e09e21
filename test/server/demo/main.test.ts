import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../../helpers/command-line.ts';
import { commandOf, descendantsOf, isRunning } from '../../helpers/processes.ts';
import { until } from '../../helpers/until.ts';

const MAIN = fileURLToPath(new URL('../../../server/demo/main.ts', import.meta.url));

function run(t: TestContext, ...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const exitCode = once(child, 'exit').then(([code]) => code as number | null);
  return { child, output, exitCode };
}

async function running(t: TestContext) {
  const started = run(t, '--port', '0');
  await until(() => started.output.stdout.includes('Ctrl-C'), 'the page is announced', 20_000);
  const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(started.output.stdout)![0];
  return { ...started, origin };
}

test('a taken port is named, with another that is free, and ends with 6', async (t) => {
  const holder = createServer().listen(0, '127.0.0.1');
  t.after(() => holder.close());
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  const { output, exitCode } = run(t, '--port', String(port));
  assert.equal(await exitCode, 6);
  assert.match(output.stderr, new RegExp(`^pushbench: port ${port} is taken.*npm start -- --port (\\d+)\\n$`));
  assert.ok(!output.stderr.includes(' at '), 'no stack');
});

test('npm is ended: the live page ends as well', async (t) => {
  const npm = spawn('npm', ['start', '--', '--port', '0'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  npm.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  await until(() => said.includes('Ctrl-C'), 'the page is announced', 60_000);
  const family = descendantsOf(npm.pid!);
  t.after(() => family.filter(isRunning).forEach((pid) => process.kill(pid, 'SIGKILL')));
  assert.ok(family.some((pid) => commandOf(pid).includes('server/demo/main.ts')));
  npm.kill('SIGTERM');
  await until(() => !family.some(isRunning), 'no process is left', 20_000);
});

test('bad usage ends with 2 and says what was meant', async (t) => {
  const cases: [string[], RegExp][] = [
    [['--prot', '9000'], /--prot: unknown flag; did you mean --port\?/],
    [['--port', '70000'], /--port.*70000.*0 to 65535/],
    [['--rate', 'NaN'], /--rate.*0\.5 to 50/],
    [['--payload', '-1'], /--payload.*64 to 16384/],
    [['now'], /now/],
  ];
  for (const [args, message] of cases) {
    const { output, exitCode } = run(t, ...args);
    assert.equal(await exitCode, 2, args.join(' '));
    assert.match(output.stderr, message);
    assert.equal(output.stdout, '');
  }
});

test('Ctrl-C ends it within seconds, streams and pages open, with 130; SIGTERM with 143', async (t) => {
  for (const [signal, expected] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const { child, origin, exitCode, output } = await running(t);
    const stream = await fetch(`${origin}/sse`);
    const feed = await fetch(`${origin}/feed/sse`);
    const page = await (await fetch(origin)).text();
    const ends = Promise.allSettled([stream.text(), feed.text()]);
    assert.match(page, /See it happen/);
    const startMs = performance.now();
    child.kill(signal);
    assert.equal(await exitCode, expected);
    assert.ok(performance.now() - startMs < 5000);
    assert.deepEqual(
      (await ends).map(({ status }) => status),
      ['fulfilled', 'fulfilled'],
    );
    assert.equal(output.stderr, '');
  }
});

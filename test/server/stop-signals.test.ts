import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { stopOrders } from '../../server/stop-signals.ts';
import { isRunning } from '../helpers/processes.ts';
import { until } from '../helpers/until.ts';

const MODULE = fileURLToPath(new URL('../../server/stop-signals.ts', import.meta.url));

test('one Ctrl-C that arrives twice is one order; a later one insists', () => {
  let atMs = 1000;
  const orders: string[] = [];
  const on = stopOrders(
    (signal) => orders.push(`first ${signal}`),
    (signal) => orders.push(`again ${signal}`),
    () => atMs,
  );
  on('SIGINT');
  atMs += 4;
  on('SIGINT');
  on('SIGTERM');
  assert.deepEqual(orders, ['first SIGINT']);
  atMs += 1000;
  on('SIGINT');
  assert.deepEqual(orders, ['first SIGINT', 'again SIGINT']);
});

/** A shell between this process and a program that says each order; the shell stays, since it has more to do afterwards. */
async function underShell(env: Record<string, string>) {
  const program =
    `import { onStopSignal } from ${JSON.stringify(MODULE)};` +
    `onStopSignal((signal) => process.stdout.write(signal + '\\n', () => process.exit(0)));` +
    `setInterval(() => undefined, 1000);` +
    `process.stdout.write('pid ' + process.pid + '\\n');`;
  const quoted = `'${program.replaceAll("'", String.raw`'\''`)}'`;
  const shell = spawn('/bin/sh', ['-c', `"$NODE" --input-type=module -e ${quoted}; true`], {
    env: { ...process.env, NODE: process.execPath, npm_lifecycle_event: undefined, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  shell.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  await until(() => said.includes('\n'), 'the program has started', 20_000);
  const pid = Number(/pid (\d+)/.exec(said)![1]);
  return { shell, pid, said: () => said };
}

test(
  'a program whose package runner is killed is told so as by SIGTERM',
  { skip: process.platform === 'win32' },
  async (t) => {
    const { shell, pid, said } = await underShell({ npm_lifecycle_event: 'bench' });
    t.after(() => isRunning(pid) && process.kill(pid, 'SIGKILL'));
    shell.kill('SIGKILL');
    await until(() => !isRunning(pid), 'the program has ended');
    assert.match(said(), /^pid \d+\nSIGTERM\n$/);
  },
);

test(
  'without a package runner a program outlives the shell that started it',
  { skip: process.platform === 'win32' },
  async (t) => {
    const { shell, pid, said } = await underShell({});
    t.after(() => isRunning(pid) && process.kill(pid, 'SIGKILL'));
    shell.kill('SIGKILL');
    await once(shell, 'exit');
    // another signal is heard: nothing came before it
    process.kill(pid, 'SIGHUP');
    // what it said may come after it is gone
    await until(() => !isRunning(pid) && said().includes('SIG'), 'the program has ended');
    assert.match(said(), /^pid \d+\nSIGHUP\n$/);
  },
);

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ownCommit, variablesOf } from '../../../bench/machine/environment.ts';
import type { Environment } from '../../../bench/result/schema.ts';
import { ROOT } from '../../helpers/command-line.ts';
import { temporaryFolder } from '../../helpers/temporary.ts';

/** What a process of its own records, started by this command. */
function environmentBelow(before: readonly string[], env: Record<string, string> = {}): Environment {
  const program = `
    import { readEnvironment } from './bench/machine/environment.ts';
    console.log(JSON.stringify(readEnvironment()));`;
  const [command, ...args] = [...before, process.execPath, '--input-type=module', '-e', program];
  const options = { cwd: ROOT, encoding: 'utf8', env: { PATH: process.env['PATH'], ...env } } as const;
  const { stdout, stderr } = spawnSync(command, args, options);
  assert.equal(stderr, '');
  return JSON.parse(stdout) as Environment;
}

const withoutSecondCore =
  spawnSync('taskset', ['-c', '1', 'true']).status === 0 && cpus().length > 1
    ? false
    : 'there is no taskset, or no second core';

test('what reaches into every process by the environment is recorded, and nothing else of it', () => {
  const env = { NODE_OPTIONS: '--import=apm', NODE_ENV: 'production', LD_PRELOAD: '', HOME: '/h', SECRET: 'x' };
  assert.deepEqual(variablesOf(env), { NODE_OPTIONS: '--import=apm', NODE_ENV: 'production' });
  assert.deepEqual(variablesOf({}), {});
});

test('a process that was given NODE_OPTIONS says so, and what server and agents are given', () => {
  const { variables, execArgv } = environmentBelow([], { NODE_OPTIONS: '--no-deprecation' });
  assert.deepEqual(variables, { NODE_OPTIONS: '--no-deprecation' });
  assert.deepEqual(execArgv, ['--expose-gc']);
});

test('what is kept away from server and agents is not recorded: it changes nothing', () => {
  const proxies = { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'http://127.0.0.1:9' };
  assert.deepEqual(environmentBelow([], { ...proxies, NODE_OPTIONS: '--use-env-proxy' }).variables, {});
  const { variables } = environmentBelow([], { ...proxies, NODE_OPTIONS: '--use-env-proxy --no-deprecation' });
  assert.deepEqual(variables, { NODE_OPTIONS: '--no-deprecation' });
});

test('cores are those that the processes may use', { skip: withoutSecondCore }, () => {
  const { cores, coreList } = environmentBelow(['taskset', '-c', '1']);
  assert.deepEqual([cores, coreList], [1, '1']);
});

test('the commit is that of the program, not of a checkout that it was unpacked into, or that a git hook is about', (t) => {
  const foreign = temporaryFolder(t);
  const git = (...args: string[]) => {
    const name = ['-c', 'user.name=a', '-c', 'user.email=a@example.org'];
    const { status, stderr } = spawnSync('git', [...name, ...args], { cwd: foreign, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  };
  git('init', '--quiet');
  git('commit', '--quiet', '--allow-empty', '--message', 'a');
  const unpacked = join(foreign, 'pushbench');
  mkdirSync(unpacked);
  assert.equal(ownCommit(unpacked), null);
  const own = ownCommit(foreign);
  assert.match(own!, /^[0-9a-f]{12}$/);
  process.env['GIT_DIR'] = join(temporaryFolder(t), 'nowhere');
  t.after(() => delete process.env['GIT_DIR']);
  assert.equal(ownCommit(foreign), own);
});

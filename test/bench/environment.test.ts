import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { allowedCores } from '../../bench/cores.ts';
import { readEnvironment, variablesOf } from '../../bench/environment.ts';
import type { Environment } from '../../bench/result/schema.ts';
import { ROOT } from '../helpers/command-line.ts';

test('what reaches into every process by the environment is recorded, and nothing else of it', () => {
  const env = { NODE_OPTIONS: '--import=apm', NODE_ENV: 'production', LD_PRELOAD: '', HOME: '/h', SECRET: 'x' };
  assert.deepEqual(variablesOf(env), { NODE_OPTIONS: '--import=apm', NODE_ENV: 'production' });
  assert.deepEqual(variablesOf({}), {});
});

test('a process that was given NODE_OPTIONS says so, and what server and agents are given', () => {
  const program = `import { readEnvironment } from './bench/environment.ts'; console.log(JSON.stringify(readEnvironment()));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], NODE_OPTIONS: '--no-deprecation' },
  });
  const { variables, execArgv } = JSON.parse(stdout || 'null') as Environment;
  assert.deepEqual(variables, { NODE_OPTIONS: '--no-deprecation' }, stderr);
  assert.deepEqual(execArgv, ['--expose-gc']);
});

test('cores are those that the processes may use', () => {
  assert.equal(readEnvironment().cores, allowedCores().length);
});

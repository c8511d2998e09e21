import assert from 'node:assert/strict';
import { test } from 'node:test';

// without types, since whatever Node the machine has must be able to run it
const { installCommand, runnerProblem } = (await import(new URL('../../scripts/npm.mjs', import.meta.url).href)) as {
  installCommand: (env: Record<string, string | undefined>, node: string) => [string, string[]];
  runnerProblem: (env: Record<string, string | undefined>, version: string) => string | null;
};

const NPM = '/usr/lib/node_modules/npm/bin/npm-cli.js';

test('what installs is npm, whoever runs the script', () => {
  const [command, args] = installCommand(
    { npm_config_user_agent: 'npm/11.19.1 node/v20.20.2', npm_execpath: NPM },
    '/usr/bin/node',
  );
  assert.deepEqual([command, ...args.slice(0, 2)], ['/usr/bin/node', NPM, 'ci']);
  for (const [agent, path] of [
    ['yarn/1.22.22 npm/? node/v20.20.2 linux x64', '/opt/yarn/bin/yarn.js'],
    ['pnpm/12.0.0 npm/? node/v20.20.2 linux x64', '/opt/pnpm/pnpm'],
    ['bun/1.4.5 npm/? node/v24.3.0 linux x64', '/opt/bun/bun'],
    [undefined, undefined],
  ]) {
    const other = installCommand({ npm_config_user_agent: agent, npm_execpath: path }, '/usr/bin/node');
    assert.deepEqual([other[0], other[1][0]], ['npm', 'ci'], String(agent));
  }
});

test('a dry run that npm took for itself installs all the same', () => {
  assert.ok(installCommand({ npm_config_dry_run: 'true' }, '/usr/bin/node')[1].includes('--dry-run=false'));
});

test('yarn on a Node that cannot run TypeScript is told before anything is installed, and what to do', () => {
  const yarn = { npm_config_user_agent: 'yarn/1.22.22 npm/? node/v20.20.2 linux x64', npm_lifecycle_event: 'prebench' };
  assert.match(runnerProblem(yarn, '20.20.2')!, /yarn runs scripts on its own Node, and 20\.20\.2 .* 'npm run bench'/);
  assert.equal(runnerProblem(yarn, '22.18.0'), null);
  assert.equal(runnerProblem(yarn, '26.10.0'), null);
  assert.equal(runnerProblem({ npm_config_user_agent: 'npm/11.19.1 node/v20.20.2' }, '20.20.2'), null);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';

// without types, since whatever Node the machine has must be able to run it
const { npmCommand } = (await import(new URL('../../scripts/npm.mjs', import.meta.url).href)) as {
  npmCommand: (env: Record<string, string | undefined>, node: string) => string[];
};

const NPM = '/usr/lib/node_modules/npm/bin/npm-cli.js';

test('what installs is npm, whoever runs the script', () => {
  assert.deepEqual(
    npmCommand({ npm_config_user_agent: 'npm/11.19.1 node/v20.20.2', npm_execpath: NPM }, '/usr/bin/node'),
    ['/usr/bin/node', NPM],
  );
  for (const [agent, path] of [
    ['yarn/1.22.22 npm/? node/v20.20.2 linux x64', '/opt/yarn/bin/yarn.js'],
    ['pnpm/12.0.0 npm/? node/v20.20.2 linux x64', '/opt/pnpm/pnpm'],
    ['bun/1.4.5 npm/? node/v24.3.0 linux x64', '/opt/bun/bun'],
  ]) {
    const env = { npm_config_user_agent: agent, npm_execpath: path };
    assert.deepEqual(npmCommand(env, '/usr/bin/node'), ['npm'], String(agent));
  }
  assert.deepEqual(npmCommand({}, '/usr/bin/node'), ['npm']);
});

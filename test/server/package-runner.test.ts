import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startedByRunner, swallowedFlags, swallowedMessage, userDirectory } from '../../server/package-runner.ts';

/** As npm 11 sets it for `npm run bench`. */
const NPM = {
  npm_lifecycle_event: 'bench',
  npm_config_user_agent: 'npm/11.19.1 node/v20.20.2 linux x64 workspaces/false',
  npm_execpath: '/usr/lib/node_modules/npm/bin/npm-cli.js',
  npm_config_userconfig: '/home/u/.npmrc',
  INIT_CWD: '/home/u/project/docs',
};
const NAMES = ['clients', 'dry-run', 'json', 'color', 'progress', 'quick'];
const nothing = () => null;

test('a package runner is known by the name of the script that it runs; what others inherit is not', () => {
  for (const event of ['bench', 'bench:self', 'start'])
    assert.equal(startedByRunner({ npm_lifecycle_event: event }), true, event);
  for (const event of ['test', 'starter', undefined])
    assert.equal(startedByRunner({ npm_lifecycle_event: event }), false, String(event));
});

test('what npm took for itself is found: with --dry-run before the --, a whole run began', () => {
  const env = {
    ...NPM,
    npm_config_dry_run: 'true',
    npm_config_clients: '5',
    npm_config_json: '',
    npm_config_quick: 'false',
  };
  const taken = swallowedFlags(env, NAMES, nothing);
  assert.deepEqual(taken, ['--clients=5', '--dry-run']);
  assert.equal(
    swallowedMessage(taken, 'npm run bench'),
    'npm took --clients=5 --dry-run for itself; flags come after --: npm run bench -- --clients=5 --dry-run',
  );
});

test('what stands in a file of settings was not typed, and what concerns only the display is never refused', () => {
  const env = { ...NPM, npm_config_json: 'true', npm_config_color: 'always', npm_config_progress: 'true' };
  const settings = (file: string) => (file === '/home/u/.npmrc' ? 'fund=false\njson=true\n' : null);
  assert.deepEqual(swallowedFlags(env, NAMES, settings), []);
  assert.deepEqual(swallowedFlags(env, NAMES, nothing), ['--json']);
});

test('other runners hand all flags on, and what an outer npm took is not ours', () => {
  const env = { ...NPM, npm_config_dry_run: 'true' };
  assert.deepEqual(swallowedFlags({ ...env, npm_config_user_agent: 'pnpm/12.0.0 npm/? node/v26' }, NAMES, nothing), []);
  assert.deepEqual(swallowedFlags({ ...env, npm_lifecycle_event: 'test' }, NAMES, nothing), []);
});

test('paths are meant from where the user stands', () => {
  assert.equal(userDirectory(NPM, '/home/u/project'), '/home/u/project/docs');
  assert.equal(userDirectory({ ...NPM, npm_lifecycle_event: 'test' }, '/home/u/project'), '/home/u/project');
  assert.equal(userDirectory({}, '/tmp'), '/tmp');
});

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { lookForTarget } from '../../../bench/target/installed.ts';
import { temporaryFolder } from '../../helpers/temporary.ts';

test('a server is installed where its program is there and its version command answers', async (t) => {
  const cwd = temporaryFolder(t);
  const look = (start: object) =>
    lookForTarget(
      { name: 'x', start: { cwd, command: ['node'], ...start }, publish: 'stdin', transports: {} },
      process.env,
    );
  const prints = (text: string) => ['node', '-e', `console.error(${JSON.stringify(text)})`];
  assert.deepEqual(await look({ version: prints('x 1.2\nof today') }), {
    isInstalled: true,
    version: 'x 1.2',
    isToBeBuilt: false,
  });
  assert.deepEqual(await look({}), { isInstalled: true, version: null, isToBeBuilt: false });
  const no = { isInstalled: false, version: null, isToBeBuilt: false };
  assert.deepEqual(await look({ command: ['no-such-program'], version: prints('1') }), no, 'its program is missing');
  assert.deepEqual(await look({ version: ['node', '-e', 'require("no-such-package")'] }), no, 'a package is missing');
  assert.deepEqual(await look({ version: ['no-such-program'] }), no);
});

test('what is built before the first start is installed with what builds it', async (t) => {
  const cwd = temporaryFolder(t);
  const look = (build: string[]) =>
    lookForTarget(
      {
        name: 'x',
        start: { cwd, build, command: ['./server'], version: ['node', '-e', 'process.exit(1)'] },
        publish: 'stdin',
        transports: {},
      },
      process.env,
    );
  assert.deepEqual(await look(['node', 'make.mjs']), { isInstalled: true, version: null, isToBeBuilt: true });
  assert.equal((await look(['no-such-compiler'])).isInstalled, false);
  writeFileSync(join(cwd, 'server'), '', { mode: 0o755 });
  assert.equal((await look(['node', 'make.mjs'])).isToBeBuilt, false);
});

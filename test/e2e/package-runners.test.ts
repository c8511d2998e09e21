// What `npm run` does to the command line, with the npm of this machine.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../helpers/command-line.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

function npm(args: readonly string[], cwd = ROOT) {
  return spawnSync('npm', args, {
    cwd,
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, INIT_CWD: undefined },
  });
}

test('--json is one document with the command that --help teaches', () => {
  const { stdout, stderr, status } = npm(['run', '-s', 'bench', '--', '--dry-run', '--json']);
  assert.equal(status, 0, stderr);
  assert.equal((JSON.parse(stdout) as { trials: number }).trials, 32);
});

test('flags before the -- are refused, as npm takes them for itself', () => {
  for (const [script, flags] of [
    ['bench', ['--dry-run']],
    ['bench', ['--clients', '5']],
    ['start', ['--port=9000']],
  ] as const) {
    const { stderr, status } = npm(['run', script, ...flags]);
    assert.equal(status, 2, `${script} ${flags.join(' ')}: ${stderr}`);
    assert.match(stderr, new RegExp(`flags come after --: npm (run )?${script} -- `));
  }
});

test('a relative path is meant from the folder in which npm was called', (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'below'));
  const args = [
    'run',
    '-s',
    'bench',
    '--prefix',
    ROOT,
    '--',
    'compare',
    'sample',
    'sample',
    '--html',
    'below/page.html',
  ];
  const { stdout, stderr, status } = npm(args, folder);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /Page: below.page\.html/);
  assert.ok(existsSync(join(folder, 'below', 'page.html')));
});

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isPinned, onCores, place } from '../../../bench/machine/pinning.ts';
import { ROOT } from '../../helpers/command-line.ts';
import { temporaryFolder } from '../../helpers/temporary.ts';

test('servers get the first cores that may be used, agents share the others', () => {
  assert.deepEqual(place(1, 1, [4, 5], true), { servers: [4], agents: [5], proxy: null });
  assert.deepEqual(place(2, 3, [0, 2, 5, 7], true), { servers: [0, 2], agents: [5, 7, 5], proxy: null });
});

test('without a core for the agents, or unasked, nobody is pinned', () => {
  assert.deepEqual(place(1, 2, [1], true), { servers: [null], agents: [null, null], proxy: null });
  assert.deepEqual(place(1, 1, [0, 1], false), { servers: [null], agents: [null], proxy: null });
});

test('a proxy has the core behind the servers, alone where more than one is left', () => {
  assert.deepEqual(place(1, 2, [0, 1, 2, 3], true, true), { servers: [0], agents: [2, 3], proxy: 1 });
  assert.deepEqual(place(1, 1, [0, 1], true, true), { servers: [0], agents: [1], proxy: 1 });
  assert.deepEqual(place(1, 1, [0], true, true), { servers: [null], agents: [null], proxy: null });
});

test('auto pins where that works and leaves a core to the agents; on and off are what they say', () => {
  const machine = { cores: 2, canPin: true };
  assert.equal(isPinned({ pin: 'auto', serverWorkers: 1 }, machine), true);
  assert.equal(isPinned({ pin: 'auto', serverWorkers: 2 }, machine), false);
  assert.equal(isPinned({ pin: 'auto', serverWorkers: 1 }, { ...machine, canPin: false }), false);
  assert.equal(isPinned({ pin: 'on', serverWorkers: 1 }, { ...machine, canPin: false }), true);
  assert.equal(isPinned({ pin: 'off', serverWorkers: 1 }, machine), false);
});

test('the form of the command is the one that BusyBox knows as well', () => {
  assert.deepEqual(onCores([4], ['node', 'x.ts']), ['taskset', '-c', '4', 'node', 'x.ts']);
});

/** What the program finds with this taskset first on its path, or with none at all. */
function problemWith(t: TestContext, script: string | null): string {
  const folder = temporaryFolder(t);
  if (script !== null) {
    writeFileSync(join(folder, 'taskset'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'taskset'), 0o755);
  }
  const program = `import { pinProblem } from './bench/machine/pinning.ts'; console.log(pinProblem());`;
  const PATH = script === null ? folder : [folder, process.env['PATH']].join(delimiter);
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, PATH },
  });
  assert.equal(stderr, '');
  return stdout.trim();
}

test(
  'pinning is tried before it is relied on',
  { skip: process.platform !== 'linux' && 'taskset is of Linux' },
  (t) => {
    assert.match(problemWith(t, null), /taskset .* was not found/);
    const refused = problemWith(
      t,
      `echo "taskset: failed to set pid 7's affinity: Operation not permitted" >&2; exit 1`,
    );
    assert.match(refused, /^'taskset -c \d+' failed when it was tried \(.*Operation not permitted\)$/);
    assert.match(problemWith(t, 'exit 3'), /exit code 3/);
    // as a sandbox that takes the call for done: nothing is pinned to core 511
    const idle = `printf 'Cpus_allowed_list:\\t0-511\\n'`;
    assert.match(problemWith(t, idle), /had no effect/);
  },
);

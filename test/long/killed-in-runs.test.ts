// Every pair of what test/e2e/faults-run.test.ts mixes: who dies, and whether the trial that repeats it dies as well.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readResult } from '../../bench/result/store.ts';
import { small, startCommandLine } from '../helpers/command-line.ts';
import { AGENT, killInTrials, lossesOf, SERVER } from '../helpers/kill-in-trials.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

for (const [what, entry, code] of [
  ['agent', AGENT, 'AGENT_LOST'],
  ['server', SERVER, 'SERVER_LOST'],
] as const)
  for (const times of [1, 2]) {
    test(`${what} dies in ${times === 1 ? 'a trial' : 'both trials'} of a run`, async (t) => {
      const out = join(temporaryFolder(t), 'run');
      const flags = [...small(), '--transports', 'sse', '--blocks', '1', '--progress', 'json', '--out', out];
      const started = startCommandLine(t, flags);
      await killInTrials(
        started,
        Array.from({ length: times }, () => entry),
      );
      assert.equal(await started.ended, times === 1 ? 0 : 3, started.output.stderr);
      const { trials, run } = readResult(join(out, 'result.json'));
      assert.equal(run.status, 'complete');
      assert.deepEqual(lossesOf(trials), [
        [1, code],
        [2, times === 1 ? '' : code],
      ]);
      assert.ok(readFileSync(join(out, 'report.html'), 'utf8').includes(code));
      t.diagnostic(`invalid by ${code}, run again once, ended with ${times === 1 ? 0 : 3}`);
    });
  }

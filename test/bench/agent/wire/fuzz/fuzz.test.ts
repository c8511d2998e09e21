// A short run of what `npm run fuzz` does at length, and every input that it ever found.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { everySplit } from '../shared-read.ts';
import { readCorpus } from './corpus.ts';
import { fuzz } from './fuzz.ts';
import { minimise } from './minimise.ts';
import { inputOf } from './mutate.ts';
import type { FuzzTarget } from './target.ts';
import { FUZZ_TARGETS } from './targets.ts';

const RUNS = 3000;
const EVERY_SPLIT_TO_BYTES = 1000;

for (const target of FUZZ_TARGETS) {
  describe(target.name, () => {
    test(`${RUNS} damaged inputs are read as the reference reads them`, async () => {
      const { runs, findings } = await fuzz(target, { seed: 1, runs: RUNS });
      assert.equal(runs, RUNS);
      assert.deepEqual(
        findings.map(({ run, wrong }) => `input ${run}: ${wrong}`),
        [],
      );
    });

    for (const [name, { why, input }] of readCorpus(target.name)) {
      test(`${name}, under every split (${why})`, async () => {
        const bytes = Buffer.from(input, 'latin1');
        const splits = [...everySplit(bytes.length)];
        // Of a long one as many as there are of a short one.
        const step = Math.ceil(splits.length / EVERY_SPLIT_TO_BYTES);
        for (let index = 0; index < splits.length; index += step) {
          const cuts = splits[index]!;
          assert.equal(await target.check(bytes, cuts), undefined, `cut at ${cuts.join()}`);
        }
      });
    }
  });
}

test('inputs repeat with the seed and the number of the run, and differ otherwise', () => {
  for (const target of FUZZ_TARGETS) {
    const inputs = [1, 1, 2].map((seed) =>
      Array.from({ length: 50 }, (_, run) => {
        const { bytes, cuts } = inputOf(target, seed, run);
        return `${Buffer.from(bytes).toString('hex')} ${cuts.join()}`;
      }),
    );
    assert.deepEqual(inputs[0], inputs[1]);
    assert.notDeepEqual(inputs[0], inputs[2]);
    assert.ok(new Set(inputs[0]).size > 15, target.name);
  }
});

/** A parser that cannot bear an X before a Y. */
const BROKEN: FuzzTarget = {
  name: 'broken',
  sample: () => Buffer.from('some bytes, among them X, and after them Y, and more'),
  dictionary: [' '],
  check: (bytes) => {
    const text = Buffer.from(bytes).toString('latin1');
    return text.indexOf('X') >= 0 && text.indexOf('Y') > text.indexOf('X') ? `X at ${text.indexOf('X')}` : undefined;
  },
};

test('a fault is found once, with the number of its run, and made as short as it can be', async () => {
  const { findings } = await fuzz(BROKEN, { seed: 1, runs: 100 });
  assert.deepEqual(
    findings.map(({ bytes }) => Buffer.from(bytes).toString()),
    ['XY'],
  );
  const { bytes } = inputOf(BROKEN, 1, findings[0]!.run);
  assert.equal(Buffer.from(await minimise(BROKEN, bytes, 'X at 0')).toString(), 'XY');
});

test('time ends a run between two inputs', async () => {
  const { runs } = await fuzz(BROKEN, { seed: 1, runs: 1e9, untilMs: performance.now() + 50 });
  assert.ok(runs > 0 && runs < 1e9);
});

test('npm run fuzz says what it did and keeps no memory', () => {
  const script = fileURLToPath(new URL('../../../../../scripts/fuzz.ts', import.meta.url));
  const args = ['--expose-gc', script, '--seed', '7', '--runs', '2000', '--parser', 'sse'];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.match(stdout, /^seed 7\nsse: 2000 inputs in \d+ s, 0 findings, memory grown by -?\d+ KiB\n$/);
  assert.equal(status, 0);
});

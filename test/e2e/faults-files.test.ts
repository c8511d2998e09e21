// Corrupt, truncated and newer result files and journals: golden ones, damaged in a few hundred seeded ways.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findRuns } from '../../bench/run/past-runs.ts';
import { PushbenchError } from '../../bench/basics/errors.ts';
import { resultFromJournal } from '../../bench/run/assemble.ts';
import type { RunResult } from '../../bench/result/schema.ts';
import { readResult } from '../../bench/result/store.ts';
import { buildReport } from '../../report/build.ts';
import { ROOT, startCommandLine } from '../helpers/command-line.ts';
import { damaged } from '../helpers/mutations.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

const GOLDEN = readFileSync(join(ROOT, 'test/fixtures/result-v1.json'), 'utf8');
const ROUNDS = 400;

/** The journal of the golden run: its head, then its trials, a line each. */
function goldenJournal(): string {
  const { schemaVersion, run, plan, environment, trials } = JSON.parse(GOLDEN) as RunResult;
  const lines = [{ schemaVersion, run, plan, environment }, ...trials];
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
}

/** The golden run with every histogram of delivery latencies cut short. */
function brokenHistograms(): string {
  const result = JSON.parse(GOLDEN) as RunResult;
  for (const { latencyUs } of result.trials) latencyUs.hdr = latencyUs.hdr.slice(0, 40);
  return JSON.stringify(result);
}

/** The golden run, said to be of another version of the schema. */
function versioned(schemaVersion: number | string): string {
  return JSON.stringify({ ...(JSON.parse(GOLDEN) as RunResult), schemaVersion });
}

/** A file either is read, or there is a sentence for its user that names it. */
function readOrTold(read: (path: string) => RunResult, path: string, what: string): RunResult | null {
  try {
    return read(path);
  } catch (error) {
    assert.ok(error instanceof PushbenchError, `${what}: ${error instanceof Error ? error.stack : String(error)}`);
    assert.equal(error.reason, 'usage', `${what}: ${error.message}`);
    assert.ok(error.message.includes(path), `${what}: ${error.message}`);
    return null;
  }
}

test(`corrupt result files: ${ROUNDS} damaged ones are read or named, and what is read can be shown`, async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'result.json');
  let accepted = 0;
  for (let number = 0; number < ROUNDS; number++) {
    writeFileSync(path, damaged(GOLDEN, number), 'latin1');
    const result = readOrTold(readResult, path, `damage ${number}`);
    if (result === null) continue;
    accepted++;
    await buildReport(result).catch((error: unknown) => {
      assert.ok(error instanceof PushbenchError, `damage ${number}: ${(error as Error).stack}`);
      assert.equal(error.reason, 'usage', `damage ${number}: ${error.message}`);
    });
  }
  t.diagnostic(`${ROUNDS - accepted} refused with the place, ${accepted} still sound`);
  assert.ok(accepted > 0 && accepted < ROUNDS / 2, `${accepted} were read`);
});

test(`corrupt journals: ${ROUNDS} damaged ones are read or named`, (t) => {
  const path = join(temporaryFolder(t), 'journal.ndjson');
  const whole = goldenJournal();
  let recovered = 0;
  for (let number = 0; number < ROUNDS; number++) {
    writeFileSync(path, damaged(whole, number), 'latin1');
    if (readOrTold(resultFromJournal, path, `damage ${number}`) !== null) recovered++;
  }
  t.diagnostic(`${ROUNDS - recovered} refused with their line, ${recovered} recovered`);
  assert.ok(recovered > 0);
});

test('a truncated journal gives every whole line, wherever it was cut', (t) => {
  const path = join(temporaryFolder(t), 'journal.ndjson');
  const whole = goldenJournal();
  const head = whole.indexOf('\n') + 1;
  for (let at = head; at < whole.length; at += 2999) {
    const cut = whole.slice(0, at);
    writeFileSync(path, cut);
    assert.equal(resultFromJournal(path).trials.length, cut.split('\n').length - 2, `cut at ${at}`);
  }
});

test('damaged runs are listed as such, and hide no other', async (t) => {
  const root = temporaryFolder(t);
  for (let number = 0; number < 60; number++) {
    mkdirSync(join(root, `run-${number}`));
    writeFileSync(join(root, `run-${number}`, 'result.json'), damaged(GOLDEN, number), 'latin1');
  }
  mkdirSync(join(root, 'sound'));
  writeFileSync(join(root, 'sound', 'result.json'), GOLDEN);
  const runs = (await findRuns(root))!;
  assert.equal(runs.length, 61);
  assert.equal(runs.find(({ id }) => id === 'sound')!.kind, 'run');
  assert.ok(runs.some(({ kind }) => kind === 'broken'));
});

for (const [what, content, told, next] of [
  ['truncated', GOLDEN.slice(0, 5000), /not a whole JSON document/, /can rebuild it from journal\.ndjson/],
  ['empty', '', /not a whole JSON document/, /can rebuild it from journal\.ndjson/],
  ['of a newer version', versioned(2), /schema version 2, of a newer pushbench/, /update it/],
  ['of a foreign version', versioned('x'), /schema version "x"; this pushbench reads version 1/, /or run again/],
  ['of somebody else', '{"name":"package"}', /schema version none/, /or run again/],
  [
    'corrupt at a place',
    GOLDEN.replace(/"connected": ?\d+/, '"connected": -1'),
    /does not hold to the result schema at \/trials\/0\/clients\/connected: must be >= 0/,
    /restore it, or run again/,
  ],
  // The schema cannot see this: it is found by the process that renders.
  ['with a histogram that cannot be read', brokenHistograms(), /histogram .* cannot be decoded/, /or restore the file/],
] as const) {
  test(`report on a result file ${what}: exit 2, with what, where and what next`, async (t) => {
    const folder = temporaryFolder(t);
    const file = join(folder, 'result.json');
    writeFileSync(file, content);
    const { ended, output } = startCommandLine(t, ['report', folder]);
    assert.equal(await ended, 2, output.stderr);
    assert.match(output.stderr, told);
    assert.ok(output.stderr.includes(file), output.stderr);
    assert.match(output.stderr, next);
    assert.doesNotMatch(output.stderr, /\n\s+at /, 'no stack');
    assert.deepEqual(readdirSync(folder), ['result.json'], 'nothing is written');
    assert.equal(readFileSync(file, 'utf8'), content);
  });
}

test('report on a folder without a result file, or on no folder: exit 2, with what, where and what next', async (t) => {
  const folder = temporaryFolder(t);
  for (const [given, told] of [
    [folder, /neither result\.json nor journal\.ndjson is in/],
    [join(folder, 'nowhere'), /nothing is there/],
  ] as const) {
    const { ended, output } = startCommandLine(t, ['report', given]);
    assert.equal(await ended, 2, output.stderr);
    assert.match(output.stderr, told);
    assert.ok(output.stderr.includes(given), output.stderr);
    assert.match(output.stderr, /npm run bench -- list/);
  }
});

test('report on a damaged result file whose journal is sound: exit 2, and what it advises works', async (t) => {
  for (const damage of [GOLDEN.slice(0, 5000), GOLDEN.replace(/"connected": ?\d+/, '"connected": -1')]) {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'result.json'), damage);
    writeFileSync(join(folder, 'journal.ndjson'), goldenJournal());
    const refused = startCommandLine(t, ['report', folder]);
    assert.equal(await refused.ended, 2, refused.output.stderr);
    assert.match(refused.output.stderr, /move result\.json away and repeat the command/);
    renameSync(join(folder, 'result.json'), join(folder, 'damaged.json'));
    const repeated = startCommandLine(t, ['report', folder]);
    assert.equal(await repeated.ended, 0, repeated.output.stderr);
    assert.ok(existsSync(join(folder, 'report.html')));
  }
});

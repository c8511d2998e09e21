// Corrupt, truncated and newer result files and journals: golden ones, damaged in a few hundred seeded ways.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findRuns } from '../../bench/commands/past-runs.ts';
import { PushbenchError } from '../../bench/errors.ts';
import { resultFromJournal } from '../../bench/result/journal.ts';
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

for (const [what, content, told] of [
  ['truncated', GOLDEN.slice(0, 5000), /result\.json is not a whole JSON document/],
  [
    'of a newer version',
    GOLDEN.replace('"schemaVersion": 1', '"schemaVersion": 2').replace('"schemaVersion":1', '"schemaVersion":2'),
    /schema version 2, of a newer pushbench/,
  ],
  [
    'corrupt at a place',
    GOLDEN.replace(/"connected": ?\d+/, '"connected": -1'),
    /result\.json does not hold to the result schema at \/trials\/0\/clients\/connected: must be >= 0/,
  ],
  ['with a histogram that cannot be read', brokenHistograms(), /histogram/],
  ['empty', '', /not a whole JSON document/],
] as const) {
  test(`report on a result file ${what}: exit 2 and the place`, async (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'result.json'), content);
    const { ended, output } = startCommandLine(t, ['report', folder]);
    assert.equal(await ended, 2, output.stderr);
    assert.match(output.stderr, told);
    assert.doesNotMatch(output.stderr, /\n\s+at /, 'no stack');
  });
}

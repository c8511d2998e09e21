import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgement } from '../../../bench/judge/judgement.ts';
import { runOutcome, warningsOf } from '../../../bench/command/terminal/run-outcome.ts';
import { summaryLines } from '../../../bench/command/terminal/summary.ts';
import type { RunResult } from '../../../bench/result/schema.ts';
import { standingOf } from '../../../report/figures/trust.ts';
import { warningsOf as warningsInReport } from '../../../report/figures/warnings.ts';
import { fakeCell, fakePlan, fakeResult, fakeTrial, invalidBecause } from '../command/terminal/fake-run.ts';

const cell = fakeCell();
const plan = fakePlan([cell], 2);
const bad = invalidBecause('CPU_STOLEN', 'm');
const doubtful = invalidBecause('UNSTEADY', 'm', 'caution');
const second = fakeTrial(cell, 1);
const failed = fakeTrial(cell, 0, { validity: bad });
const repeated = fakeTrial(cell, 0, { attempt: 2 });
const complete = (trials: RunResult['trials']) => fakeResult(plan, trials);
const interrupted = (trials: RunResult['trials']): RunResult => {
  const result = complete(trials);
  return { ...result, run: { ...result.run, status: 'interrupted' } };
};

const cases: [name: string, result: RunResult, status: string, why: RegExp, exit: string, codes: string[]][] = [
  ['all valid', complete([fakeTrial(cell, 0), second]), 'valid', /^2 of 2 trials valid\.$/, 'done', []],
  [
    'repeated with success',
    complete([failed, repeated, second]),
    'valid',
    /^2 of 2 trials valid, 1 invalid attempt repeated\.$/,
    'done',
    [],
  ],
  [
    'invalid both times',
    complete([failed, { ...repeated, validity: bad }, second]),
    'caution',
    /^1 of 2 trials valid, 1 invalid, 1 invalid attempt repeated\.$/,
    'invalid',
    ['CPU_STOLEN'],
  ],
  [
    'interrupted after a repetition',
    interrupted([failed, repeated, second]),
    'caution',
    /; interrupted after 2 of 2 trials\.$/,
    'done',
    [],
  ],
  [
    'a caution',
    complete([fakeTrial(cell, 0, { validity: doubtful }), second]),
    'caution',
    /^1 of 2 trials valid, 1 with a caution\.$/,
    'done',
    ['UNSTEADY'],
  ],
  ['empty', complete([]), 'invalid', /no trial\.$/, 'done', []],
];

for (const [name, result, status, why, exit, codes] of cases) {
  test(`terminal, report and exit code judge a run alike: ${name}`, () => {
    assert.equal(judgement(result).status, status);
    assert.equal(standingOf(result).status, status);
    assert.match(standingOf(result).why, why);
    assert.equal(runOutcome(result), exit);
    const shown = summaryLines(result, { result: 'r', report: null, next: 'n' }, 100, (_, text) => text).join(' ');
    assert.equal(/1 invalid attempt repeated/.test(shown), judgement(result).repeated > 0, shown);
    const inTerminal = warningsOf(result).map(({ code }) => code);
    const inReport = warningsInReport(result).map(({ code }) => code);
    assert.deepEqual([inTerminal, inReport], [codes, codes]);
  });
}

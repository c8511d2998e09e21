import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunResult, Trial } from '../../../bench/result/schema.ts';
import { compareRuns } from '../../../bench/judge/compare-runs.ts';
import { aloneText, changeSentence, conclusion } from '../../../report/comparison/words.ts';
import { AGENT_SATURATED, fixtureResult } from '../../helpers/result-fixture.ts';

const faster = (trial: Trial): Trial => ({
  ...trial,
  latencyUs: { ...trial.latencyUs, p99: trial.latencyUs.p99 / 3 },
});

const before = fixtureResult({ transports: ['sse'] });

const sentences = (after: RunResult) =>
  compareRuns(before, after)
    .changes.filter(({ outcome }) => outcome === 'better' || outcome === 'worse')
    .map((change) => changeSentence(change, before));

test('a change reads as a sentence with its direction, amount, medians and interval', () => {
  const after = fixtureResult({ transports: ['sse'], edit: faster });
  assert.equal(sentences(after).length, 1);
  assert.match(
    sentences(after)[0] ?? '',
    /^Latency p99 of SSE fell by 66\.\d %, from 1\d\.\d ms to 3\.\d+ ms \(95 % interval -\d+\.\d to -\d+\.\d\)\.$/,
  );
  assert.deepEqual(sentences(before), []);
});

test('the conclusion counts outcomes, or says why there are none', () => {
  assert.match(conclusion(compareRuns(before, before)), /^\d equivalent and \d cannot tell, of 7 figures in 1 cell\.$/);
  const other = { ...before, environment: { ...before.environment, cores: 8, node: '27.0.0' } };
  assert.match(
    conclusion(compareRuns(before, other)),
    /^No verdicts: the runs were not made alike \(cores and Node major version\)/,
  );
  const few = fixtureResult({ transports: ['sse'], blocks: 5 });
  assert.match(conclusion(compareRuns(before, few)), /each run needs 6 trials of a cell that are not invalid/);
  const invalid = fixtureResult({ transports: ['sse'], validity: () => AGENT_SATURATED });
  assert.match(conclusion(compareRuns(before, invalid)), /each run needs 6 trials/);
  const elsewhere = fixtureResult({ transports: ['sse'], clients: [77] });
  assert.match(conclusion(compareRuns(before, elsewhere)), /^Nothing to compare/);
});

test('cells that only one run has are counted', () => {
  assert.equal(aloneText(compareRuns(before, before)), '');
  assert.equal(
    aloneText(compareRuns(before, fixtureResult({ transports: ['sse', 'websocket', 'polling'] }))),
    'Not compared: 2 cells only in B.',
  );
});

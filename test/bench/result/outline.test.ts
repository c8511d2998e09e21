import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outlineOf } from '../../../bench/result/outline.ts';
import type { RunResult } from '../../../bench/result/schema.ts';
import { judgement } from '../../../bench/judge/judgement.ts';
import { AGENT_SATURATED, FEED_LATE, fixtureResult, hostileResult, VALID } from '../../helpers/result-fixture.ts';

const judged = withJudgement(
  fixtureResult({
    blocks: 2,
    validity: ({ transport }, block) => {
      if (transport === 'sse') return AGENT_SATURATED;
      return block === 1 && transport === 'polling' ? FEED_LATE : VALID;
    },
  }),
);

/** As results are written: the judgement before the trials. */
function withJudgement({ trials, cells, comparisons, verdicts, ...head }: RunResult): RunResult {
  return { ...head, judgement: judgement({ ...head, trials }), trials, cells, comparisons, verdicts };
}

test('an outline is the result without its trials, which are not even parsed', () => {
  const text = JSON.stringify(judged).replace(/,"trials":\[.*\],"cells":\[/, ',"trials":[not JSON],"cells":[');
  assert.deepEqual(outlineOf(Buffer.from(`${text}\n`)), { ...judged, trials: [] });
});

test('a file that was formatted anew gives the same outline', () => {
  const written = outlineOf(Buffer.from(JSON.stringify(judged)));
  assert.deepEqual(outlineOf(Buffer.from(JSON.stringify(judged, null, 2))), written);
});

test('of an older file, which does not say how its trials were judged, they stay', () => {
  const { judgement: _, ...older } = judged;
  assert.deepEqual(outlineOf(Buffer.from(JSON.stringify(older))), older);
});

test('texts that look like the file around them change nothing', () => {
  const looksLike = `],"cells":[ ,"trials":[ "validity":{"status":"invalid"`;
  const result = withJudgement({
    ...hostileResult(),
    run: { ...judged.run, label: looksLike },
    verdicts: judged.verdicts.map((verdict) => ({ ...verdict, sentence: looksLike })),
  });
  for (const trial of result.trials) trial.errors = [{ code: looksLike, phase: 'open', message: looksLike, count: 1 }];
  assert.deepEqual(outlineOf(Buffer.from(JSON.stringify(result))), { ...result, trials: [] });
});

test('a run without trials has an outline, half a file has none', () => {
  const empty = withJudgement(fixtureResult({ interruptAfter: 0 }));
  assert.equal(outlineOf(Buffer.from(JSON.stringify(empty))).judgement!.trials, 0);
  const text = JSON.stringify(judged);
  for (const length of [10, text.indexOf('"trials"') + 500, text.length - 10])
    assert.throws(() => outlineOf(Buffer.from(text.slice(0, length))), SyntaxError, String(length));
});

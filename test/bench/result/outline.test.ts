import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outlineOf } from '../../../bench/result/outline.ts';
import { AGENT_SATURATED, FEED_LATE, fixtureResult, hostileResult, VALID } from '../../helpers/result-fixture.ts';

const judged = fixtureResult({
  blocks: 2,
  validity: ({ transport }, block) => {
    if (transport === 'sse') return AGENT_SATURATED;
    return block === 1 && transport === 'polling' ? FEED_LATE : VALID;
  },
});

test('an outline is the result without its trials, with how they were judged', () => {
  const { result, counts } = outlineOf(Buffer.from(`${JSON.stringify(judged)}\n`));
  assert.deepEqual(result, { ...judged, trials: [] });
  assert.deepEqual(counts, { valid: 5, caution: 1, invalid: 2 });
});

test('a file that was formatted anew gives the same outline', () => {
  const written = outlineOf(Buffer.from(JSON.stringify(judged)));
  assert.deepEqual(outlineOf(Buffer.from(JSON.stringify(judged, null, 2))), written);
});

test('texts that look like the file around them change nothing', () => {
  const looksLike = `],"cells":[ ,"trials":[ "validity":{"status":"invalid"`;
  const result = {
    ...hostileResult(),
    run: { ...judged.run, label: looksLike },
    verdicts: judged.verdicts.map((verdict) => ({ ...verdict, sentence: looksLike })),
  };
  for (const trial of result.trials) trial.errors = [{ code: looksLike, phase: 'open', message: looksLike, count: 1 }];
  const outline = outlineOf(Buffer.from(JSON.stringify(result)));
  assert.deepEqual(outline.result, { ...result, trials: [] });
  assert.deepEqual(outline.counts, { valid: 6, caution: 2, invalid: 0 });
});

test('a run without trials has an outline, half a file has none', () => {
  const empty = fixtureResult({ interruptAfter: 0 });
  assert.deepEqual(outlineOf(Buffer.from(JSON.stringify(empty))).counts, { valid: 0, caution: 0, invalid: 0 });
  const text = JSON.stringify(judged);
  for (const length of [10, text.indexOf('"trials"') + 500, text.length - 10])
    assert.throws(() => outlineOf(Buffer.from(text.slice(0, length))), SyntaxError, String(length));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BATCH, microCases } from '../../../../bench/lab/micro/cases.ts';

test('every micro case handles a whole batch, each time it is called', () => {
  const cases = microCases();
  assert.deepEqual([...new Set(cases.map(({ step }) => step))], ['encode', 'frame', 'parse', 'record']);
  for (const { step, what, run } of cases) {
    for (let call = 0; call < 3; call++) assert.equal(run(), BATCH, `${step} ${what}, call ${call}`);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAgainMs, backoffMs } from '../../../../server/demo/model/backoff.ts';

test('the wait doubles up to four seconds, and half of it is chance', () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 5000].map((attempt) => [backoffMs(attempt, 0), backoffMs(attempt, 1)]),
    [
      [125, 250],
      [250, 500],
      [500, 1000],
      [1000, 2000],
      [2000, 4000],
      [2000, 4000],
      [2000, 4000],
    ],
  );
});

test('counters are asked for at ease, oftener when they change, and seldom where nobody answers', () => {
  assert.equal(askAgainMs(0, false, 0), 1000);
  assert.equal(askAgainMs(0, true, 0), 200);
  assert.deepEqual(
    [1, 2, 3, 4, 50].map((failures) => askAgainMs(failures, true, 1)),
    [1000, 1000, 2000, 4000, 4000],
  );
});

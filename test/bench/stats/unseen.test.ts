import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unseen, unseenIn, unseenText } from '../../../bench/stats/unseen.ts';
import { fakeCell, fakeTrial } from '../terminal/fake-run.ts';

const all = { cpu: null, throttledUs: null, swappedPages: null };

test('gates that had nothing to look at are named; one look suffices', () => {
  assert.deepEqual(unseen([all, all]), ['THROTTLED', 'SWAPPING', 'CPU_STOLEN']);
  assert.deepEqual(unseen([all, { ...all, throttledUs: 0 }]), ['SWAPPING', 'CPU_STOLEN']);
  assert.deepEqual(unseen([{ cpu: {}, throttledUs: 0, swappedPages: 0 }]), []);
  assert.match(unseenText(['THROTTLED']), /does not tell what THROTTLED would be judged by/);
});

test('a trial without a measured window says nothing of the machine', () => {
  const trial = fakeTrial(fakeCell(), 0);
  const void_ = { ...trial, host: all, phases: { ...trial.phases, measureMs: 0 } };
  assert.deepEqual(unseenIn([void_]), []);
  assert.deepEqual(unseenIn([void_, { ...trial, host: { ...all, throttledUs: 0 } }]), ['SWAPPING', 'CPU_STOLEN']);
});

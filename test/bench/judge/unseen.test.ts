import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CanaryFigures } from '../../../bench/result/schema.ts';
import { shortOfTicks, shortText, unseen, unseenIn, unseenText } from '../../../bench/judge/unseen.ts';
import { fakeCell, fakeTrial } from '../command/terminal/fake-run.ts';

const all = { cpu: null, throttledUs: null, swappedPages: null, listenOverflows: null };

test('gates that had nothing to look at are named; one look suffices', () => {
  assert.deepEqual(unseen([all, all]), ['THROTTLED', 'SWAPPING', 'CPU_STOLEN', 'LISTEN_OVERFLOW']);
  assert.deepEqual(unseen([all, { ...all, throttledUs: 0 }]), ['SWAPPING', 'CPU_STOLEN', 'LISTEN_OVERFLOW']);
  assert.deepEqual(unseen([{ cpu: {}, throttledUs: 0, swappedPages: 0 }]), []);
  assert.match(unseenText(['THROTTLED']), /does not tell what THROTTLED would be judged by/);
});

test('a trial without a measured window says nothing of the machine', () => {
  const trial = fakeTrial(fakeCell(), 0);
  const void_ = { ...trial, host: all, phases: { ...trial.phases, measureMs: 0 } };
  assert.deepEqual(unseenIn([void_]), []);
  assert.deepEqual(unseenIn([void_, { ...trial, host: { ...all, throttledUs: 0 } }]), [
    'SWAPPING',
    'CPU_STOLEN',
    'LISTEN_OVERFLOW',
  ]);
});

test('gates that compare ticks are named where no trial had enough of them; one trial that had suffices', () => {
  const trial = fakeTrial(fakeCell(), 0);
  const { latencyUs, ledger } = trial;
  const canary: CanaryFigures = {
    library: 'ws',
    clients: 1,
    latencyUs,
    ledger,
    differenceUs: null,
    marginUs: 1000,
    agrees: null,
  };
  const few = { ledger, steadiness: null, canary };
  const steadiness = { firstHalfUs: 1, secondHalfUs: 1 };
  assert.deepEqual(shortOfTicks([few]), ['UNSTEADY', 'CANARY_DISAGREES']);
  assert.deepEqual(shortOfTicks([few, { ...few, steadiness }]), ['CANARY_DISAGREES']);
  assert.deepEqual(shortOfTicks([few, { ...few, canary: { ...canary, agrees: true } }]), ['UNSTEADY']);
  assert.deepEqual(shortOfTicks([{ ...few, canary: null }]), ['UNSTEADY'], 'no canary was asked for');
  assert.deepEqual(
    shortOfTicks([{ ...few, canary: { ...canary, clients: 0 } }]),
    ['UNSTEADY'],
    'CANARY_ABSENT says so',
  );
  assert.deepEqual(shortOfTicks([{ ...few, ledger: { ...ledger, delivered: 0 } }]), [], 'another gate says so');
  assert.match(shortText(['UNSTEADY']), /too few ticks for UNSTEADY to be judged/);
});

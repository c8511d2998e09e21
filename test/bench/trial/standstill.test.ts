import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchStandstill } from '../../../bench/trial/standstill.ts';

test('the longest time without a turn is told, also one that nothing but the end has seen', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let atUs = 0;
  const standstillUs = watchStandstill(500_000, new AbortController().signal, () => atUs);
  const beat = (us: number) => {
    atUs += us;
    t.mock.timers.tick(50);
  };
  beat(450_000); // ended before the window
  beat(50_000);
  beat(150_000);
  atUs += 350_000;
  assert.equal(standstillUs(), 300_000);
});

test('who is late by nothing stood still for no time', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let atUs = 0;
  const standstillUs = watchStandstill(0, new AbortController().signal, () => atUs);
  atUs = 50_000;
  t.mock.timers.tick(50);
  assert.equal(standstillUs(), 0);
});

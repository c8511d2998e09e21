import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findCeiling, type Step } from '../../../../bench/lab/self/rates.ts';

const step = (rateHz: number, status: Step['status'], ...codes: string[]): Step => ({
  rateHz,
  deliveredPerSecond: rateHz * 100,
  status,
  codes,
});

test('the ceiling is the fastest sound rate below the first that is invalid twice', async () => {
  const tried: number[] = [];
  const ceiling = await findCeiling(10, (rateHz) => {
    tried.push(rateHz);
    if (rateHz > 20) return Promise.resolve(step(rateHz, 'invalid', 'FEED_RATE_OFF'));
    return Promise.resolve(rateHz > 13 ? step(rateHz, 'caution', 'AGENT_LAG') : step(rateHz, 'valid'));
  });
  assert.deepEqual(tried, [10, 12, 14.4, 17.3, 20.8, 20.8]);
  assert.equal(ceiling.untripped?.rateHz, 12);
  assert.equal(ceiling.sound?.rateHz, 17.3);
  assert.deepEqual(ceiling.brokeAt?.codes, ['FEED_RATE_OFF']);
});

test('one invalid trial is tried again: a disturbance is no ceiling', async () => {
  let disturbed = false;
  const ceiling = await findCeiling(10, (rateHz) => {
    if (rateHz === 12 && !disturbed) {
      disturbed = true;
      return Promise.resolve(step(rateHz, 'invalid', 'CPU_STOLEN'));
    }
    return Promise.resolve(rateHz > 15 ? step(rateHz, 'invalid', 'AGENT_SATURATED') : step(rateHz, 'valid'));
  });
  assert.equal(ceiling.sound?.rateHz, 14.4);
});

test('a load that no rate carries has no ceiling, and says what broke', async () => {
  const ceiling = await findCeiling(10, (rateHz) => Promise.resolve(step(rateHz, 'invalid', 'CLIENTS_NOT_CONNECTED')));
  assert.deepEqual([ceiling.untripped, ceiling.sound], [null, null]);
  assert.deepEqual(ceiling.brokeAt?.codes, ['CLIENTS_NOT_CONNECTED']);
});

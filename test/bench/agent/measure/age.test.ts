import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { AgeOfInformation } from '../../../../bench/agent/measure/age.ts';
import { decode } from '../../../../bench/agent/measure/histogram.ts';

const WINDOW = { startUs: 1_000_000, endUs: 1_400_000 };

/** One client's receipts: ticks due every 20 ms from 900 ms on, each delivered after its delay, in order. */
const receipts = fc
  .array(fc.integer({ min: 0, max: 15_000 }), { minLength: 10, maxLength: 28 })
  .map((delays) => delays.map((delayUs, index) => ({ dueUs: 900_000 + index * 20_000, delayUs })));

/** The definition, step by step: the age of each client every 10 us of the window. */
function bruteForce(clients: { dueUs: number; delayUs: number }[][]) {
  const ages: number[] = [];
  for (const ticks of clients) {
    let held = -1;
    for (let atUs = WINDOW.startUs + 5; atUs < WINDOW.endUs; atUs += 10) {
      while (held + 1 < ticks.length && ticks[held + 1]!.dueUs + ticks[held + 1]!.delayUs <= atUs) held++;
      if (held >= 0) ages.push(atUs - ticks[held]!.dueUs);
    }
  }
  ages.sort((a, b) => a - b);
  return {
    mean: ages.reduce((sum, age) => sum + age, 0) / ages.length,
    at: (share: number) => ages[Math.floor(share * (ages.length - 1))]!,
  };
}

test('mean and time-weighted quantiles equal those of the age sampled every 10 us', () => {
  fc.assert(
    fc.property(fc.array(receipts, { minLength: 1, maxLength: 4 }), (clients) => {
      const age = new AgeOfInformation(clients.length, WINDOW.startUs, WINDOW.endUs);
      clients.forEach((ticks, client) => {
        for (const { dueUs, delayUs } of ticks) age.renew(client, dueUs, dueUs + delayUs);
      });
      const part = age.finish();
      const exact = bruteForce(clients);
      const mean = part.ageSecondsUs / part.clientSeconds;
      assert.ok(Math.abs(mean - exact.mean) < 10, `mean ${mean}, sampled ${exact.mean}`);
      const histogram = decode(part.hdr);
      for (const share of [0.05, 0.5, 0.9, 0.99]) {
        const quantile = histogram.getValueAtPercentile(share * 100);
        const tolerance = 50 + exact.at(share) * 0.01;
        assert.ok(
          Math.abs(quantile - exact.at(share)) <= tolerance,
          `p${share * 100}: ${quantile}, sampled ${exact.at(share)}`,
        );
      }
    }),
    { numRuns: 60 },
  );
});

test('push of a tick every tau with latency d: mean age is tau / 2 + d, mean peak tau + d', () => {
  const age = new AgeOfInformation(1, WINDOW.startUs, WINDOW.endUs);
  for (let dueUs = 900_000; dueUs < 1_500_000; dueUs += 20_000) age.renew(0, dueUs, dueUs + 3000);
  const part = age.finish();
  assert.equal(Math.round(part.ageSecondsUs / part.clientSeconds), 13_000);
  assert.equal(part.peakSumUs / part.peaks, 23_000);
  assert.ok(Math.abs(part.clientSeconds - 0.4) < 1e-9);
});

test('a client that holds nothing has no age, and time outside the window does not count', () => {
  const age = new AgeOfInformation(2, WINDOW.startUs, WINDOW.endUs);
  age.renew(0, WINDOW.endUs - 100_000, WINDOW.endUs - 100_000);
  age.renew(0, WINDOW.endUs + 50_000, WINDOW.endUs + 50_000);
  const part = age.finish();
  assert.ok(Math.abs(part.clientSeconds - 0.1) < 1e-9);
  assert.equal(part.peaks, 0);
  assert.equal(decode(part.hdr).totalCount, 100, 'client-milliseconds');
});

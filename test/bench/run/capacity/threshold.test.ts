import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { thresholdOf, type Attempt } from '../../../../bench/run/capacity/threshold.ts';

const RANGE = { low: 1000, high: 10_000 };
const passed = (...levels: number[]): Attempt[] => levels.map((level) => ({ level, outcome: 'pass' }));
const failed = (...levels: number[]): Attempt[] => levels.map((level) => ({ level, outcome: 'fail' }));

describe('a threshold', () => {
  it('may be anywhere within the range, on a logarithmic scale, before anything was tried', () => {
    const { median, low, high } = thresholdOf([], RANGE);
    assert.ok(Math.abs(median - Math.sqrt(1000 * 10_000)) < 1);
    assert.ok(Math.abs(low - 1000 * 10 ** 0.025) < 1, String(low));
    assert.ok(Math.abs(high - 1000 * 10 ** 0.975) < 1, String(high));
  });

  it('lies between what passed and what failed, the surer the more often', () => {
    const few = thresholdOf([...passed(3000), ...failed(5000)], RANGE);
    const many = thresholdOf([...passed(3000, 3500, 3900), ...failed(4100, 4500, 5000)], RANGE);
    for (const { median } of [few, many]) assert.ok(median > 3000 && median < 5000, String(median));
    assert.ok(many.high / many.low < few.high / few.low);
  });

  it('takes a single failure far below for a disturbed trial', () => {
    const attempts = [...passed(3000, 3500, 3800, 3900), ...failed(4100, 4200, 4500, 5000)];
    const [without, disturbed] = [thresholdOf(attempts, RANGE), thresholdOf([...attempts, ...failed(1200)], RANGE)];
    assert.ok(Math.abs(disturbed.median / without.median - 1) < 0.05, `${without.median}, ${disturbed.median}`);
    assert.ok(disturbed.low > 1200);
  });

  it('does not depend on the order of the attempts', () => {
    const attempts = [...passed(3000, 4000), ...failed(3500, 5000)];
    const [a, b] = [thresholdOf(attempts, RANGE), thresholdOf(attempts.toReversed(), RANGE)];
    assert.ok(Math.abs(a.median / b.median - 1) < 1e-9);
  });

  it('is what a plain sum over a fine grid says, by the definition', () => {
    const attempts = [...passed(2000, 3500, 4100), ...failed(3900, 5000)];
    const places = Array.from({ length: 5000 }, (_, at) => Math.log(1000) + ((at + 0.5) / 5000) * Math.log(10));
    const beliefs = places.map((place) =>
      [0.01, 0.03, 0.1, 0.3]
        .map((width) =>
          attempts
            .map(({ level, outcome }) => {
              const pass = 0.02 + 0.96 / (1 + Math.exp((Math.log(level) - place) / width));
              return outcome === 'pass' ? pass : 1 - pass;
            })
            .reduce((a, b) => a * b),
        )
        .reduce((a, b) => a + b),
    );
    const all = beliefs.reduce((a, b) => a + b);
    const quantile = (share: number) => {
      let sum = 0;
      return Math.exp(places[beliefs.findIndex((belief) => (sum += belief / all) >= share)]!);
    };
    const { low, median, high } = thresholdOf(attempts, RANGE);
    for (const [value, expected] of [
      [low, quantile(0.025)],
      [median, quantile(0.5)],
      [high, quantile(0.975)],
    ] as const) {
      assert.ok(Math.abs(value / expected - 1) < 0.01, `${value} instead of ${expected}`);
    }
  });

  it('asks next where the outcome tells most: between what passed and what failed', () => {
    const { mostTelling } = thresholdOf([...passed(2000, 3000), ...failed(5000, 6000)], RANGE);
    assert.ok(mostTelling > 3000 && mostTelling < 5000, String(mostTelling));
  });
});

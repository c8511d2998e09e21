import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { randomFrom } from '../../../bench/basics/random.ts';
import type { Comparison, Trial } from '../../../bench/result/schema.ts';
import { outcomeOf } from '../../../bench/judge/pair-verdict.ts';
import { MANY_BLOCKS, moreBlocks } from '../../../bench/judge/projection.ts';
import { fewestForLevel, signedRank } from '../../../bench/judge/wilcoxon.ts';
import { fakeTrial, invalidBecause } from '../command/terminal/fake-run.ts';
import { cellOf, judge, trialsOf, type Figures } from './contest.ts';

const latency = (trials: readonly Trial[]) =>
  judge(trials).comparisons.filter(({ question }) => question === 'latency');

describe('a comparison', () => {
  it('pairs by block: what a slow block does to both cancels', () => {
    const drift = [1, 5, 2, 9, 3, 1, 7, 4];
    const [comparison] = latency(trialsOf({ sse: drift.map((x) => x * 1000), websocket: drift.map((x) => x * 1100) }));
    assert.ok(Math.abs(comparison!.ratio!.value - 1 / 1.1) < 1e-12);
    assert.equal(comparison!.blocks, 8);
    assert.equal(comparison!.p, 2 / 256);
    assert.equal(outcomeOf(comparison!), 'better');
  });

  it('takes the last attempt of a block, valid or not, and only blocks that count for both', () => {
    const trials = trialsOf({ sse: [1, 2, 3, 4, 5, 6, 7, 8], websocket: [2, 4, 6, 8, 10, 12, 14, 16] });
    const sse = cellOf('sse');
    const invalid = { validity: invalidBecause('x', 'm') };
    const repaired = [{ ...trials[0]!, ...invalid }, ...trials.slice(1), fakeTrial(sse, 0, { attempt: 2 })];
    assert.equal(latency(repaired)[0]!.blocks, 8);
    const spoiled = [fakeTrial(sse, 0, { attempt: 2, ...invalid }), ...trials];
    assert.equal(latency(spoiled)[0]!.blocks, 7);
    const caution = { ...trials[0]!, validity: invalidBecause('x', 'm', 'caution') };
    assert.equal(latency([caution, ...trials.slice(1)])[0]!.blocks, 8);
  });

  it('gives figures without p and level below six blocks, and none without any', () => {
    const [few] = latency(trialsOf({ sse: [1, 1], websocket: [1001, 1001] }));
    assert.deepEqual(
      [few!.p, few!.level, few!.ratio, few!.difference, few!.family],
      [
        null,
        null,
        { value: Math.exp(-Math.log(1001)), low: null, high: null },
        { value: -1000, low: null, high: null },
        0,
      ],
    );
    const [none] = latency(trialsOf({ sse: [null, 1], websocket: [1, null] }));
    assert.deepEqual([none!.blocks, none!.ratio, none!.difference], [0, null, null]);
  });

  it('is corrected only for those that gates let be tested', () => {
    const up = [1, 2, 3, 4, 5, 6, 7, 8];
    const invalid = up.map(() => null);
    const families = latency(trialsOf({ sse: up, websocket: up.map((x) => x * 2), polling: invalid }));
    assert.deepEqual(
      families.map(({ family, level }) => [family, level]),
      [
        [1, 0.05],
        [1, null],
        [1, null],
      ],
    );
  });

  it('decides as its p does: beyond the margin exactly where p is at most its level', () => {
    const figures = fc.array(fc.double({ min: 50, max: 60, noNaN: true }), { minLength: 9, maxLength: 9 });
    const shifts = fc.record({ a: fc.constantFrom(1, 1.02, 1.1), b: fc.constantFrom(1, 1.03, 1.2) });
    fc.assert(
      fc.property(figures, figures, figures, shifts, (x, y, z, { a, b }) => {
        const compared = latency(
          trialsOf({ sse: x, websocket: y.map((v) => v * a), 'long-polling': z.map((v) => v * b) }),
        );
        for (const comparison of compared) {
          const outcome = outcomeOf(comparison);
          assert.equal(comparison.p! <= comparison.level!, outcome === 'better' || outcome === 'worse');
          assert.equal(comparison.moreBlocks !== null, outcome === 'cannot-tell');
        }
      }),
      { numRuns: 200 },
    );
  });

  it('finds a difference among four like transports in at most one family of twenty', () => {
    const random = randomFrom(3);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const figures = () => Array.from({ length: 8 }, () => 10_000 * Math.exp(0.3 * normal()));
    const families = 400;
    let wrong = 0;
    for (let i = 0; i < families; i++) {
      const like: Figures = { sse: figures(), websocket: figures(), 'long-polling': figures(), polling: figures() };
      const claims = latency(trialsOf(like)).map((comparison: Comparison) => outcomeOf(comparison));
      if (claims.some((claim) => claim !== 'cannot-tell')) wrong++;
    }
    assert.ok(wrong > 0 && wrong <= families * 0.05, `${wrong} of ${families}`);
  });
});

describe('how many more blocks would settle it', () => {
  // symmetric about the shift, so that estimate and half width are plain
  const spread = [-4, -3, -2, -1, 1, 2, 3, 4];
  const around = (shift: number) => signedRank(spread.map((x) => x + shift));

  it('grows with the square of how much too wide the interval is', () => {
    // at level 0.05 the interval of the eight is the shift -+ 3
    assert.equal(moreBlocks(around(2.5), 1, 0.05, 8), Math.ceil(8 * 2 ** 2) - 8);
    assert.equal(moreBlocks(around(-2.5), 1, 0.05, 8), Math.ceil(8 * 2 ** 2) - 8);
    assert.equal(moreBlocks(around(0), 1.5, 0.05, 8), Math.ceil(8 * 2 ** 2) - 8);
  });

  it('is nothing where it is settled, and bounded where it never will be', () => {
    assert.equal(moreBlocks(around(5), 1, 0.05, 8), null);
    assert.equal(moreBlocks(around(0), 4, 0.05, 8), null);
    assert.equal(moreBlocks(around(1), 1, 0.05, 8), MANY_BLOCKS);
    assert.equal(moreBlocks(around(1.01), 1, 0.05, 8), MANY_BLOCKS);
  });

  it('is never less than the level needs', () => {
    assert.equal(fewestForLevel(0.05 / 28), 11);
    assert.equal(moreBlocks(around(1000), 1, 0.05 / 28, 8), 3);
  });
});

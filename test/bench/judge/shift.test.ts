// The exact tests against R and SciPy, and against what must hold of them on any data.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { holm } from '../../../bench/judge/holm.ts';
import { rankSum, rankSumCdf } from '../../../bench/judge/mann-whitney.ts';
import { shiftEstimate, shiftInterval, shiftP, type ShiftEvidence } from '../../../bench/judge/shift.ts';
import { fewestForLevel, signedRank, signedRankCdf } from '../../../bench/judge/wilcoxon.ts';

type TestCase = { x: number[]; p: number; estimate: number; confidence: number; low: number; high: number };
type Reference = {
  tool: string;
  paired: TestCase[];
  unpaired: (TestCase & { y: number[] })[];
  holm: { p: number[]; adjusted: number[] }[];
  signedRank: { n: number; cdf: number[] }[];
  rankSum: { m: number; n: number; cdf: number[] }[];
};

function reference(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../fixtures/${name}`, import.meta.url), 'utf8'));
}

const R = reference('rank-tests-r.json') as Reference;
const SCIPY = reference('rank-tests-scipy.json') as Pick<Reference, 'tool' | 'paired' | 'unpaired'>;

function assertNear(actual: number, expected: number, what: string) {
  assert.ok(
    Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
    `${what}: ${actual}, not ${expected}`,
  );
}

function assertLikeR(evidence: ShiftEvidence, { p, estimate, confidence, low, high }: TestCase, what: string) {
  assertNear(shiftP(evidence), p, `p of ${what}`);
  assertNear(shiftEstimate(evidence), estimate, `estimate of ${what}`);
  const interval = shiftInterval(evidence, 1 - confidence);
  assert.ok(interval, what);
  assertNear(interval.low, low, `low end of ${what}`);
  assertNear(interval.high, high, `high end of ${what}`);
}

describe(`the exact rank tests, as ${R.tool} has them`, () => {
  it('have its signed-rank distribution', () => {
    for (const { n, cdf } of R.signedRank) {
      assert.equal(signedRankCdf(n).length, cdf.length);
      cdf.forEach((p, w) => assertNear(signedRankCdf(n)[w]!, p, `P(W <= ${w}), n = ${n}`));
    }
  });

  it('have its rank-sum distribution', () => {
    for (const { m, n, cdf } of R.rankSum) {
      assert.equal(rankSumCdf(m, n).length, cdf.length);
      cdf.forEach((p, u) => assertNear(rankSumCdf(m, n)[u]!, p, `P(U <= ${u}), ${m} and ${n}`));
    }
  });

  it('give its p, estimate and interval for paired differences', () => {
    assert.equal(R.paired.length, 75);
    R.paired.forEach((each, index) => assertLikeR(signedRank(each.x), each, `paired ${index}`));
  });

  it('give its p, estimate and interval for two samples', () => {
    assert.equal(R.unpaired.length, 26);
    R.unpaired.forEach((each, index) => assertLikeR(rankSum(each.x, each.y), each, `unpaired ${index}`));
  });

  it('are corrected as it corrects', () => {
    for (const { p, adjusted } of R.holm) {
      holm(p, 0.05).forEach((step, i) => {
        assertNear(step.adjusted, adjusted[i]!, `p ${p[i]} of ${p.length}`);
        assert.equal(step.rejected, adjusted[i]! <= 0.05);
      });
    }
  });
});

it(`the p of both tests are those of ${SCIPY.tool}`, () => {
  for (const { x, p } of SCIPY.paired) assertNear(shiftP(signedRank(x)), p, `paired, n = ${x.length}`);
  for (const { x, y, p } of SCIPY.unpaired)
    assertNear(shiftP(rankSum(x, y)), p, `unpaired, ${x.length} and ${y.length}`);
});

it('large samples are near the normal distribution, on both sides of where exactness ends', () => {
  const [exact, approximate] = [rankSumCdf(100, 100), rankSumCdf(100, 101)];
  for (const share of [0.42, 0.45, 0.5]) {
    const at = (cdf: Float64Array) => cdf[Math.round((cdf.length - 1) * share)]!;
    assert.ok(Math.abs(at(exact) - at(approximate)) < 1e-3, `${at(exact)} ${at(approximate)}`);
  }
});

it('eight blocks can just resolve six comparisons at 5 %, seven cannot', () => {
  const allAbove = (n: number) => shiftP(signedRank(Array.from({ length: n }, (_, i) => 1 + i)));
  assert.equal(allAbove(8), 2 / 256);
  assert.ok(allAbove(8) <= 0.05 / 6 && allAbove(7) > 0.05 / 6);
  assert.equal(shiftInterval(signedRank([1, 2, 3, 4, 5, 6, 7]), 0.05 / 6), null);
  assert.deepEqual([fewestForLevel(0.05 / 6), fewestForLevel(0.05), fewestForLevel(2 / 32)], [8, 6, 5]);
});

const differences = fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 1, maxLength: 14 });
const level = fc.double({ min: 1e-4, max: 0.5, noNaN: true });

describe('on any data, ties and zeros among them', () => {
  it('p and interval agree, whatever the margin', () => {
    fc.assert(
      fc.property(differences, differences, level, fc.integer({ min: 0, max: 3 }), (x, y, alpha, margin) => {
        for (const evidence of [signedRank(x), rankSum(x, y)]) {
          const interval = shiftInterval(evidence, alpha);
          const beyond = interval !== null && (interval.low > margin || interval.high < -margin);
          assert.equal(shiftP(evidence, margin) <= alpha, beyond);
        }
      }),
    );
  });

  it('ties and zeros are counted against a difference: no way to break them gives a larger p', () => {
    const noise = fc.array(fc.double({ min: -1e-3, max: 1e-3, noNaN: true }), { minLength: 14, maxLength: 14 });
    fc.assert(
      fc.property(differences, differences, noise, (x, y, by) => {
        const broken = x.map((value, i) => value + by[i]!);
        assert.ok(shiftP(signedRank(broken)) <= shiftP(signedRank(x)));
        assert.ok(shiftP(rankSum(broken, y)) <= shiftP(rankSum(x, y)));
      }),
    );
  });

  it('the estimate lies in the interval, moves with the data and turns with their sign', () => {
    fc.assert(
      fc.property(differences, fc.integer({ min: -9, max: 9 }), (x, by) => {
        const evidence = signedRank(x);
        const interval = shiftInterval(evidence, 0.05);
        const estimate = shiftEstimate(evidence);
        if (interval) assert.ok(interval.low <= estimate && estimate <= interval.high);
        assert.equal(shiftEstimate(signedRank(x.map((value) => value + by))), estimate + by);
        assert.equal(shiftEstimate(signedRank(x.map((value) => -value))) + estimate, 0);
      }),
    );
  });

  it('the same figures in both samples show no difference', () => {
    const zeros = signedRank([0, 0, 0, 0, 0, 0, 0, 0]);
    assert.equal(shiftP(zeros), 1);
    assert.deepEqual(shiftInterval(zeros, 0.05), { low: 0, high: 0 });
    assert.equal(shiftP(rankSum([3, 3, 3], [3, 3, 3])), 1);
  });
});

describe("Holm's correction", () => {
  it('judges equal p at one level, and what is not rejected at the level where rejecting ended', () => {
    const steps = holm([0.04, 0.001, 0.03, 0.001], 0.05);
    assert.deepEqual(
      steps.map(({ rejected, level }) => [rejected, level]),
      [
        [false, 0.025],
        [true, 0.0125],
        [false, 0.025],
        [true, 0.0125],
      ],
    );
  });

  it('rejects no less than Bonferroni, no more than without correction, and does not rest on the order', () => {
    const ps = fc.array(fc.double({ min: 0, max: 0.2, noNaN: true }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(ps, (p) => {
        const steps = holm(p, 0.05);
        steps.forEach((step, i) => {
          if (p[i]! <= 0.05 / p.length) assert.ok(step.rejected);
          if (step.rejected) assert.ok(p[i]! <= step.level && step.level <= 0.05);
          else assert.ok(p[i]! > step.level);
        });
        assert.deepEqual(holm(p.toReversed(), 0.05), steps.toReversed());
      }),
    );
  });
});

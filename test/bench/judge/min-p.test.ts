import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomFrom } from '../../../bench/basics/random.ts';
import { holm } from '../../../bench/judge/holm.ts';
import { rankSum } from '../../../bench/judge/mann-whitney.ts';
import { minP, type Grouped } from '../../../bench/judge/min-p.ts';
import { shiftP } from '../../../bench/judge/shift.ts';

const ALPHA = 0.05;
const EDGE = Math.log1p(0.02);

const normal = (seed: number) => {
  const random = randomFrom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
};

const many = <const T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

type World = {
  /** Of each figure its scatter and how far it is shifted from the first group to the second. */
  readonly figures: readonly (readonly [scatter: number, shift: number])[];
  /** What the figures of one block share of their scatter, as a correlation. */
  readonly together: number;
};

/** Logarithms of figures in so many blocks a side. */
function sample({ figures, together }: World, blocks: number, next: () => number): Grouped[] {
  const common = Array.from({ length: 2 * blocks }, next);
  return figures.map(([scatter, shift]) => {
    const values = common.map((shared) => scatter * (Math.sqrt(together) * shared + Math.sqrt(1 - together) * next()));
    return { before: values.slice(0, blocks), after: values.slice(blocks).map((value) => value + shift), edge: EDGE };
  });
}

const pOf = ({ before, after, edge }: Grouped) => shiftP(rankSum(after as number[], before as number[]), edge);

describe('the smallest p of many figures', () => {
  it('judges one figure alone as its own test does', () => {
    const next = normal(1);
    let told = 0;
    for (let round = 0; round < 60; round++) {
      const [figure] = sample({ figures: [[0.1, 0.12]], together: 0 }, 6, next);
      const [level] = minP([figure!], ALPHA);
      assert.equal(level !== null, pOf(figure!) <= ALPHA);
      if (level !== null) told++;
    }
    assert.ok(told > 10 && told < 50, `${told}`);
  });

  it('tells a figure only where its p is at or below the level that it returns', () => {
    const figures = sample(
      {
        figures: [
          [0.1, 0.5],
          [0.1, 0],
          [0.001, 0],
          [0.1, -0.4],
        ],
        together: 0.3,
      },
      8,
      normal(2),
    );
    const levels = minP(figures, ALPHA);
    assert.deepEqual(
      levels.map((level) => level !== null),
      [true, false, false, true],
    );
    for (const [at, level] of levels.entries()) assert.ok(level === null || pOf(figures[at]!) <= level);
  });

  it('does not depend on the order of the figures, nor on which group is which', () => {
    const figures = sample(
      {
        figures: [
          [0.1, 0.2],
          [0.1, 0.1],
          [0.05, 0],
          [0.1, -0.3],
        ],
        together: 0.5,
      },
      7,
      normal(3),
    );
    const levels = minP(figures, ALPHA);
    assert.deepEqual(minP(figures.toReversed(), ALPHA), levels.toReversed());
    assert.deepEqual(
      minP(
        figures.map(({ before, after, edge }) => ({ before: after, after: before, edge })),
        ALPHA,
      ),
      levels,
    );
  });

  it('counts equal values against a difference, and blocks without the figure not at all', () => {
    const same = { before: Array<number>(6).fill(1), after: Array<number>(6).fill(1), edge: 0 };
    const gap = { before: [1, 2, 3, 4, 5, 6, null], after: [null, 11, 12, 13, 14, 15, 16], edge: 0 };
    assert.deepEqual(minP([same], ALPHA), [null]);
    assert.notEqual(minP([gap], ALPHA)[0], null);
    assert.deepEqual(minP([], ALPHA), []);
  });

  it('draws from the divisions where there are too many to try all', () => {
    const figures = sample(
      {
        figures: [
          [0.1, 0.3],
          [0.1, 0],
        ],
        together: 0,
      },
      12,
      normal(4),
    );
    assert.deepEqual(
      minP(figures, ALPHA).map((level) => level !== null),
      [true, false],
    );
  });

  for (const [name, world] of Object.entries<World>({
    'that have nothing to do with each other': { figures: many(8, [0.12, 0]), together: 0 },
    'at the edge of the margin': { figures: many(8, [0.12, EDGE]), together: 0 },
    'that go together, at the edge': { figures: many(8, [0.12, EDGE]), together: 0.8 },
    'of which half hardly vary': {
      figures: [...many(4, [0.12, EDGE]), ...many(4, [0.001, 0])],
      together: 0.4,
    },
  })) {
    it(`claims a difference in at most one of twenty runs of figures ${name}`, () => {
      const next = normal(name.length);
      let claims = 0;
      for (let round = 0; round < 200; round++) {
        if (minP(sample(world, 7, next), ALPHA).some((level) => level !== null)) claims++;
      }
      // 200 runs at 5 %: 10, and two standard deviations of 3.1
      assert.ok(claims <= 16, `${claims} of 200`);
    });
  }

  it('is never misled by a figure that did change: of the others it claims no more', () => {
    const next = normal(6);
    let claims = 0;
    for (let round = 0; round < 200; round++) {
      const figures = sample({ figures: [[0.12, 1], [0.12, -1], ...many(6, [0.12, EDGE])], together: 0.4 }, 7, next);
      if (
        minP(figures, ALPHA)
          .slice(2)
          .some((level) => level !== null)
      )
        claims++;
    }
    assert.ok(claims <= 16, `${claims} of 200`);
  });

  it("finds what Holm's correction finds, and more where most figures hardly vary", () => {
    const next = normal(5);
    const steady = many(14, [0.002, 0]);
    const found = { holm: 0, minP: 0 };
    for (let round = 0; round < 150; round++) {
      const figures = sample(
        { figures: [...many(3, [0.12, Math.log(1.25)]), ...many(3, [0.12, 0]), ...steady], together: 0.3 },
        7,
        next,
      );
      const byHolm = holm(figures.map(pOf), ALPHA);
      const levels = minP(figures, ALPHA);
      for (const [at, { rejected }] of byHolm.entries()) assert.ok(!rejected || levels[at] !== null);
      if (byHolm.some(({ rejected }) => rejected)) found.holm++;
      if (levels.some((level) => level !== null)) found.minP++;
    }
    assert.ok(found.minP >= 1.1 * found.holm, JSON.stringify(found));
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nextStep, type SearchStep } from '../../../../bench/run/capacity/search.ts';
import { cliffServer, countingServer, fanOutServer, floorServer, RANGE, search } from './simulation.ts';

const levelsOf = (steps: readonly SearchStep[], stage: SearchStep['stage']) =>
  steps.filter((step) => step.stage === stage).map(({ level }) => level);

describe('the search', () => {
  it('grows, faster while the server is idle, then bisects, then confirms around the boundary', () => {
    const { steps, end } = search(fanOutServer(0), 1);
    assert.deepEqual(levelsOf(steps, 'grow'), [100, 800, 5000, 10_000, 20_000]);
    assert.deepEqual(levelsOf(steps, 'bisect'), [14_142, 11_892]);
    assert.equal(levelsOf(steps, 'confirm').length, 8);
    assert.ok(end.type === 'boundary');
    assert.ok(Math.abs(end.boundary.estimate - 11_412) < 60, String(end.boundary.estimate));
  });

  it('tries once more what fails out of the blue while growing, and forgets one hiccup', () => {
    const calm = fanOutServer(0);
    let trials = 0;
    const { steps, end } = search((level, random) => calm(level, random) + (++trials === 2 ? 5 : 0), 1);
    assert.deepEqual(levelsOf(steps, 'grow'), [100, 800, 800, 5000, 10_000, 20_000]);
    assert.ok(end.type === 'boundary');
    assert.ok(Math.abs(end.boundary.estimate - 11_412) < 60, String(end.boundary.estimate));
    const { steps: real } = search(countingServer(0, 777), 1);
    assert.deepEqual(levelsOf(real, 'grow'), [100, 800, 800], 'what fails twice has failed');
    const { steps: busy } = search(countingServer(0, 14_000), 1);
    assert.deepEqual(levelsOf(busy, 'grow').slice(-2), [10_000, 20_000], 'a busy server is expected to fail');
  });

  it('needs few trials at a cliff that stays where it is', () => {
    const { steps, end } = search(cliffServer(0, 14_000), 1);
    assert.ok(levelsOf(steps, 'prove').length <= 10);
    assert.ok(end.type === 'boundary' && end.boundary.method === 'outcomes');
    assert.ok(end.boundary.low < 14_000 && end.boundary.high > 14_000);
    assert.ok(end.boundary.high / end.boundary.low < 1.15);
  });

  it('needs no figures', () => {
    const { end } = search(countingServer(0, 777), 1);
    assert.ok(end.type === 'boundary' && end.boundary.low < 777 && end.boundary.high > 777);
  });

  it('answers with a wider interval where like loads pass and fail, and does not go on for ever', () => {
    const { steps, end } = search(countingServer(0.2, 14_000), 3);
    assert.equal(levelsOf(steps, 'prove').length, 14);
    assert.ok(end.type === 'boundary' && end.boundary.high / end.boundary.low > 1.15);
  });

  it('does not project a boundary along a figure that has a floor', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { end } = search(floorServer(0.05, 14_000), seed);
      assert.ok(end.type === 'boundary');
      assert.ok(end.boundary.high / end.boundary.low < 1.6, `${seed}: ${end.boundary.low} to ${end.boundary.high}`);
    }
  });

  it('says at once that the smallest load does not hold, after a second look where it was close', () => {
    const clear = search(() => 1, 1);
    assert.deepEqual([clear.end.type, levelsOf(clear.steps, 'grow')], ['below', [100]]);
    const close = search(() => 0.1, 1);
    assert.deepEqual([close.end.type, levelsOf(close.steps, 'grow')], ['below', [100, 100]]);
  });

  it('stops at the largest load once it has held five times', () => {
    const { steps, end } = search(() => -0.5, 1, { ...RANGE, max: 1000 });
    assert.equal(end.type, 'above');
    assert.deepEqual(
      steps.map(({ level }) => level),
      [100, 800, 1000, 1000, 1000, 1000, 1000],
    );
  });

  it('forgives the largest load one failure in ten, not two', () => {
    const unlucky = (bad: readonly number[]) => {
      let trials = 0;
      return search((level) => (level === 1000 && bad.includes(trials++) ? 0.3 : -0.5), 1, { ...RANGE, max: 1000 });
    };
    const once = unlucky([3]);
    assert.deepEqual([once.end.type, once.steps.filter(({ level }) => level === 1000).length], ['above', 10]);
    assert.notEqual(unlucky([3, 4]).end.type, 'above');
  });

  it('repeats what a disturbed machine made void, and gives up the sixth time', () => {
    const step = (level: number, outcome: SearchStep['outcome']): SearchStep => ({
      level,
      stage: 'grow',
      outcome,
      score: -1,
      busy: 0.1,
    });
    const once = [step(100, 'pass'), step(200, 'void')];
    assert.deepEqual(nextStep(once, RANGE), { type: 'step', stage: 'grow', level: 200 });
    const six = [step(100, 'pass'), ...Array.from({ length: 6 }, () => step(200, 'void'))];
    assert.deepEqual(nextStep(six.slice(0, -1), RANGE), nextStep(once, RANGE));
    assert.deepEqual(nextStep(six, RANGE), { type: 'end', end: { type: 'disturbed' } });
  });

  it('goes on from any of its steps as it went before', () => {
    const { steps } = search(fanOutServer(0.1), 5);
    for (const [index, step] of steps.entries()) {
      const next = nextStep(steps.slice(0, index), RANGE);
      assert.deepEqual(next, { type: 'step', stage: step.stage, level: step.level });
    }
  });
});

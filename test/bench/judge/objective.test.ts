import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseSlo, readSlos, slosOf, worstScore } from '../../../bench/judge/objective.ts';
import { fakeTrial, slo } from '../run/capacity/fake-steps.ts';

const TRANSPORTS = ['polling', 'sse'];

describe('an objective', () => {
  it('is a metric, an operator and a limit, of one transport or of all', () => {
    for (const [text, transport, metric, operator, limit] of [
      ['p99<100ms', null, 'p99', '<', 100_000],
      ['missed=0', null, 'missed', '==', 0],
      ['polling.p99 <= 1.1s', 'polling', 'p99', '<=', 1_100_000],
      ['coverage>=99.9%', null, 'coverage', '>=', 0.999],
    ] as const) {
      const { transport: of, metric: found, operator: how, limit: to } = slo(text);
      assert.deepEqual([of, found.id, how], [transport, metric, operator], text);
      assert.ok(Math.abs(to - limit) < 1e-9, text);
    }
  });

  it('is refused with everything that is wrong about it, and what may have been meant', () => {
    for (const [text, problem] of [
      ['', /is not an objective such as/],
      ['p99', /is not an objective/],
      ['p99<fast', /is not an objective/],
      ['p98<100ms', /knows no metric p98; there are p50, p90.*did you mean .*p99/],
      ['p99<100', /has no unit; p99 takes one of us, ms, s/],
      ['missed<5ms', /has the unit ms; missed takes no unit/],
      ['see.p99<100ms', /knows no transport see; there are polling, sse; did you mean sse\?/],
      ['see.p98<1', /knows no transport see.*; and it knows no metric p98/],
    ] as const) {
      const parsed = parseSlo(text, TRANSPORTS);
      assert.ok('problem' in parsed, text);
      assert.match(parsed.problem, problem, text);
    }
  });

  it('of one transport takes the place of a general one about the same metric', () => {
    const slos = ['p99<100ms', 'missed=0', 'polling.p99<1.1s'].map(slo);
    const textsOf = (transport: string) => slosOf(slos, transport).map(({ text }) => text);
    assert.deepEqual(textsOf('sse'), ['p99<100ms', 'missed=0']);
    assert.deepEqual(textsOf('polling'), ['missed=0', 'polling.p99<1.1s']);
  });
});

describe('what a trial shows of an objective', () => {
  const score = (text: string, figures: Parameters<typeof fakeTrial>[0]) =>
    worstScore(readSlos([slo(text)], fakeTrial(figures)));

  it('is how far the figure is from its limit, in either direction', () => {
    assert.equal(score('p99<100ms', { p99Us: 200_000 }), Math.log(2));
    assert.equal(score('p99<100ms', { p99Us: 50_000 }), -Math.log(2));
    assert.equal(score('p99>100ms', { p99Us: 50_000 }), Math.log(2));
  });

  it('is all or nothing for counts', () => {
    assert.equal(score('missed=0', { missed: 0 }), Number.NEGATIVE_INFINITY);
    assert.equal(score('missed=0', { missed: 1 }), Number.POSITIVE_INFINITY);
  });

  it('is the worst of several', () => {
    const slos = ['p99<100ms', 'missed=0', 'mean<100ms'].map(slo);
    assert.equal(worstScore(readSlos(slos, fakeTrial({ p99Us: 50_000 }))), -Math.log(2));
  });

  it('can be told without what the agents added, but only of times that they measure', () => {
    const [p99, cpu] = readSlos(['p99<100ms', 'cpu<10us'].map(slo), fakeTrial({ p99Us: 120_000 }), 30_000);
    assert.deepEqual([p99!.value, p99!.holds], [90_000, true]);
    assert.ok(cpu!.value! > 1);
  });
});

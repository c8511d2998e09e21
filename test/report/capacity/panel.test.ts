import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { panelsOf } from '../../../report/capacity/panel.ts';
import { kindOf } from '../../../report/capacity/step-mark.ts';
import { slo } from '../../bench/run/capacity/fake-steps.ts';
import { fixtureSearch } from './fixture.ts';

describe('the charts of a search', () => {
  it('are one for each transport and objective that has an axis, with every step of it', () => {
    const search = fixtureSearch();
    const panels = panelsOf(search);
    assert.deepEqual(
      panels.map(({ look, metric, slo: line }) => [look.id, metric.id, line]),
      search.transports.map(({ id }) => [id, 'p99', { text: 'p99<100ms', limit: 100_000 }]),
    );
    assert.equal(
      panels.reduce((sum, { points }) => sum + points.length, 0),
      search.steps.length,
    );
    const sse = panels.find(({ look }) => look.id === 'sse')!;
    for (const [index, { step, value, number }] of sse.points.entries())
      assert.deepEqual([number, value], [index + 1, step.trial.latencyUs.p99]);
  });

  it('follow the objective that is each transport’s own, and show p99 where none has an axis', () => {
    const plan = {
      transports: ['sse', 'polling'],
      slos: [slo('missed=0'), slo('polling.p50<1s'), slo('polling.p99<2s')],
    };
    const panels = panelsOf(fixtureSearch({ plan }));
    assert.deepEqual(
      panels.map(({ look, metric, slo: line }) => [look.id, metric.id, line?.text ?? null]),
      [
        ['sse', 'p99', null],
        ['polling', 'p50', 'polling.p50<1s'],
        ['polling', 'p99', 'polling.p99<2s'],
      ],
    );
  });

  it('tell who stood against a step, and leave a step without a figure without one', () => {
    const { steps } = fixtureSearch();
    const kinds = new Set(steps.map((step) => `${step.transport} ${kindOf(step)}`));
    for (const kind of ['websocket broken', 'sse generator', 'long-polling disturbed', 'polling broken'])
      assert.ok(kinds.has(kind), kind);
    const bare = panelsOf(fixtureSearch()).flatMap(({ points }) => points.filter(({ value }) => value === null));
    assert.deepEqual(
      bare.map(({ step, number }) => [step.transport, number]),
      [['long-polling', 5]],
    );
  });
});

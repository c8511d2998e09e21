import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeStep } from '../../../../bench/run/capacity/step-verdict.ts';
import { fakeTrial, slo, type FakeFigures } from './fake-steps.ts';

const SLOS = [slo('p99<100ms')];
const verdict = (figures: FakeFigures) => judgeStep(SLOS, fakeTrial(figures));
const causeOf = (figures: FakeFigures) => verdict(figures).cause;

describe('a step', () => {
  it('passes where the objective holds and no gate invalidates it', () => {
    const { outcome, cause } = verdict({ p99Us: 99_000 });
    assert.deepEqual([outcome, cause], ['pass', null]);
  });

  it('breaks its objective by the server where the agents’ own delay does not explain it', () => {
    assert.equal(causeOf({ p99Us: 150_000, lagUs: 20_000 }), 'slo');
  });

  it('may have been broken by the agents where it would hold without their delay', () => {
    const { outcome, cause, score, serverScore } = verdict({ p99Us: 150_000, lagUs: 60_000 });
    assert.deepEqual([outcome, cause], ['fail', 'agent-lag']);
    assert.ok(score > 0 && serverScore < 0);
  });

  it('accuses the generator where its gates do, whatever else is broken', () => {
    assert.equal(causeOf({ reasons: ['TICKS_MISSED', 'AGENT_SATURATED'] }), 'generator');
    assert.equal(causeOf({ reasons: ['AGENT_BOUND'] }), 'generator');
  });

  it('accuses the server of lost connections, missed ticks and falling behind', () => {
    for (const code of ['CLIENTS_DROPPED', 'TICKS_MISSED', 'FEED_RATE_OFF', 'UNSTEADY', 'CLIENTS_NOT_CONNECTED']) {
      assert.equal(causeOf({ reasons: [code] }), 'server', code);
    }
  });

  it('accuses whoever was busier of late polls', () => {
    const late = { reasons: ['POLLS_LATE'] };
    assert.equal(causeOf({ ...late, agentUtilisation: 0.7, serverUtilisation: 0.4 }), 'generator');
    assert.equal(causeOf({ ...late, agentUtilisation: 0.4, serverUtilisation: 0.99 }), 'server');
  });

  it('tells a machine that has run out of something from a server that refuses', () => {
    const reasons = ['CLIENTS_NOT_CONNECTED'];
    assert.equal(causeOf({ reasons, errors: ['EMFILE'] }), 'resource');
    assert.equal(causeOf({ reasons, errors: ['ECONNREFUSED'] }), 'server');
  });

  it('counts for nothing where the machine was disturbed', () => {
    assert.equal(verdict({ reasons: ['CPU_STOLEN', 'TICKS_MISSED'] }).outcome, 'void');
  });

  it('tells how far it is only where a figure does', () => {
    assert.equal(verdict({ reasons: ['TICKS_MISSED'] }).score, Number.POSITIVE_INFINITY);
    assert.equal(verdict({ reasons: ['TICKS_MISSED'], p99Us: 200_000 }).score, Math.log(2));
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { predict, type CostModel, type Fit } from '../../../bench/model/cost-model.ts';
import { fitModels } from '../../../bench/model/fit.ts';
import { plannedLoad } from '../../../bench/model/planner.ts';
import { sweepPlan } from '../../../bench/run/sweep.ts';
import type { RunResult, Trial } from '../../../bench/result/schema.ts';
import { AGENT_SATURATED, VALID } from '../../helpers/result-fixture.ts';
import { runOptions } from '../../helpers/run-options.ts';
import { costlyRun, repriced, SWEPT, TRUTH } from './fake-run.ts';

function modelOf(result: RunResult, transport: string): CostModel {
  return fitModels(result).find((model) => model.transport === transport)!;
}

function fitOf(fit: CostModel['cpu']): Fit {
  if (fit.kind !== 'fit') assert.fail(fit.sentence);
  return fit;
}

describe('a cost model', () => {
  it('finds what one server, a client, a delivery and a poll cost', () => {
    for (const transport of ['sse', 'polling']) {
      const { cpu, memory } = modelOf(costlyRun(), transport);
      for (const { term, value } of fitOf(cpu).coefficients) {
        assert.ok(Math.abs(value / TRUTH.cpu[term] - 1) < 1e-6, `${transport} ${term}: ${value}`);
      }
      const [server, client] = fitOf(memory).coefficients;
      assert.ok(Math.abs(server!.value / TRUTH.memory.server - 1) < 1e-6);
      assert.ok(Math.abs(client!.value / TRUTH.memory.client - 1) < 1e-6);
    }
    assert.deepEqual(
      fitOf(modelOf(costlyRun(), 'polling').cpu).coefficients.map(({ term }) => term),
      ['server', 'client', 'delivery', 'poll'],
    );
  });

  it('encloses the truth by its intervals as often as they say', () => {
    const run = costlyRun({ ...SWEPT, transports: ['sse'] });
    const covered = { server: 0, client: 0, delivery: 0, poll: 0, wake: 0 };
    for (let seed = 1; seed <= 200; seed++) {
      for (const { term, low, high } of fitOf(modelOf(repriced(run, 0.03, seed), 'sse').cpu).coefficients) {
        if (low! <= TRUTH.cpu[term] && TRUTH.cpu[term] <= high!) covered[term]++;
      }
    }
    // 200 intervals at 95 %: fewer than 182 by chance once in a hundred times
    for (const term of ['server', 'client', 'delivery'] as const) {
      assert.ok(covered[term] >= 182, `${term}: ${covered[term]} of 200`);
    }
  });

  it('says how far trials and left-out cells are from it', () => {
    const cpu = fitOf(modelOf(costlyRun(SWEPT, 0.03), 'sse').cpu);
    assert.deepEqual([cpu.cells, cpu.trials, cpu.degrees, cpu.leftOut.length], [4, 12, 9, 4]);
    assert.ok(cpu.worstResidual > 0.005 && cpu.worstResidual < 0.15, String(cpu.worstResidual));
    assert.ok(cpu.worstLeftOut! > 0.001 && cpu.worstLeftOut! < 0.3, String(cpu.worstLeftOut));
  });

  it('predicts a cell of twice the clients, or twice the rate', () => {
    const model = modelOf(costlyRun(SWEPT, 0.03), 'sse');
    for (const [clients, rateHz] of [
      [4000, 10],
      [2000, 20],
    ] as const) {
      const load = plannedLoad(model, { clients, rateHz, payloadBytes: 128, pollIntervalMs: 1000 });
      const { value, low, high } = predict(fitOf(model.cpu), load);
      const truth = TRUTH.cpu.server + TRUTH.cpu.client * clients + TRUTH.cpu.delivery * clients * rateHz;
      assert.ok(Math.abs(value / truth - 1) < 0.1, `${value} for ${truth}`);
      assert.ok(low < truth && high > truth);
    }
  });

  it('finds what it costs to wake an idle server, of clients that ask', () => {
    const options = { clients: [500, 1000, 2000], rates: [2, 5, 10], pollIntervals: [250, 500, 1000], blocks: 1 };
    for (const transport of ['polling', 'long-polling']) {
      const model = modelOf(costlyRun({ ...options, transports: [transport] }, 0, 50), transport);
      for (const { term, value } of fitOf(model.cpu).coefficients) {
        const truth = term === 'wake' ? 50 : TRUTH.cpu[term];
        assert.ok(Math.abs(value / truth - 1) < 0.01, `${transport} ${term}: ${value}`);
      }
      const far = { clients: 4000, rateHz: 5, payloadBytes: 128, pollIntervalMs: 500 };
      const { value, low, high } = predict(fitOf(model.cpu), plannedLoad(model, far));
      const requests = transport === 'polling' ? 8000 : 20_000;
      const { server, client, delivery, poll } = TRUTH.cpu;
      const awake = server + client * 4000 + delivery * 20_000 + (transport === 'polling' ? poll * 8000 : 0);
      const truth = (awake + 50 * requests) / (1 + (50 * requests) / 1e6);
      assert.ok(Math.abs(value / truth - 1) < 0.001, `${value} for ${truth}`);
      assert.ok(low <= value && high >= value);
    }
  });

  it('has no wake-ups where they explain nothing, and for who is pushed to', () => {
    for (const [transport, wakeUs] of [
      ['polling', 0],
      ['sse', 50],
    ] as const) {
      const { coefficients } = fitOf(modelOf(costlyRun(SWEPT, 0.02, wakeUs), transport).cpu);
      assert.ok(coefficients.every(({ term }) => term !== 'wake'));
    }
  });

  it('never says that something costs less than nothing', () => {
    const run = costlyRun({ ...SWEPT, transports: ['polling'] });
    let held = 0;
    for (let seed = 1; seed <= 50; seed++) {
      const { coefficients } = fitOf(modelOf(repriced(run, 0.2, seed), 'polling').cpu);
      assert.ok(
        coefficients.every(({ value, low, high }) => value >= 0 && low! >= 0 && low! <= value && high! >= value),
      );
      held += coefficients.filter(({ value }) => value === 0).length;
    }
    assert.ok(held > 10, `${held} coefficients were held at zero`);
  });

  it('shows by the cells left out that its form is wrong', () => {
    const squared = costlyRun({ ...SWEPT, transports: ['sse'], clients: [500, 1000, 2000] });
    const trials = squared.trials.map((trial) => ({
      ...trial,
      server: { ...trial.server, cpuUserUs: trial.server.cpuUserUs! * (1 + trial.cell.clients / 500) },
    }));
    assert.ok(fitOf(modelOf({ ...squared, trials }, 'sse').cpu).worstLeftOut! > 0.3);
  });

  it('refuses what the cells cannot tell apart, and says which to add', () => {
    const { cpu, memory } = modelOf(costlyRun({ clients: [1000], rates: [10], blocks: 3 }), 'polling');
    assert.ok(cpu.kind === 'unidentified' && memory.kind === 'unidentified');
    assert.match(cpu.sentence, /4 coefficients apart: clients, the rate and the poll interval do not vary/);
    assert.match(
      cpu.sentence,
      /npm run bench -- --transports polling --clients 250,1000 --rate 2,10 --poll-interval 250ms,1s, or plan --plan-sweep/,
    );
    assert.equal(cpu.add.length, 7);
    const more = modelOf(costlyRun({ transports: ['sse'], clients: [500, 2000], rates: [10], blocks: 3 }), 'sse');
    assert.ok(more.cpu.kind === 'unidentified' && more.memory.kind === 'fit');
    assert.match(more.cpu.sentence, /the rate does not vary/);
    assert.deepEqual(
      more.cpu.add.map(({ clients, rateHz }) => [clients, rateHz]),
      [
        [500, 2],
        [2000, 2],
      ],
    );
  });

  it('is satisfied by the cells that it asked for', () => {
    const asked = costlyRun({ clients: [250, 1000], rates: [2, 10], pollIntervals: [250, 1000], blocks: 2 });
    assert.ok(fitModels(asked).every(({ cpu, memory }) => cpu.kind === 'fit' && memory.kind === 'fit'));
  });

  it('rests on valid trials alone', () => {
    const invalid = costlyRun({
      ...SWEPT,
      validity: ({ transport }, block) => (transport === 'sse' && block > 0 ? AGENT_SATURATED : VALID),
    });
    assert.equal(fitOf(modelOf(invalid, 'sse').cpu).trials, 4);
    const none = costlyRun({ ...SWEPT, validity: ({ transport }) => (transport === 'sse' ? AGENT_SATURATED : VALID) });
    assert.equal(modelOf(none, 'sse'), undefined);
  });
});

describe('a disturbed trial', () => {
  const stolen = { code: 'CPU_STOLEN', severity: 'caution', message: '', value: 0.2, limit: 0.05 } as const;
  const disturbed = (trial: Trial): Trial => ({
    ...trial,
    validity: { status: 'caution', reasons: [stolen] },
    server: { ...trial.server, cpuUserUs: trial.server.cpuUserUs! * 2 },
  });

  it('is left out where its cell has a calm one', () => {
    const run = costlyRun({ ...SWEPT, transports: ['sse'] });
    const trials = run.trials.map((trial) => (trial.block === 0 ? disturbed(trial) : trial));
    const { coefficients, trials: used } = fitOf(modelOf({ ...run, trials }, 'sse').cpu);
    assert.equal(used, (run.trials.length * 2) / 3);
    for (const { term, value } of coefficients) assert.ok(Math.abs(value / TRUTH.cpu[term] - 1) < 1e-6, term);
  });

  it('is better than nothing where it has none', () => {
    const run = costlyRun({ ...SWEPT, transports: ['sse'] });
    const { trials } = fitOf(modelOf({ ...run, trials: run.trials.map(disturbed) }, 'sse').cpu);
    assert.equal(trials, run.trials.length);
  });
});

describe('the sweep', () => {
  it('identifies every model, also without any one of its cells', () => {
    const plan = sweepPlan(runOptions({ blocks: 2 }));
    const polled = plan.cells.filter(({ transport }) => transport === 'polling');
    assert.deepEqual([plan.cells.length, polled.length], [23, 7]);
    assert.ok(plan.order.every((order) => order.toSorted((a, b) => a - b).every((cell, index) => cell === index)));
    const all = { clients: [500, 1000, 2000], rates: [2, 5, 10, 20], pollIntervals: [250, 500, 1000] };
    const result = costlyRun({ ...all, blocks: 2 });
    const kept = new Set(plan.cells.map((cell) => JSON.stringify(cell)));
    const trials = result.trials.filter(({ cell }) => kept.has(JSON.stringify(cell)));
    for (const { transport, cpu, memory } of fitModels({ ...result, trials })) {
      for (const { predicted, cell } of [...fitOf(cpu).leftOut, ...fitOf(memory).leftOut]) {
        assert.notEqual(predicted, null, `${transport} without ${JSON.stringify(cell)}`);
      }
    }
  });
});

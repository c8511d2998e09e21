import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fitModels } from '../../../bench/model/fit.ts';
import { planCost, serverLike } from '../../../bench/model/planner.ts';
import { modelLines } from '../../../bench/command/terminal/cost-plan.ts';
import { painter } from '../../../bench/command/terminal/style.ts';
import { planCsv } from '../../../report/csv.ts';
import { pageData } from '../../../report/figures/page-data.ts';
import { firstPlan, planRows, planView, type PlanNeeds } from '../../../report/planner/plan-view.ts';
import { costlyRun, SWEPT } from '../../bench/model/fake-run.ts';
import { fixtureResult } from '../../helpers/result-fixture.ts';

const RESULT = costlyRun(SWEPT, 0.03);
const PAGE = pageData(RESULT);
const WORKLOAD = { clients: 1500, rateHz: 5, payloadBytes: 128, pollIntervalMs: 1000 };
const NEEDS: PlanNeeds = { ...WORKLOAD, maxClients: null };

describe('the planner of the page', () => {
  it('plans exactly what the model plans, for every transport, also after its way through the page', () => {
    const carried = JSON.parse(JSON.stringify(PAGE)) as typeof PAGE;
    const far = { ...WORKLOAD, clients: 1e6, rateHz: 0.1, pollIntervalMs: 30_000 };
    for (const { maxClients, ...workload } of [NEEDS, { ...far, maxClients: null }, { ...far, maxClients: 3000 }]) {
      const kind = serverLike(RESULT.environment, maxClients);
      const rows = planRows(carried, { ...workload, maxClients });
      assert.deepEqual(
        rows.map(({ transport }) => transport),
        PAGE.transports.map(({ id }) => id),
      );
      for (const model of fitModels(RESULT)) {
        const row = rows.find(({ transport }) => transport === model.transport);
        assert.deepEqual({ plan: row?.plan }, planCost(model, workload, kind), model.transport);
      }
    }
  });

  it('marks what is beyond what was measured, by how much and in what, and nothing else', () => {
    const shown = (needs: PlanNeeds) => planView(PAGE, needs).source;
    assert.doesNotMatch(shown(NEEDS), /extrapolated/);
    assert.match(shown(NEEDS), /within what was measured/);
    const million = shown({ ...NEEDS, clients: 1e6 });
    assert.equal(million.match(/extrapolated ×500</g)?.length, 4);
    assert.match(million, /clients 500 times/);
    assert.match(million, /Measure nearer to the load/);
  });

  it('says what limits a server where more than one is needed, the most clients of one too', () => {
    const limits = (needs: PlanNeeds) => planView(PAGE, needs).source.match(/limited by \w+/g);
    assert.equal(limits({ ...NEEDS, clients: 10 }), null);
    assert.deepEqual(limits({ ...NEEDS, clients: 100_000 }), Array(4).fill('limited by CPU'));
    const limited = { ...NEEDS, clients: 100_000, maxClients: 100 };
    assert.deepEqual(limits(limited), Array(4).fill('limited by clients'));
    assert.match(planView(PAGE, limited).source, /Servers: 60 % busy, [^<]*, at most 100 clients each\./);
  });

  it('refuses in the words of the command plan', () => {
    const result = fixtureResult({ blocks: 2 });
    const rows = planRows(pageData(result), NEEDS);
    const said = modelLines(fitModels(result), Infinity, painter(false));
    assert.equal(rows.length, 4);
    for (const { plan, problem } of rows) {
      assert.equal(plan, null);
      assert.match(problem ?? '', /Run npm run bench -- --transports .*, or plan --plan-sweep/);
      assert.ok(
        said.some((line) => line.trim() === problem),
        problem ?? '',
      );
    }
  });

  it('plans what it can where only some transports can be planned', () => {
    const mixed = {
      ...RESULT,
      trials: RESULT.trials.filter(({ cell }) => cell.transport !== 'sse' || cell.clients === 500),
    };
    const rows = planRows(pageData(mixed), NEEDS);
    assert.deepEqual(
      rows.filter(({ plan }) => plan === null).map(({ transport }) => transport),
      ['sse'],
    );
    assert.match(planView(pageData(mixed), NEEDS).source, /<strong>SSE<\/strong>: server CPU: no model: /);
  });

  it('begins with the load that the page shows first', () => {
    assert.deepEqual(firstPlan(PAGE), {
      clients: 2000,
      rateHz: 10,
      payloadBytes: 128,
      pollIntervalMs: 500,
      maxClients: null,
    });
    assert.equal(firstPlan({ loads: [], focus: '' }), null);
  });

  it('is saved with its figures, intervals and how far they are beyond what was measured', () => {
    const needs = { ...NEEDS, clients: 20_000 };
    const rows = planRows(PAGE, needs);
    const [head, ...lines] = planCsv(rows, needs).trimEnd().split('\r\n');
    assert.equal(
      head,
      'transport,clients,rateHz,payloadBytes,pollIntervalMs,maxClients,figure,unit,value,low,high,beyond',
    );
    assert.equal(lines.length, rows.length * 10);
    const { cores } = rows.find(({ transport }) => transport === 'sse')!.plan!;
    const line = lines.find((text) => text.startsWith('sse,') && text.includes(',cores,'));
    assert.ok(planCsv(rows, { ...needs, maxClients: 3000 }).includes('sse,20000,5,128,1000,3000,cores,'));
    assert.equal(line, `sse,20000,5,128,1000,,cores,cores,${cores.value},${cores.low},${cores.high},10`);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fitModels } from '../../../bench/model/fit.ts';
import { planCost, serverLike, type Workload } from '../../../bench/model/planner.ts';
import { modelLines } from '../../../bench/terminal/model.ts';
import { painter } from '../../../bench/terminal/style.ts';
import { planCsv } from '../../../report/csv.ts';
import { pageData } from '../../../report/figures/page-data.ts';
import { firstWorkload, planRows } from '../../../report/planner/plan-row.ts';
import { planView } from '../../../report/planner/plan-view.ts';
import { markupOf } from '../../../report/html.ts';
import { costlyRun, SWEPT } from '../../bench/model/fake-run.ts';
import { fixtureResult } from '../../helpers/result-fixture.ts';

const RESULT = costlyRun(SWEPT, 0.03);
const PAGE = pageData(RESULT);
const WORKLOAD: Workload = { clients: 1500, rateHz: 5, payloadBytes: 128, pollIntervalMs: 1000 };

describe('the planner of the page', () => {
  it('plans exactly what the model plans, for every transport, also after its way through the page', () => {
    const carried = JSON.parse(JSON.stringify(PAGE)) as typeof PAGE;
    const kind = serverLike(RESULT.environment, null);
    for (const workload of [WORKLOAD, { ...WORKLOAD, clients: 1e6, rateHz: 0.1, pollIntervalMs: 30_000 }]) {
      const rows = planRows(carried, workload);
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
    const shown = (workload: Workload) => markupOf(planView(PAGE, workload)).source;
    assert.doesNotMatch(shown(WORKLOAD), /extrapolated/);
    assert.match(shown(WORKLOAD), /within what was measured/);
    const million = shown({ ...WORKLOAD, clients: 1e6 });
    assert.equal(million.match(/extrapolated ×500</g)?.length, 4);
    assert.match(million, /clients 500 times/);
    assert.match(million, /Measure nearer to the load/);
  });

  it('refuses in the words of the command plan', () => {
    const result = fixtureResult({ blocks: 2 });
    const rows = planRows(pageData(result), WORKLOAD);
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
    const rows = planRows(pageData(mixed), WORKLOAD);
    assert.deepEqual(
      rows.filter(({ plan }) => plan === null).map(({ transport }) => transport),
      ['sse'],
    );
    assert.match(markupOf(planView(pageData(mixed), WORKLOAD)).source, /<strong>SSE<\/strong>: server CPU: no model: /);
  });

  it('begins with the load that the page shows first', () => {
    assert.deepEqual(firstWorkload(PAGE), { clients: 2000, rateHz: 10, payloadBytes: 128, pollIntervalMs: 500 });
    assert.equal(firstWorkload({ loads: [], focus: '' }), null);
  });

  it('is saved with its figures, intervals and how far they are beyond what was measured', () => {
    const rows = planRows(PAGE, { ...WORKLOAD, clients: 20_000 });
    const [head, ...lines] = planCsv(rows, { ...WORKLOAD, clients: 20_000 })
      .trimEnd()
      .split('\r\n');
    assert.equal(head, 'transport,clients,rateHz,payloadBytes,pollIntervalMs,figure,unit,value,low,high,beyond');
    assert.equal(lines.length, rows.length * 10);
    const { cores } = rows.find(({ transport }) => transport === 'sse')!.plan!;
    const line = lines.find((text) => text.startsWith('sse,') && text.includes(',cores,'));
    assert.equal(line, `sse,20000,5,128,1000,cores,cores,${cores.value},${cores.low},${cores.high},10`);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { predict, type CostModel } from '../../../bench/model/cost-model.ts';
import { fitModels } from '../../../bench/model/fit.ts';
import { planCost, plannedLoad, type ServerKind, type Workload } from '../../../bench/model/planner.ts';
import { costlyRun, SWEPT } from './fake-run.ts';

const KIND: ServerKind = { memoryBytes: 6e9, utilisation: 0.6, maxClients: null };
const WORKLOAD: Workload = { clients: 1000, rateHz: 5, payloadBytes: 128, pollIntervalMs: 1000 };
const MODELS = fitModels(costlyRun(SWEPT, 0.03));

function modelOf(transport: string): CostModel {
  return MODELS.find((model) => model.transport === transport)!;
}

function planOf(transport: string, workload: Partial<Workload> = {}, kind: Partial<ServerKind> = {}) {
  const planned = planCost(modelOf(transport), { ...WORKLOAD, ...workload }, { ...KIND, ...kind });
  if (!('plan' in planned)) assert.fail(planned.problems.join());
  return planned.plan;
}

describe('a plan', () => {
  it('says of one server exactly what the model says', () => {
    for (const model of MODELS) {
      const plan = planOf(model.transport);
      const load = plannedLoad(model, WORKLOAD);
      assert.ok(model.cpu.kind === 'fit' && model.memory.kind === 'fit');
      assert.equal(plan.servers.value, 1);
      assert.equal(plan.cores.value, predict(model.cpu, load).value * 1e-6);
      assert.deepEqual(plan.memoryBytes, predict(model.memory, load));
    }
  });

  it('keeps every server within its CPU, its memory and its most clients', () => {
    const many = { clients: 1_000_000, rateHz: 1 };
    const byCpu = planOf('sse', many);
    const { cpu } = modelOf('sse');
    assert.ok(cpu.kind === 'fit');
    const [server, client, delivery] = cpu.coefficients.map(({ value }) => value) as [number, number, number];
    assert.equal(byCpu.limitedBy, 'CPU');
    assert.equal(byCpu.servers.value, Math.ceil(((client + delivery) * 1_000_000) / (600_000 - server)));
    assert.ok(byCpu.cores.value / byCpu.servers.value <= 0.6);
    const byMemory = planOf('sse', many, { memoryBytes: 200e6 });
    assert.equal(byMemory.limitedBy, 'memory');
    assert.ok(Math.abs(byMemory.servers.value / (12e9 / 110e6) - 1) < 0.2);
    const byClients = planOf('sse', many, { maxClients: 11_000 });
    assert.deepEqual([byClients.limitedBy, byClients.servers.value], ['clients', 91]);
    assert.deepEqual(planCost(modelOf('sse'), WORKLOAD, { ...KIND, memoryBytes: 50e6 }), {
      problems: ['a server without clients already uses more memory than one may; allow it more'],
    });
  });

  it('marks how far it is beyond what was measured, and its intervals enclose it', () => {
    assert.deepEqual(planOf('sse').beyond, []);
    const million = planOf('sse', { clients: 1_000_000, rateHz: 1, payloadBytes: 1024 });
    assert.deepEqual(
      million.beyond.map(({ what, factor }) => [what, Math.round(factor)]),
      [
        ['clients', 500],
        ['rate', 2],
        ['payload', 8],
        ['deliveries per second', 50],
      ],
    );
    for (const { value, low, high } of [million.cores, million.memoryBytes, million.servers]) {
      assert.ok(low <= value && value <= high && low >= 0);
    }
    assert.deepEqual(planOf('polling', { pollIntervalMs: 10_000 }).beyond, [{ what: 'poll interval', factor: 5 }]);
  });

  it('counts egress by the protocols’ arithmetic', () => {
    const websocket = planOf('websocket', { clients: 1000, rateHz: 5 });
    assert.equal(websocket.egressBytesPerSecond, 1000 * 5 * 132);
    assert.equal(websocket.egressBytesPerHour, 1000 * 5 * 132 * 3600);
    assert.equal(websocket.egressBytesPerMonth, 1000 * 5 * 132 * 3600 * 730);
    assert.equal(websocket.egressWireBytesPerSecond, 1000 * 5 * (132 + 52));
    assert.equal(websocket.ingressBytesPerSecond, 0);
    assert.ok(planOf('polling').ingressBytesPerSecond > 1000 * 80);
  });

  it('says of age what theory says', () => {
    const push = planOf('sse', { rateHz: 5 });
    assert.ok(Math.abs(push.ageMeanMs - (100 + push.fanOutMs / 2)) < 1e-9);
    assert.ok(Math.abs(push.fanOutMs - 7) < 0.7, String(push.fanOutMs));
    assert.equal(planOf('polling', { rateHz: 5, pollIntervalMs: 2000 }).ageMeanMs, 100 + 1000);
  });

  it('is refused where the model is', () => {
    const [model] = fitModels(costlyRun({ transports: ['sse'], blocks: 2 }));
    const planned = planCost(model!, WORKLOAD, KIND);
    assert.ok('problems' in planned && planned.problems.length === 1);
  });

  it('runs in a browser', async () => {
    const entry = fileURLToPath(new URL('../../../bench/model/planner.ts', import.meta.url));
    // fails on any import of Node
    const { outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      platform: 'browser',
      write: false,
      format: 'esm',
    });
    assert.ok(outputFiles[0]!.text.length < 30_000);
  });
});

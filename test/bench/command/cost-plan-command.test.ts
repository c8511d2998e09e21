import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { executePlan, type PlanCollaborators } from '../../../bench/command/cost-plan-command.ts';
import { PushbenchError } from '../../../bench/basics/errors.ts';
import type { FlagValues } from '../../../bench/command/read-flags.ts';
import type { CostModel } from '../../../bench/model/cost-model.ts';
import { planCost, type CostPlan, type ServerKind } from '../../../bench/model/planner.ts';
import { fixtureResult } from '../../helpers/result-fixture.ts';
import { costlyRun, SWEPT } from '../model/fake-run.ts';
import { fakeSurroundings } from './surroundings.ts';

async function prepare(t: TestContext, overrides: Partial<PlanCollaborators> = {}) {
  const { surroundings, stdout, stderr } = await fakeSurroundings(t);
  const reads: string[] = [];
  const sweeps: FlagValues[] = [];
  const collaborators: PlanCollaborators = {
    readRun: async (given) => (reads.push(given), costlyRun(SWEPT, 0.02)),
    runSweep: async (values, { stdout: output }) => {
      sweeps.push(values);
      output.write('summary of the sweep\n');
      return 0;
    },
    ...overrides,
  };
  const run = (values: FlagValues) => executePlan({ values, operands: [], mistakes: [] }, surroundings, collaborators);
  return { run, reads, sweeps, stdout, stderr };
}

describe('the command plan', () => {
  it('shows the model of the last run: coefficients, intervals, errors, bytes', async (t) => {
    const { run, reads, stdout } = await prepare(t);
    assert.equal(await run({}), 0);
    assert.deepEqual(reads, ['latest']);
    const text = stdout();
    assert.match(text, /SSE, 128 B, prepared, measured with 500 to 2,000 clients at 2\.00 to 10\.0 ticks\/s/);
    assert.match(
      text,
      /server CPU, from 4 cells and 12 trials:[\s\S]*per delivery +7\.\d+ us +[67]\.\d+ us to [78]\.\d+ us/,
    );
    assert.match(text, /a cell left out is predicted within\s+[\d.]+\s+%/);
    assert.match(text, /bytes per delivery by arithmetic/);
    assert.match(text, /Plan a workload/);
  });

  it('plans every workload for every transport, and marks what is extrapolated', async (t) => {
    const { run, stdout } = await prepare(t);
    assert.equal(await run({ clients: ['1k,1000k'], rate: ['5'], transports: ['sse,polling'], from: ['x'] }), 0);
    const text = stdout();
    assert.match(text, /1,000 clients at 5\.00 ticks\/s of 128 B/);
    assert.match(text, /1,000,000 clients at 5\.00 ticks\/s/);
    assert.match(text, /SSE \* +[\d.]+/);
    assert.match(text, /Extrapolated beyond what was\s+measured: clients 500 times/);
    assert.doesNotMatch(text, /WebSocket/);
    for (const line of text.split('\n')) assert.ok(line.length <= 100, line);
  });

  it('says for programs what it says for people', async (t) => {
    const { run, stdout } = await prepare(t);
    await run({ clients: ['20k'], rate: ['1'], transports: ['sse'], json: [null], 'max-clients': ['5k'] });
    const { models, plans, server } = JSON.parse(stdout()) as {
      models: CostModel[];
      plans: {
        workload: { clients: number; rateHz: number; payloadBytes: number; pollIntervalMs: number };
        plans: { plan: CostPlan }[];
      }[];
      server: ServerKind;
    };
    const [
      {
        workload,
        plans: [first],
      },
    ] = plans as [(typeof plans)[number]];
    assert.deepEqual(planCost(models[0]!, workload, server), { plan: first!.plan });
    assert.deepEqual([server.maxClients, first!.plan.servers.value, first!.plan.limitedBy], [5000, 4, 'clients']);
  });

  it('refuses a run that identifies no model, and says what to run', async (t) => {
    const { run, stdout } = await prepare(t, { readRun: async () => fixtureResult({ blocks: 2 }) });
    assert.equal(await run({ clients: ['1k'] }), 3);
    assert.match(
      stdout(),
      /no model: the cells do not tell its 3\s+coefficients apart: clients and the rate do\s+not vary/,
    );
    assert.match(stdout(), /No plan: the run does not identify a cost model/);
  });

  it('runs the sweep first where it is told to, with its own cells, and stdout to itself', async (t) => {
    const { run, reads, sweeps, stdout, stderr } = await prepare(t);
    await run({ 'plan-sweep': [null], clients: ['1000k'], rate: ['1'], out: ['there'], blocks: ['2'], json: [null] });
    assert.deepEqual(reads, ['there']);
    const [values] = sweeps;
    assert.deepEqual(
      [
        values!['clients'],
        values!['rate'],
        values!['poll-interval'],
        values!['blocks'],
        values!['out'],
        values!['json'],
      ],
      [['500,1000,2000'], ['2,5,10,20'], ['250ms,500ms,1000ms'], ['2'], ['there'], undefined],
    );
    assert.match(stderr(), /summary of the sweep/);
    assert.ok(JSON.parse(stdout()));
  });

  it('starts no sweep whose windows can hold no tick', async (t) => {
    const { run, reads, sweeps } = await prepare(t);
    await assert.rejects(
      run({ 'plan-sweep': [null], duration: ['400ms'] }),
      (error) => error instanceof PushbenchError && error.reason === 'usage' && error.message.includes('from 500ms on'),
    );
    assert.deepEqual([reads, sweeps], [[], []]);
  });

  it('stops where the sweep was stopped', async (t) => {
    const { run, reads } = await prepare(t, { runSweep: () => Promise.resolve(130) });
    assert.equal(await run({ 'plan-sweep': [null] }), 130);
    assert.deepEqual(reads, []);
  });

  it('takes a past run or a new sweep, not both', async (t) => {
    const { run } = await prepare(t);
    await assert.rejects(
      run({ 'plan-sweep': [null], from: ['x'] }),
      (error) => error instanceof PushbenchError && error.reason === 'usage',
    );
  });
});

import assert from 'node:assert/strict';
import { appendFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { readCapacity } from '../../../../bench/run/capacity/file.ts';
import { runCapacity, type CapacityEvent, type CapacityRequest } from '../../../../bench/run/capacity/search-loop.ts';
import { CAPACITY_FILE, CAPACITY_JOURNAL } from '../../../../bench/result/folder.ts';
import { randomFrom } from '../../../../bench/basics/random.ts';
import type { TrialSpec } from '../../../../bench/trial/spec.ts';
import { temporaryDirectory } from '../../command/surroundings.ts';
import { fakeTrial, searchPlan, slo, type FakeFigures } from './fake-steps.ts';

/** A server of 9 us a client, and agents that add a share of their own. */
function usualServer({ lagShare = 0.05, noise = 0.05 } = {}) {
  const random = randomFrom(11);
  return ({ cell }: TrialSpec): FakeFigures => {
    const p99Us = (2000 + 9 * cell.clients) * Math.exp((random() - 0.5) * 2 * noise);
    return { p99Us, lagUs: p99Us * lagShare };
  };
}

async function run(
  t: TestContext,
  figures: (spec: TrialSpec, index: number) => FakeFigures,
  plan = searchPlan(),
  overrides: Partial<CapacityRequest> = {},
) {
  const directory = join(await temporaryDirectory(t), 'out');
  const events: CapacityEvent[] = [];
  const specs: TrialSpec[] = [];
  const rests: number[] = [];
  const result = await runCapacity(plan, {
    id: 'x',
    directory,
    label: '',
    command: 'npm run bench -- capacity',
    port: 0,
    signal: new AbortController().signal,
    onEvent: (event) => events.push(event),
    execute: async (spec) => {
      specs.push(spec);
      return fakeTrial({ ...figures(spec, specs.length), cell: spec.cell });
    },
    rest: (ms) => {
      rests.push(ms);
      return Promise.resolve();
    },
    ...overrides,
  });
  return { directory, events, specs, result, rests };
}

describe('a capacity search', () => {
  it('finds the boundary of a server, and says what lies beyond', async (t) => {
    const { result, specs } = await run(t, usualServer());
    const [answer] = result.answers;
    assert.equal(answer!.outcome, 'found');
    assert.ok(Math.abs(answer!.estimate! / 10_889 - 1) < 0.05, String(answer!.estimate));
    assert.ok(answer!.low! < 10_889 && answer!.high! > 10_889);
    assert.match(
      answer!.sentence,
      /^SSE holds 1\d,\d00 clients \(95 % interval [\d,]+ to [\d,]+\); beyond it p99<100ms is broken\.$/,
    );
    assert.equal(new Set(specs.map(({ block }) => block)).size, specs.length, 'no two steps share their phases');
  });

  it('is bound by the generator where the agents’ own delay moves the boundary out of its interval', async (t) => {
    const [answer] = (await run(t, usualServer({ lagShare: 0.4 }))).result.answers;
    assert.equal(answer!.outcome, 'generator-bound');
    assert.ok(answer!.serverOnly! > answer!.high!);
    assert.ok(Math.abs(answer!.serverOnly! / 18_296 - 1) < 0.1, String(answer!.serverOnly));
    assert.match(
      answer!.sentence,
      /generator-bound: at least 1\d,\d00 clients .* about 40 % of that may be the load agents/,
    );
  });

  it('is bound by the generator where its gates break', async (t) => {
    const [answer] = (
      await run(t, ({ cell }) => ({ p99Us: 9000, reasons: [], agentUtilisation: cell.clients > 5000 ? 0.95 : 0.5 }))
    ).result.answers;
    assert.equal(answer!.outcome, 'generator-bound');
    assert.deepEqual(
      answer!.codes.map(({ code }) => code),
      ['AGENT_SATURATED'],
    );
    assert.match(answer!.sentence, /the load agents are the limit \(AGENT_SATURATED\)/);
  });

  it('holds as many as the machine has room for, and says what to do for more', async (t) => {
    const plan = searchPlan({ max: 4000, resource: "Raise it with 'ulimit -n 20064'." });
    const [answer] = (await run(t, usualServer(), plan)).result.answers;
    assert.equal(answer!.outcome, 'out-of-resources');
    assert.match(
      answer!.sentence,
      /out of descriptors or ports: at least 4,000 clients: p99 is .* Raise it with 'ulimit/,
    );
    const [unbound] = (await run(t, usualServer(), searchPlan({ max: 4000 }))).result.answers;
    assert.equal(unbound!.outcome, 'not-reached');
    assert.match(unbound!.sentence, /holds at least 4,000 clients.*raise --max-clients/);
  });

  it('tells connections that the machine had no room for', async (t) => {
    const [answer] = (
      await run(
        t,
        ({ cell }) => (cell.clients > 3000 ? { errors: ['EADDRNOTAVAIL'], reasons: [] } : {}),
        searchPlan(),
        {
          execute: async ({ cell }) => {
            const isOut = cell.clients > 3000;
            const trial = fakeTrial({ cell, errors: isOut ? ['EADDRNOTAVAIL'] : [] });
            const connected = isOut ? 3000 : cell.clients;
            return { ...trial, clients: { ...trial.clients, target: cell.clients, connected } };
          },
        },
      )
    ).result.answers;
    assert.equal(answer!.outcome, 'out-of-resources');
    assert.match(answer!.sentence, /beyond it connections fail \(EADDRNOTAVAIL\)/);
  });

  it('says at once what does not hold at the smallest load, and why polling cannot', async (t) => {
    const plan = searchPlan({ transports: ['polling', 'sse'] });
    const { result } = await run(t, ({ cell }) => ({ p99Us: cell.transport === 'polling' ? 991_000 : 150_000 }), plan);
    const [polling, sse] = result.answers;
    assert.deepEqual(
      result.steps.map(({ transport }) => transport),
      ['polling', 'sse', 'sse'],
    );
    assert.match(
      polling!.sentence,
      /^polling: not even the smallest load holds, 100 clients: p99 is 991 ms against p99<100ms\. That is by design: with a poll every 1s p99 is 990 ms/,
    );
    assert.match(polling!.sentence, /--slo 'polling\.p99<1089ms'/);
    assert.equal(sse!.sentence, 'SSE: not even the smallest load holds, 100 clients: p99 is 150 ms against p99<100ms.');
  });

  it('searches ticks per second at fixed clients', async (t) => {
    const plan = searchPlan({ vary: 'rate', min: 1, max: 1000 });
    plan.workload = { ...plan.workload, clients: 500, rateHz: null };
    const { result, specs } = await run(t, ({ cell }) => ({ p99Us: cell.rateHz <= 70 ? 5000 : 900_000 }), plan);
    assert.ok(specs.every(({ cell }) => cell.clients === 500));
    const [answer] = result.answers;
    assert.ok(answer!.low! <= 70 && answer!.high! > 70 && answer!.high! / answer!.low! < 1.15);
    assert.match(answer!.sentence, /^SSE holds [\d.]+ ticks\/s \(95 % interval/);
  });

  it('keeps what it knows when it is stopped, in the file and in the journal alike', async (t) => {
    const stop = new AbortController();
    const { result, directory } = await run(
      t,
      (spec, index) => {
        if (index === 6) stop.abort();
        return usualServer({ noise: 0 })(spec);
      },
      searchPlan(),
      { signal: stop.signal },
    );
    assert.equal(result.run.status, 'interrupted');
    assert.match(
      result.answers[0]!.sentence,
      /^SSE: between 10,000 and 14,100 clients, no interval: the search was stopped\.$/,
    );
    assert.deepEqual(readCapacity(directory), result);
    await rm(join(directory, CAPACITY_FILE));
    await appendFile(join(directory, CAPACITY_JOURNAL), '{"transport":"sse","sta');
    assert.deepEqual(readCapacity(directory).answers, result.answers);
  });

  it('gives a disturbed machine time, longer each time, before it repeats a step', async (t) => {
    const usual = usualServer({ noise: 0 });
    const stolen = new Set([3, 4, 7]);
    const { result, rests, events } = await run(t, (spec, index) =>
      stolen.has(index) ? { ...usual(spec), steal: 0.3 } : usual(spec),
    );
    assert.equal(result.answers[0]!.outcome, 'found');
    assert.deepEqual(rests, [3000, 6000, 3000]);
    const told = events.filter((event) => event.type === 'rest').map(({ ms }) => ms);
    assert.deepEqual(told, rests);
    const levels = result.steps.map(({ level }) => level);
    assert.deepEqual([levels[2], levels[3]], [levels[4], levels[4]]);
  });

  it('gives up on a machine that does not come to rest', async (t) => {
    const { result, rests } = await run(t, () => ({ steal: 0.3 }));
    assert.match(result.answers[0]!.sentence, /no interval: the machine did not come to rest \(CPU_STOLEN\)/);
    assert.deepEqual(rests, [3000, 6000, 12_000, 24_000, 48_000]);
  });

  it('can be stopped while it waits', async (t) => {
    const stop = new AbortController();
    const { result } = await run(t, () => ({ steal: 0.3 }), searchPlan(), {
      signal: stop.signal,
      onEvent: ({ type }) => {
        if (type === 'rest') setImmediate(() => stop.abort());
      },
      rest: undefined,
    });
    assert.equal(result.run.status, 'interrupted');
    assert.equal(result.steps.length, 1);
  });

  it('can be derived again from its trials', async (t) => {
    const { result, directory } = await run(t, usualServer(), searchPlan({ slos: ['p99<100ms', 'missed=0'].map(slo) }));
    assert.deepEqual(readCapacity(directory), result);
  });

  it('shows the bracket as it narrows', async (t) => {
    const { events } = await run(t, usualServer({ noise: 0 }));
    const brackets = events.filter((event) => event.type === 'step-start').map(({ low, high }) => [low, high]);
    assert.deepEqual(brackets.slice(0, 8), [
      [null, null],
      [100, null],
      [800, null],
      [5000, null],
      [10_000, null],
      [10_000, 20_000],
      [10_000, 14_100],
      [10_000, 11_900],
    ]);
  });

  it('leaves no journal where not even one step could be run', async (t) => {
    const directory = await temporaryDirectory(t);
    const failing = run(t, () => ({}), searchPlan(), {
      directory,
      execute: () => Promise.reject(new Error('no server')),
    });
    await assert.rejects(failing, /no server/);
    assert.deepEqual(await readdir(directory), []);
  });
});

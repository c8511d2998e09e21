import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { type CapacityRequest, runCapacity } from '../../../bench/run/capacity/search-loop.ts';
import type { SearchPlan } from '../../../bench/result/capacity-schema.ts';
import { readCapacity } from '../../../bench/run/capacity/file.ts';
import { executeCapacity, type CapacityCollaborators } from '../../../bench/command/capacity-command.ts';
import type { StopSignal } from '../../../server/stop-signals.ts';
import { PushbenchError } from '../../../bench/basics/errors.ts';
import { claimPort } from '../../../bench/machine/port-claim.ts';
import { flagTable } from '../../../bench/command/flag-table.ts';
import type { FlagValues } from '../../../bench/command/read-flags.ts';
import type { Facts } from '../../../bench/run/preflight.ts';
import { fakeTrial } from '../run/capacity/fake-steps.ts';
import { fakeSurroundings } from './surroundings.ts';

const FACTS: Facts = {
  openFiles: 100_000,
  portRange: null,
  sourceAddresses: 250,
  cores: 2,
  portError: null,
  freePort: null,
  existing: '/',
  writeError: null,
  freeBytes: null,
};

async function prepare(
  t: TestContext,
  p99UsAt: (clients: number, transport: string) => number,
  facts: Partial<Facts> = {},
) {
  const { cwd, surroundings, stdout, stderr } = await fakeSurroundings(t);
  const plans: SearchPlan[] = [];
  const requests: CapacityRequest[] = [];
  let onStep = (_count: number): void => undefined;
  const listeners = new Set<(signal: StopSignal) => void>();
  let steps = 0;
  const shown: string[] = [];
  let rendering: PushbenchError | null = null;
  const collaborators: CapacityCollaborators = {
    context: () => ({
      cores: 2,
      randomSeed: () => 99,
      transports: ['polling', 'long-polling', 'sse', 'websocket'],
      pinProblem: () => 'taskset was not found',
    }),
    probeMachine: () => Promise.resolve({ ...FACTS, ...facts }),
    runCapacity: (plan, request) => {
      plans.push(plan);
      requests.push(request);
      return runCapacity(plan, {
        ...request,
        execute: async ({ cell }) => {
          onStep(++steps);
          return fakeTrial({ cell, p99Us: p99UsAt(cell.clients, cell.transport), lagUs: 10 });
        },
      });
    },
    readCapacity: async (directory) => readCapacity(directory),
    renderReport: (directory) => {
      if (rendering !== null) return Promise.reject(rendering);
      shown.push(`rendered ${relative(cwd, directory)}`);
      return Promise.resolve(join(directory, 'report.html'));
    },
    renderIndex: (root) => {
      shown.push(`indexed ${relative(cwd, root)}`);
      return Promise.resolve({ path: join(root, 'index.html'), problem: null });
    },
    openFile: (path) => {
      shown.push(`opened ${relative(cwd, path)}`);
      return Promise.resolve(null);
    },
    now: () => new Date('2026-01-31T12:00:00Z'),
    onSignal: (call) => {
      listeners.add(call);
      return () => listeners.delete(call);
    },
    exitNow: () => undefined,
  };
  const run = (values: FlagValues) =>
    executeCapacity({ values, operands: [], mistakes: [] }, surroundings, collaborators);
  const stopAt = (step: number) => {
    onStep = (count) => {
      if (count === step) for (const listener of listeners) listener('SIGINT');
    };
  };
  const failToRender = () => {
    rendering = new PushbenchError('defect', 'REPORT_FAILED', 'the report could not be rendered');
  };
  return { cwd, run, plans, requests, stopAt, stdout, stderr, shown, failToRender };
}

/** 8 us a client, a little noise that differs with the load. */
const usual = (clients: number) => 8 * clients * (1 + ((clients * 7919) % 97) / 970);

async function mistakesOf(t: TestContext, values: FlagValues): Promise<string> {
  const { run, cwd } = await prepare(t, usual);
  const error = await run(values).then(
    () => assert.fail('no mistake was found'),
    (failure: unknown) => failure,
  );
  assert.ok(error instanceof PushbenchError && error.reason === 'usage', String(error));
  assert.deepEqual(await readdir(cwd), []);
  return error.message;
}

describe('the command capacity', () => {
  it('searches each transport and tells the answers, with the file and the command that shows them again', async (t) => {
    const { run, cwd, stdout, stderr, plans } = await prepare(t, usual);
    assert.equal(await run({ slo: ['p99<100ms', 'missed=0'], rate: ['1'], transports: ['sse,websocket'] }), 0);
    const text = stdout();
    assert.match(text, /^Capacity: p99<100ms, missed=0 · 1\.00 ticks\/s, 128 B · \d+ steps/);
    assert.match(text, /SSE holds 1\d,\d00 clients \(95 % interval/);
    assert.match(text, /WebSocket holds 1\d,\d00 clients/);
    assert.match(text, /Next: +npm run bench -- capacity --from results\/2026-01-31T12-00-00/);
    assert.match(stderr(), /sse step 6, bisect: 14,100 · 10,000 hold, 20,000 do not · does not hold \(slo\) · p99/);
    assert.deepEqual((await readdir(join(cwd, 'results', '2026-01-31T12-00-00'))).toSorted(), [
      'capacity.json',
      'capacity.ndjson',
    ]);
    assert.deepEqual([plans[0]!.min, plans[0]!.max, plans[0]!.settings.rampPerSecond], [100, 20_000, 4000]);
  });

  it('leaves a report, lists it among the past runs, and opens it where that is asked for', async (t) => {
    const { run, stdout, shown } = await prepare(t, usual);
    await run({ slo: ['p99<100ms'], transports: ['sse'], open: [null] });
    const folder = join('results', '2026-01-31T12-00-00');
    assert.deepEqual(shown, [`rendered ${folder}`, 'indexed results', `opened ${join(folder, 'report.html')}`]);
    assert.ok(stdout().includes(`Report:  ${join(folder, 'report.html')}`));
    const { run: elsewhere, shown: there, stdout: json } = await prepare(t, usual);
    await elsewhere({ slo: ['p99<100ms'], transports: ['sse'], out: ['away'], json: [null] });
    assert.deepEqual(there, ['rendered away']);
    assert.ok((JSON.parse(json()) as { report: string }).report.endsWith(join('away', 'report.html')));
  });

  it('refuses a port that a run or another search has claimed, and leaves it free for the next', async (t) => {
    const values = { slo: ['p99<100ms'], transports: ['sse'], port: ['45123'] };
    const release = await claimPort(45_123);
    const { run, cwd } = await prepare(t, usual);
    await assert.rejects(run(values), (error) => error instanceof PushbenchError && error.code === 'PORT_TAKEN');
    assert.deepEqual(await readdir(cwd), [], 'nothing was started');
    release();
    assert.equal(await run(values), 0);
    (await claimPort(45_123))();
  });

  it('tells its answers also where the report fails', async (t) => {
    const { run, stdout, stderr, failToRender } = await prepare(t, usual);
    failToRender();
    assert.equal(await run({ slo: ['p99<100ms'], transports: ['sse'], open: [null] }), 0);
    assert.match(stdout(), /SSE holds 1\d,\d00 clients/);
    assert.doesNotMatch(stdout(), /Report:/);
    assert.match(stderr(), /the report could not be rendered/);
  });

  it('answers again from a past search, for people and for programs', async (t) => {
    const { run, stdout } = await prepare(t, usual);
    await run({ slo: ['p99<100ms'], transports: ['sse'] });
    const first = stdout();
    assert.equal(await run({ from: ['2026-01-31T12-00-00'] }), 0);
    assert.equal(stdout().slice(first.length), first);
    await run({ from: ['results/2026-01-31T12-00-00/capacity.json'], json: [null] });
    const { answers, search } = JSON.parse(stdout().slice(first.length * 2)) as {
      answers: { transport: string; estimate: number }[];
      search: SearchPlan;
    };
    assert.deepEqual([answers[0]!.transport, search.vary], ['sse', 'clients']);
  });

  it('goes no further than the machine has room for, and starts nothing where that is too little', async (t) => {
    const { run, stdout, plans } = await prepare(t, () => 1000, { openFiles: 1064 });
    assert.equal(await run({ slo: ['p99<100ms'], transports: ['sse'] }), 0);
    assert.equal(plans[0]!.max, 1000);
    assert.match(stdout(), /SSE: out of descriptors or ports: at least 1,000 clients[\s\S]*ulimit -n/);
    const { run: tooSmall, cwd } = await prepare(t, usual, { openFiles: 80 });
    await assert.rejects(tooSmall({ slo: ['p99<100ms'] }), (error: PushbenchError) => error.reason === 'resource');
    assert.deepEqual(await readdir(cwd), []);
  });

  it('ends with 4 where the smallest load fails, with the measured figure', async (t) => {
    const { run, stdout } = await prepare(t, (_, transport) => (transport === 'polling' ? 990_000 : 5000));
    const code = await run({ slo: ['p99<100ms'], transports: ['polling,sse'], 'max-clients': ['400'] });
    assert.equal(code, 4);
    assert.match(stdout(), /polling: not even the smallest load holds, 100 clients: p99 is 990 ms[\s\S]*by\s+design/);
  });

  it('keeps what it knows when it is stopped', async (t) => {
    const { run, stdout, stderr, stopAt } = await prepare(t, usual);
    stopAt(6);
    assert.equal(await run({ slo: ['p99<100ms'], transports: ['sse'], rate: ['1'] }), 130);
    assert.match(
      stdout(),
      /interrupted[\s\S]*SSE: between 10,000 and 14,100 clients, no interval: the search was stopped/,
    );
    assert.match(stderr(), /SIGINT: stopping; what is known so far is kept/);
  });

  it('shows what it would do, and makes nothing', async (t) => {
    const { run, stdout, cwd } = await prepare(t, usual);
    assert.equal(await run({ slo: ['p99<100ms'], rate: ['0.5'], 'dry-run': [null] }), 0);
    assert.match(stdout(), /Searches: 100 to 20,000 clients/);
    // a window holds three ticks at least
    assert.match(stdout(), /measured 6s/);
    assert.deepEqual(await readdir(cwd), []);
  });

  it('begins a search for the rate where the help says', async (t) => {
    const { run, stdout } = await prepare(t, usual);
    assert.equal(flagTable([]).ratesHz.defaultText, '10; with --search rate 1');
    const flags = { slo: ['p99<100ms'], 'dry-run': [null], json: [null] };
    assert.equal(await run({ ...flags, search: ['rate'] }), 0);
    assert.equal(await run(flags), 0);
    const [rate, clients] = stdout()
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { search: SearchPlan }).search);
    assert.deepEqual([rate!.min, clients!.workload.rateHz], [1, 10]);
  });
});

describe('mistakes in the flags of a search', () => {
  it('are told all at once', async (t) => {
    const message = await mistakesOf(t, {
      slo: ['p98<100ms', 'see.p99<1s'],
      rate: ['1,10'],
      clients: ['5'],
      'min-clients': ['500'],
      'max-clients': ['100'],
    });
    assert.match(message, /^5 mistakes/);
    for (const part of [
      'did you mean',
      'knows no transport see',
      '--rate 1,10: a search has one',
      '--clients: contradicts',
      '--min-clients 500: more than',
    ]) {
      assert.ok(message.includes(part), `${part} is not in ${message}`);
    }
  });

  for (const [values, problem] of [
    [{}, /--slo: missing/],
    [{ slo: ['polling.p99<1s'], transports: ['sse,polling'] }, /none is about sse/],
    [
      { slo: ['p99<1s', 'polling.p99<2s'], transports: ['sse'] },
      /concerns polling, which is not among --transports sse/,
    ],
    [{ slo: ['p99<1s'], search: ['rate'], 'max-clients': ['5'] }, /--max-clients: contradicts --search rate/],
    [{ slo: ['p99<1s'], 'max-rate': ['5'] }, /--max-rate: contradicts a search for clients/],
    [{ slo: ['p99<1s'], search: ['rate'], rate: ['50'], 'max-rate': ['5'] }, /above --max-rate 5/],
    // where none is given, the rate is judged that the search begins at
    [{ slo: ['p99<1s'], search: ['rate'], 'max-rate': ['0.5'] }, /--rate 1: where the search begins is above/],
    [{ slo: ['p99<1s'], search: ['rate'], duration: ['500ms'] }, /holds no tick at 1 ticks\/s; allowed: from 1s on/],
    [{ slo: ['p99<1s'], rate: ['0.1'], duration: ['3s'] }, /holds no tick at 0\.1 ticks\/s; allowed: from 10s on/],
    [{ slo: ['p99<1s'], transports: ['sse'], 'poll-interval': ['1s'] }, /--poll-interval: concerns polling/],
    [{ slo: ['p99<1s'], open: [null], 'dry-run': [null] }, /--open: contradicts --dry-run/],
    [{ slo: ['p99<1s'], pin: ['on'] }, /--pin on: taskset was not found/],
  ] as const) {
    it(`such as ${JSON.stringify(values)}`, async (t) => {
      assert.match(await mistakesOf(t, values), problem);
    });
  }
});

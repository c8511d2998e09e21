import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { executeRun, type RunCollaborators } from '../../../bench/command/run-command.ts';
import type { StopSignal } from '../../../server/stop-signals.ts';
import { LOOPBACK } from '../../../bench/machine/address.ts';
import { PushbenchError } from '../../../bench/basics/errors.ts';
import type { FlagValues } from '../../../bench/command/read-flags.ts';
import { createPlan, estimate } from '../../../bench/run/plan.ts';
import type { RunResult, Trial } from '../../../bench/result/schema.ts';
import {
  defaultResult,
  fakePlan,
  fakeResult,
  fakeTrial,
  FOUR,
  invalidBecause,
  startEvent,
} from './terminal/fake-run.ts';
import { MICRO } from '../../helpers/result-fixture.ts';
import { fakeSurroundings } from './surroundings.ts';

const ID = '2026-01-31T12-00-00';

async function prepare(t: TestContext, overrides: Partial<RunCollaborators> = {}, result: RunResult = defaultResult()) {
  const { cwd, surroundings, stdout, stderr } = await fakeSurroundings(t);
  const calls: string[] = [];
  const listeners = new Set<(signal: StopSignal) => void>();
  const requests: Parameters<RunCollaborators['runPlan']>[1][] = [];
  const collaborators: RunCollaborators = {
    context: () => ({
      cores: 2,
      randomSeed: () => 99,
      transports: ['polling', 'long-polling', 'sse', 'websocket'],
      pinProblem: () => null,
    }),
    createPlan: (options) => createPlan(options, { cores: 2, canPin: false }),
    estimate,
    probeMachine: () =>
      Promise.resolve({
        openFiles: 100_000,
        portRange: null,
        sourceAddresses: 250,
        cores: 2,
        portError: null,
        freePort: null,
        existing: cwd,
        writeError: null,
        freeBytes: null,
      }),
    runPlan: async (plan, request) => {
      calls.push('run');
      requests.push(request);
      request.onEvent(startEvent(plan));
      await writeFile(join(request.directory, 'result.json'), JSON.stringify(result));
      return result;
    },
    renderReport: async (directory) => {
      calls.push('render');
      return join(directory, 'report.html');
    },
    renderIndex: async (root) => {
      calls.push('index');
      return { path: join(root, 'index.html'), problem: null };
    },
    readMicro: () => Promise.resolve(MICRO),
    openFile: (path) => (calls.push(`open ${path}`), Promise.resolve(null)),
    now: () => new Date('2026-01-31T12:00:00Z'),
    onSignal: (call) => {
      listeners.add(call);
      return () => listeners.delete(call);
    },
    exitNow: (code) => void calls.push(`exit ${code}`),
    ...overrides,
  };
  const run = (values: FlagValues = {}) =>
    executeRun({ values, operands: [], mistakes: [] }, surroundings, collaborators);
  const signal = (name: StopSignal) => {
    for (const listener of listeners) listener(name);
  };
  return { cwd, run, calls, requests, signal, listeners, stdout, stderr };
}

function hasReason(reason: string, ...parts: string[]) {
  return (error: unknown) => {
    assert.ok(error instanceof PushbenchError, String(error));
    assert.equal(error.reason, reason);
    for (const part of parts) assert.ok(error.message.includes(part), `${part} is not in: ${error.message}`);
    return true;
  };
}

describe('run', () => {
  it('measures into a folder of its own, renders the report, and shows figures on stdout only', async (t) => {
    const { cwd, run, calls, requests, listeners, stdout, stderr } = await prepare(t);
    assert.equal(await run({ clients: ['10'], label: ['a b'], quick: [null] }), 0);
    assert.deepEqual(calls, ['run', 'render', 'index']);
    const { signal: _signal, onEvent: _onEvent, ...request } = requests[0]!;
    assert.deepEqual(request, {
      id: ID,
      directory: join(cwd, 'results', ID),
      label: 'a b',
      command: "npm run bench -- run --clients 10 --quick --label 'a b' --seed 99",
      port: 0,
      address: LOOPBACK,
      micro: MICRO,
    });
    assert.equal(await readlink(join(cwd, 'results/latest')), ID);
    assert.match(stdout(), new RegExp(`Result:  results/${ID}/result.json`));
    assert.match(stderr(), /^run r1: 32 trials/);
    assert.equal(listeners.size, 0);
  });

  it('writes where --out says, and leaves latest alone', async (t) => {
    const { cwd, run, requests, calls } = await prepare(t);
    await mkdir(join(cwd, 'results'));
    assert.equal(await run({ out: ['a/b'] }), 0);
    assert.deepEqual(calls, ['run', 'render'], 'the page of past runs does not show it');
    assert.deepEqual([requests[0]!.directory, requests[0]!.id], [join(cwd, 'a/b'), ID]);
    assert.deepEqual(await readdir(join(cwd, 'results')), []);
  });

  it('writes exactly one JSON document on stdout with --json', async (t) => {
    const { cwd, run, stdout, stderr } = await prepare(t);
    assert.equal(await run({ json: [null], progress: ['json'] }), 0);
    const document = JSON.parse(stdout()) as Record<string, unknown>;
    assert.deepEqual(Object.keys(document), [
      'run',
      'result',
      'report',
      'trials',
      'valid',
      'invalid',
      'warnings',
      'metrics',
      'cells',
      'verdicts',
      'assertions',
    ]);
    assert.equal(document['result'], join(cwd, 'results', ID, 'result.json'));
    assert.ok(!stdout().includes('SECRET-HISTOGRAM'));
    assert.equal((JSON.parse(stderr()) as { type: string }).type, 'run-start');
  });

  it('opens the report when asked', async (t) => {
    const { cwd, run, calls } = await prepare(t);
    await run({ open: [null] });
    assert.equal(calls.at(-1), `open ${join(cwd, 'results', ID, 'report.html')}`);
  });

  it('ends with 3 where a trial stays invalid', async (t) => {
    const bad = fakeTrial(FOUR[0]!, 0, { validity: invalidBecause('missed', 'Ticks were missed.') });
    const result = (...trials: Trial[]) => fakeResult(fakePlan(FOUR), trials);
    assert.equal(await (await prepare(t, {}, result(bad))).run(), 3);
    assert.equal(await (await prepare(t, {}, result(bad, fakeTrial(FOUR[0]!, 0, { attempt: 2 })))).run(), 0);
  });

  it('ends with 4 where an assertion does not hold, and prints each with what was measured', async (t) => {
    const { run, stdout } = await prepare(t);
    assert.equal(await run({ assert: ['sse.p99<50ms', 'sse.p99<10ms'] }), 4);
    assert.deepEqual(stdout().trimEnd().split('\n').slice(-2), [
      'Assert passed: sse.p99<50ms: 15.3 ms (95 % interval 15.0 ms to 15.7 ms, 8 trials)',
      'Assert FAILED: sse.p99<10ms: 15.3 ms (95 % interval 15.0 ms to 15.7 ms, 8 trials)',
    ]);
    assert.equal(await (await prepare(t)).run({ assert: ['sse.p99<50ms'] }), 0);
  });

  it('ends with 4 rather than 3 where an assertion rests on trials that are not valid', async (t) => {
    const bad = fakeTrial(FOUR[2]!, 0, { validity: invalidBecause('missed', 'Ticks were missed.') });
    const sound = fakeTrial(FOUR[0]!, 0);
    const result = fakeResult(fakePlan(FOUR), [bad, sound]);
    const failing = await prepare(t, {}, result);
    assert.equal(await failing.run({ assert: ['sse.p99<50ms'] }), 4);
    assert.match(failing.stdout(), /FAILED: sse\.p99<50ms: 5\.00 ms \(1 trial\); no trial of the cell is valid/);
    assert.equal(await (await prepare(t, {}, result)).run({ assert: ['polling.p99<50ms'] }), 3);
  });

  it('says before anything starts which cells an assertion could mean', async (t) => {
    const { cwd, run, calls } = await prepare(t);
    await assert.rejects(
      run({ clients: ['10,20'], assert: ['sse.p99<50ms', 'ws.p99<1s'] }),
      hasReason('usage', '2 cells fit; name one: sse@clients=10.p99, sse@clients=20.p99', 'ws is not measured'),
    );
    assert.deepEqual([calls, await readdir(cwd)], [[], []]);
  });

  it('loads and touches nothing where the flags are wrong', async (t) => {
    const { cwd, run, calls } = await prepare(t);
    await assert.rejects(run({ clients: ['0'] }), hasReason('usage', '--clients 0'));
    assert.deepEqual([calls, await readdir(cwd)], [[], []]);
  });

  it('starts nothing and makes nothing where the machine lacks something', async (t) => {
    const { cwd, run, calls } = await prepare(t, {
      probeMachine: () =>
        Promise.resolve({
          openFiles: 100,
          portRange: null,
          sourceAddresses: 250,
          cores: 2,
          portError: 'EADDRINUSE',
          freePort: 4000,
          existing: '/',
          writeError: null,
          freeBytes: null,
        }),
    });
    await assert.rejects(run({ port: ['80'], out: ['x/y'] }), hasReason('resource', 'ulimit -n 1064', '--port 4000'));
    assert.deepEqual([calls, await readdir(cwd)], [[], []]);
  });

  it('leaves the result of another run alone', async (t) => {
    const { cwd, run, calls } = await prepare(t);
    await mkdir(join(cwd, 'old'));
    await writeFile(join(cwd, 'old/result.json'), 'precious');
    await assert.rejects(run({ out: ['old'] }), hasReason('usage', '--out', join(cwd, 'old')));
    assert.deepEqual(calls, []);
    assert.deepEqual(await readdir(join(cwd, 'old')), ['result.json']);
    assert.equal(await readFile(join(cwd, 'old/result.json'), 'utf8'), 'precious');
  });

  it('takes its folder back where the run could not start, and keeps what was written', async (t) => {
    const failing = (write: boolean) => ({
      runPlan: async (_plan: unknown, { directory }: { directory: string }) => {
        if (write) await writeFile(join(directory, 'result.json'), '{}');
        throw new PushbenchError('target', 'X', 'no answer');
      },
    });
    const early = await prepare(t, failing(false));
    await assert.rejects(early.run(), hasReason('target'));
    assert.deepEqual(await readdir(early.cwd), []);
    assert.equal(early.listeners.size, 0);

    const late = await prepare(t, failing(true));
    await assert.rejects(late.run(), hasReason('target'));
    assert.match(late.stderr(), new RegExp(`kept: npm run bench -- report results/${ID}`));
  });

  it('shows the figures even where the report cannot be rendered', async (t) => {
    const failure = new PushbenchError('defect', 'REPORT_FAILED', 'no report');
    const { run, stdout } = await prepare(t, { renderReport: () => Promise.reject(failure) });
    await assert.rejects(run(), hasReason('defect', 'no report'));
    assert.match(stdout(), /p50 ms/);
    assert.doesNotMatch(stdout(), /Report:/);
  });
});

describe('run --dry-run', () => {
  it('shows plan, needs and time, and makes nothing', async (t) => {
    const { cwd, run, calls, stdout } = await prepare(t);
    assert.equal(await run({ 'dry-run': [null], clients: ['10k'] }), 0);
    assert.match(stdout(), /^Would run 32 trials in about \d\d:\d\d: 8 blocks of 4 cells\n[\s\S]*10,064 open files/);
    assert.deepEqual([calls, await readdir(cwd)], [[], []]);
  });

  it('is one JSON document with --json', async (t) => {
    const { run, stdout } = await prepare(t);
    await run({ 'dry-run': [null], json: [null] });
    const document = JSON.parse(stdout()) as { plan: { cells: unknown[] }; trials: number };
    assert.deepEqual([document.plan.cells.length, document.trials], [4, 32]);
  });

  it('refuses a window that can hold no tick, before it shows anything', async (t) => {
    const { run, stdout } = await prepare(t);
    await assert.rejects(run({ 'dry-run': [null], rate: ['0.1'] }), hasReason('usage', 'holds no tick at 0.1 ticks/s'));
    assert.equal(stdout(), '');
  });

  it('looks for the ports that the chosen drivers can use', async (t) => {
    const looked = new Error('looked');
    const seen: (readonly string[] | undefined)[] = [];
    const { run } = await prepare(t, {
      probeMachine: ({ withoutAddress }) => {
        seen.push(withoutAddress);
        return Promise.reject(looked);
      },
    });
    await assert.rejects(run({ 'dry-run': [null], driver: ['library'], transports: ['sse,websocket'] }), looked);
    await assert.rejects(run({ 'dry-run': [null] }), looked);
    assert.deepEqual(seen, [['eventsource'], []]);
  });

  it('shows the plan also where the machine lacks something, and then says so', async (t) => {
    const { run, stdout } = await prepare(t);
    await assert.rejects(run({ 'dry-run': [null], clients: ['200k'] }), hasReason('resource', 'ulimit -n 200064'));
    assert.match(stdout(), /^Would run 32 trials/);
  });
});

describe('signals during a run', () => {
  for (const [name, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`stop it, keep what was measured and end with ${code}: ${name}`, async (t) => {
      const interrupted = fakeResult(fakePlan(FOUR, 8), [fakeTrial(FOUR[0]!, 0)], { status: 'interrupted' });
      const prepared = await prepare(t, {
        runPlan: (_plan, { signal }) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', () => resolve(interrupted));
            prepared.signal(name);
          }),
      });
      assert.equal(await prepared.run(), code);
      assert.deepEqual(prepared.calls, ['render', 'index']);
      assert.match(prepared.stderr(), new RegExp(`${name}: stopping; what was measured so far is kept`));
      assert.match(prepared.stdout(), /interrupted · 1 of 32 trials[\s\S]*Next: {4}npm run bench -- run --seed 7/);
      assert.equal(prepared.listeners.size, 0);
    });
  }

  it('end it at once when they come again', async (t) => {
    let atMs = 0;
    const prepared = await prepare(t, {
      nowMs: () => atMs,
      runPlan: async () => {
        prepared.signal('SIGINT');
        prepared.signal('SIGINT');
        assert.deepEqual(prepared.calls, [], 'one key press may arrive twice');
        atMs += 1000;
        prepared.signal('SIGTERM');
        return defaultResult();
      },
    });
    await prepared.run();
    assert.deepEqual(prepared.calls.slice(0, 1), ['exit 143']);
  });

  it('that also end the renderer are no defect', async (t) => {
    const prepared = await prepare(t, {
      renderReport: () => {
        prepared.signal('SIGINT');
        return Promise.reject(new PushbenchError('defect', 'REPORT_FAILED', 'ended by SIGINT'));
      },
    });
    assert.equal(await prepared.run(), 130);
    assert.match(prepared.stderr(), /ended by SIGINT/);
  });
});

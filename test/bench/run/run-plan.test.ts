// A run with a fake executor: order, journal, recovery and what an early end keeps.
import { measureYardstick } from '../../../bench/run/yardstick.ts';
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { PushbenchError } from '../../../bench/basics/errors.ts';
import { createPlan } from '../../../bench/run/plan.ts';
import { resultFromJournal } from '../../../bench/run/assemble.ts';
import { readResult, writeAtomically } from '../../../bench/result/store.ts';
import { runPlan, type RunRequest } from '../../../bench/run/run-plan.ts';
import type { RunEvent } from '../../../bench/run/run-event.ts';
import { fixtureResult } from '../../helpers/result-fixture.ts';
import { runOptions } from '../../helpers/run-options.ts';

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pushbench-run-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A run of three blocks whose trials come from a fixture at once. */
function fakeRun(t: TestContext, overrides: Partial<RunRequest> = {}) {
  const directory = temporaryFolder(t);
  const plan = createPlan(runOptions({ blocks: 3 }), { cores: 2, canPin: false });
  const template = fixtureResult({ blocks: 1 }).trials;
  const events: RunEvent[] = [];
  const executed: string[] = [];
  const request: RunRequest = {
    id: 'test',
    directory,
    label: 'fake',
    command: 'npm run bench',
    port: 0,
    signal: new AbortController().signal,
    onEvent: (event) => events.push(event),
    yardstick: () => Promise.resolve(null),
    execute: async ({ cell, block, order, attempt }) => {
      executed.push(`${block} ${cell.transport}`);
      const { validity: _, ...trial } = template.find((candidate) => candidate.cell.transport === cell.transport)!;
      return { ...trial, cell, block, order, attempt };
    },
    ...overrides,
  };
  return { directory, plan, events, executed, request };
}

test('a run executes the plan in its order and writes a result that holds to its schema', async (t) => {
  const { directory, plan, events, executed, request } = fakeRun(t);
  const result = await runPlan(plan, request);
  assert.deepEqual(
    executed,
    plan.order.flatMap((order, block) => order.map((index) => `${block} ${plan.cells[index]!.transport}`)),
  );
  assert.equal(result.run.status, 'complete');
  assert.deepEqual(readResult(join(directory, 'result.json')), JSON.parse(JSON.stringify(result)));
  assert.deepEqual(readdirSync(directory).toSorted(), ['journal.ndjson', 'result.json', 'summary.csv']);
  assert.equal(readFileSync(join(directory, 'summary.csv'), 'utf8').trimEnd().split('\r\n').length, 1 + 4);
  assert.deepEqual(
    events.map((event) => event.type),
    ['run-start', ...Array.from({ length: 12 }, () => ['trial-start', 'trial-end']).flat(), 'run-end'],
  );
});

test('the machine is measured before each block, and that stands in the first trial of it', async (t) => {
  const { plan, request } = fakeRun(t);
  const known = { writeCpuUs: 4, readCpuUs: 2, wakeUpUs: 80 };
  let taken = 0;
  const { trials } = await runPlan(plan, {
    ...request,
    yardstick: () => Promise.resolve({ ...known, writeCpuUs: ++taken }),
  });
  assert.deepEqual(
    trials.map(({ yardstick }) => yardstick?.writeCpuUs),
    [1, 2, 3].flatMap((at) => [at, undefined, undefined, undefined]),
  );
});

test('bare sockets tell what a message costs just now', async () => {
  const { writeCpuUs, readCpuUs, wakeUpUs } = (await measureYardstick(
    { pin: false, seed: 1 },
    new AbortController().signal,
  ))!;
  for (const us of [writeCpuUs, readCpuUs]) assert.ok(us > 0.2 && us < 200, `${us} us a message`);
  assert.ok(wakeUpUs >= 1 && wakeUpUs < 500_000, `${wakeUpUs} us`);
});

test('an invalid trial is run once more at the end of its block, and both are kept', async (t) => {
  const { plan, executed, request } = fakeRun(t);
  const { execute } = request;
  const result = await runPlan(plan, {
    ...request,
    execute: async (spec, ...rest) => {
      const trial = await execute!(spec, ...rest);
      const isSick = spec.block === 1 && spec.cell.transport === 'sse' && spec.attempt === 1;
      return isSick ? { ...trial, ledger: { ...trial.ledger, missed: 5 } } : trial;
    },
  });
  assert.equal(executed.length, 13);
  assert.equal(executed[8], '1 sse', 'behind the four of its block');
  const attempts = result.trials.filter((trial) => trial.block === 1 && trial.cell.transport === 'sse');
  assert.deepEqual(
    attempts.map((trial) => [trial.attempt, trial.validity.status]),
    [
      [1, 'invalid'],
      [2, 'valid'],
    ],
  );
});

test('a trial that stays invalid is not tried a third time, and after two such blocks not even a second time', async (t) => {
  const { plan, executed, request } = fakeRun(t);
  const { execute } = request;
  await runPlan(plan, {
    ...request,
    execute: async (...args) => {
      const trial = await execute!(...args);
      return { ...trial, ledger: { ...trial.ledger, missed: 5 } };
    },
  });
  assert.equal(executed.length, 4 * (2 + 2 + 1));
});

test('a cell is repeated in every block where what made it invalid differs', async (t) => {
  const { plan, executed, request } = fakeRun(t);
  const { execute } = request;
  await runPlan(plan, {
    ...request,
    execute: async (spec, ...rest) => {
      const trial = await execute!(spec, ...rest);
      const { ledger } = trial;
      return { ...trial, ledger: spec.attempt === 1 ? { ...ledger, missed: 5 } : { ...ledger, corrupt: 5 } };
    },
  });
  assert.equal(executed.length, 24);
});

test('the journal alone gives the same trials and cells, marked interrupted', async (t) => {
  const { directory, plan, request } = fakeRun(t);
  const result = await runPlan(plan, request);
  const recovered = resultFromJournal(join(directory, 'journal.ndjson'));
  assert.equal(recovered.run.status, 'interrupted');
  assert.deepEqual(recovered.trials, JSON.parse(JSON.stringify(result.trials)));
  assert.deepEqual(recovered.cells, JSON.parse(JSON.stringify(result.cells)));
});

test('a line that was cut short at the end of the journal, or filled with zeros, is left out', async (t) => {
  const { directory, plan, request } = fakeRun(t);
  await runPlan(plan, request);
  const path = join(directory, 'journal.ndjson');
  const whole = readFileSync(path, 'utf8');
  for (const tail of ['', '\n', '\0'.repeat(100), `${'\0'.repeat(99)}\n`]) {
    writeFileSync(path, whole.slice(0, -100) + tail);
    assert.equal(resultFromJournal(path).trials.length, 11);
  }
});

test('a broken line in the middle, a strange one and an empty journal are named', async (t) => {
  const { directory, plan, request } = fakeRun(t);
  await runPlan(plan, request);
  const path = join(directory, 'journal.ndjson');
  const lines = readFileSync(path, 'utf8').split('\n');
  const broken = join(directory, 'broken');
  writeFileSync(broken, [lines[0], '{"cell":', ...lines.slice(2)].join('\n'));
  assert.throws(() => resultFromJournal(broken), /broken line 2 is not JSON/);
  writeFileSync(broken, [lines[0], '{"cell":1}', ''].join('\n'));
  assert.throws(() => resultFromJournal(broken), /line 2 does not hold to the result schema at \/: must have/);
  writeFileSync(broken, '');
  assert.throws(() => resultFromJournal(broken), /holds no whole line/);
  assert.throws(() => resultFromJournal(join(directory, 'absent')), PushbenchError);
});

test('an interruption keeps what was measured', async (t) => {
  const abort = new AbortController();
  const { directory, plan, executed, request } = fakeRun(t, { signal: abort.signal });
  const { execute } = request;
  const result = await runPlan(plan, {
    ...request,
    execute: async (...args) => {
      if (executed.length === 5) abort.abort();
      args[2].throwIfAborted();
      return execute!(...args);
    },
  });
  assert.equal(result.run.status, 'interrupted');
  assert.equal(result.trials.length, 5);
  assert.equal(readResult(join(directory, 'result.json')).trials.length, 5);
});

test('a trial that cannot be run ends the run with its error, and what was measured is written', async (t) => {
  const { directory, plan, executed, request } = fakeRun(t);
  const { execute } = request;
  const failure = new PushbenchError('resource', 'PORT_TAKEN', 'port 1 is taken');
  const run = runPlan(plan, {
    ...request,
    execute: async (...args) => {
      if (executed.length === 2) throw failure;
      return execute!(...args);
    },
  });
  await assert.rejects(run, failure);
  const written = readResult(join(directory, 'result.json'));
  assert.equal(written.trials.length, 2);
  assert.equal(written.run.status, 'interrupted');
});

test('a run whose first trial cannot be run leaves nothing behind', async (t) => {
  const { directory, plan, request } = fakeRun(t, {
    execute: () => Promise.reject(new PushbenchError('resource', 'PORT_TAKEN', 'port 1 is taken')),
  });
  await assert.rejects(runPlan(plan, request), /port 1 is taken/);
  assert.deepEqual(readdirSync(directory), []);
});

test('a second run into the same folder is refused before it could harm the first', async (t) => {
  const { directory, plan, request } = fakeRun(t);
  await runPlan(plan, request);
  const before = readFileSync(join(directory, 'journal.ndjson'), 'utf8');
  await assert.rejects(runPlan(plan, request), { code: 'OUT_TAKEN', reason: 'usage' });
  assert.equal(readFileSync(join(directory, 'journal.ndjson'), 'utf8'), before);
});

test('result files that are truncated, of another version or beside the schema are told apart', async (t) => {
  const { directory, plan, request } = fakeRun(t);
  await runPlan(plan, request);
  const path = join(directory, 'result.json');
  const text = readFileSync(path, 'utf8');
  const other = join(directory, 'other.json');
  writeFileSync(other, text.slice(0, 1000));
  assert.throws(() => readResult(other), /not a whole JSON document/);
  writeFileSync(other, text.replace('"schemaVersion":1', '"schemaVersion":99'));
  assert.throws(
    () => readResult(other),
    /schema version 99, of a newer pushbench; this one reads version 1: update it/,
  );
  writeFileSync(other, text.replace('"schemaVersion":1', '"schemaVersion":"1"'));
  assert.throws(() => readResult(other), /schema version "1"; this pushbench reads version 1/);
  writeFileSync(other, text.replace('"connected":', '"conected":'));
  assert.throws(() => readResult(other), /does not hold to the result schema at \/trials\/0/);
  assert.throws(() => readResult(join(directory, 'absent.json')), /cannot read/);
});

test('a file is replaced whole or not at all', (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'file');
  writeAtomically(path, 'old');
  writeAtomically(path, 'new');
  assert.equal(readFileSync(path, 'utf8'), 'new');
  assert.throws(() => writeAtomically(join(folder, 'absent', 'file'), 'x'), /could not write into .*absent/);
  appendFileSync(path, '!');
  assert.deepEqual(readdirSync(folder), ['file']);
});

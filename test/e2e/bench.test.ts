// The whole program as its user runs it, on a small load.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Ajv } from 'ajv';
import type { Plan, RunResult } from '../../bench/result/schema.ts';
import { ROOT, small, startCommandLine } from '../helpers/command-line.ts';
import { childrenOf, isRunning } from '../helpers/processes.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { until } from '../helpers/until.ts';

function readResult(path: string): RunResult {
  return JSON.parse(readFileSync(path, 'utf8')) as RunResult;
}

test('a run writes result, report, summary and journal, and its result holds to the published schema', async (t) => {
  const out = join(temporaryFolder(t), 'run');
  const flags = [...small(), '--blocks', '1'];
  const { output, ended } = startCommandLine(t, [...flags, '--out', out, '--json']);
  assert.equal(await ended, 0, output.stderr);
  assert.deepEqual(readdirSync(out).toSorted(), ['journal.ndjson', 'report.html', 'result.json', 'summary.csv']);
  const result = readResult(join(out, 'result.json'));
  const validate = new Ajv().compile(
    JSON.parse(readFileSync(join(ROOT, 'bench/result/result.schema.json'), 'utf8')) as object,
  );
  assert.ok(validate(result), JSON.stringify(validate.errors));
  assert.equal(result.trials.length, 4);
  for (const trial of result.trials) {
    // Tests that run beside may delay the agents, which is then marked; nothing may be wrong.
    assert.notEqual(trial.validity.status, 'invalid', JSON.stringify(trial.validity.reasons));
    assert.equal(trial.ledger.delivered, 20 * 5, trial.cell.transport);
  }
  assert.equal((JSON.parse(output.stdout) as { trials: number }).trials, 4, 'stdout is one JSON document');

  // The seed that it found for itself repeats the order, and its trials came in that order.
  const { plan, trials } = result;
  assert.deepEqual(
    trials.map(({ cell }) => plan.cells.findIndex((planned) => isDeepStrictEqual(planned, cell))),
    plan.order.flat(),
  );
  assert.deepEqual(await orderOf(t, ...flags, '--seed', String(plan.settings.seed)), plan.order);
});

/** The order of cells, block by block, of the plan that flags make. */
async function orderOf(t: TestContext, ...flags: string[]): Promise<number[][]> {
  const { output, ended } = startCommandLine(t, [...flags, '--dry-run', '--json']);
  assert.equal(await ended, 0, output.stderr);
  return (JSON.parse(output.stdout) as { plan: Plan }).plan.order;
}

test('the seed repeats the order, another one has another', async (t) => {
  const order = async (seed: string) => orderOf(t, '--blocks', '8', '--seed', seed);
  const [once, again, other] = await Promise.all([order('9'), order('9'), order('10')]);
  assert.deepEqual(once, again);
  assert.notDeepEqual(once, other);
});

describe('Ctrl-C', { concurrency: true }, () => {
  for (const phase of ['start', 'measure']) {
    test(`in the phase '${phase}' keeps what was measured, writes a report, and leaves no process`, async (t) => {
      const out = join(temporaryFolder(t), 'run');
      const flags = [...small(), '--transports', 'sse', '--blocks', '50', '--progress', 'json', '--out', out];
      const { child, output, ended } = startCommandLine(t, flags);
      const second = () => output.stderr.slice(output.stderr.indexOf('"type":"trial-end"'));
      await until(() => output.stderr.includes('"type":"trial-end"'), 'the first trial has ended', 30_000);
      await until(() => second().includes(`"phase":"${phase}"`), 'the second trial is in that phase', 30_000);
      const children = childrenOf(child.pid!);
      const signalledAt = performance.now();
      child.kill('SIGINT');
      assert.equal(await ended, 130, output.stderr);
      assert.ok(performance.now() - signalledAt < 10_000);
      const result = readResult(join(out, 'result.json'));
      assert.equal(result.run.status, 'interrupted');
      assert.equal(result.trials.length, 1);
      assert.ok(existsSync(join(out, 'report.html')));
      await until(() => !children.some(isRunning), 'the children are gone');
    });
  }
});

test('a taken port is named before anything is written', async (t) => {
  const holder = createServer().listen(0, '127.0.0.1');
  t.after(() => holder.close());
  await until(() => holder.listening, 'the port is taken');
  const { port } = holder.address() as AddressInfo;
  const out = join(temporaryFolder(t), 'run');
  const { output, ended } = startCommandLine(t, [...small(), '--blocks', '1', '--port', String(port), '--out', out]);
  assert.equal(await ended, 6);
  assert.match(output.stderr, new RegExp(`--port ${port}: another program listens on it`));
  assert.ok(!existsSync(out));
});

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { compareCommand } from '../../../bench/command/compare-command.ts';
import { PushbenchError } from '../../../bench/basics/errors.ts';
import type { RunResult } from '../../../bench/result/schema.ts';
import { HOSTILE, fixtureResult } from '../../helpers/result-fixture.ts';
import { fakeSurroundings } from './surroundings.ts';

const SSE = { transports: ['sse'] };

/** Every trial's p99 and p50 slower by a factor. */
function slowed(factor: number, seed = 11): RunResult {
  return fixtureResult({
    ...SSE,
    seed,
    edit: (trial) => {
      const { p50, p99, p999 } = trial.latencyUs;
      return { ...trial, latencyUs: { ...trial.latencyUs, p50: p50 * factor, p99: p99 * factor, p999: p999 * factor } };
    },
  });
}

async function prepare(t: TestContext, results: Readonly<Record<string, RunResult | string>>) {
  const { cwd, surroundings, stdout } = await fakeSurroundings(t);
  for (const [name, result] of Object.entries(results)) {
    await mkdir(join(cwd, name));
    const text = typeof result === 'string' ? result : JSON.stringify(result);
    await writeFile(join(cwd, name, 'result.json'), text);
  }
  const compare = (operands: string[], ...flags: string[]) =>
    compareCommand.execute(
      { values: Object.fromEntries(flags.map((name) => [name, [null]])), operands, mistakes: [] },
      surroundings,
    );
  return { compare, cwd, surroundings, stdout };
}

function isUsage(...parts: string[]) {
  return (error: unknown) => {
    assert.ok(error instanceof PushbenchError, String(error));
    assert.equal(error.reason, 'usage');
    assert.ok(!error.message.includes('\n'), error.message);
    for (const part of parts) assert.ok(error.message.includes(part), `${part} is not in: ${error.message}`);
    return true;
  };
}

describe('compare', () => {
  it('shows how the runs differ, what changed and beyond which margin', async (t) => {
    const after = slowed(1.5);
    after.environment.kernel = '6.9.0';
    const { compare, stdout } = await prepare(t, { a: slowed(1, 5), b: after });
    assert.equal(await compare(['a', 'b']), 0);
    const lines = stdout().trimEnd().split('\n');
    assert.equal(lines[0], 'A: 2026-03-02T14-05-09-sample "Sample run" · 2026-03-02 14:05Z · pushbench 0.1.0');
    assert.deepEqual(lines.slice(2, 4), ['The runs differ in:', '  kernel: 6.8.0-45-generic -> 6.9.0']);
    assert.match(lines[5]!, /^cell +metric +A +B +B against A +trials$/);
    assert.match(
      lines[7]!,
      /^sse +latency p99 +1\d\.\d ms +1\d\.\d ms +\+\d\d\.\d % \(\+\d\d\.\d to \+\d\d\.\d\) +WORSE +8\/8$/,
    );
    assert.match(
      lines.at(-1)!,
      /worse.*Margin 2 %; 95 % intervals, corrected for 7 comparisons\. Drift of the machine/,
    );
  });

  it('ends with 4 on a regression only when asked to', async (t) => {
    const { compare } = await prepare(t, { a: slowed(1, 5), b: slowed(1.5) });
    assert.equal(await compare(['a', 'b']), 0);
    assert.equal(await compare(['a', 'b'], 'fail-on-regression'), 4);
    assert.equal(await compare(['b', 'a'], 'fail-on-regression'), 0);
    assert.equal(await compare(['a', 'a'], 'fail-on-regression'), 0);
  });

  it('gives no verdict between machines, and a check that could not judge does not pass', async (t) => {
    const other = slowed(1.5);
    other.environment.cpuModel = HOSTILE;
    const { compare, stdout } = await prepare(t, { a: slowed(1, 5), b: other });
    assert.equal(await compare(['a', 'b'], 'fail-on-regression'), 3);
    assert.match(stdout(), /CPU model: Intel.* \(withholds every verdict\)/);
    assert.match(stdout(), /No verdicts: the runs were not made alike \(CPU model\)\.\n$/);
    assert.doesNotMatch(stdout(), /WORSE|\u2028/);
  });

  it('says when there are too few trials', async (t) => {
    const { compare, stdout } = await prepare(t, { a: fixtureResult({ ...SSE, blocks: 2 }), b: slowed(1.5) });
    assert.equal(await compare(['a', 'b']), 0);
    assert.match(
      stdout(),
      /blocks: 2 -> 8[\s\S]*No verdicts: each run needs 6 trials of a cell that are not invalid\.\n$/,
    );
  });

  it('is one JSON document with --json', async (t) => {
    const { compare, stdout } = await prepare(t, { a: slowed(1, 5), b: slowed(1.5) });
    await compare(['a', 'b'], 'json');
    const document = JSON.parse(stdout()) as { comparable: boolean; changes: { outcome: string }[]; a: { id: string } };
    assert.deepEqual(
      [document.comparable, document.changes.length, document.a.id],
      [true, 7, '2026-03-02T14-05-09-sample'],
    );
  });

  it('names what cannot be compared, in one sentence', async (t) => {
    const text = JSON.stringify(slowed(1));
    const { compare } = await prepare(t, {
      a: slowed(1),
      truncated: text.slice(0, 5000),
      future: text.replace('"schemaVersion":1', '"schemaVersion":2'),
      other: fixtureResult({ transports: ['websocket'] }),
      larger: fixtureResult({ ...SSE, payloads: [4096] }),
    });
    await assert.rejects(compare(['a', 'nowhere']), isUsage('nowhere', 'nothing is there'));
    await assert.rejects(compare(['a', 'truncated']), isUsage('truncated/result.json', 'not a whole JSON document'));
    await assert.rejects(
      compare(['future', 'a']),
      isUsage('future/result.json', 'schema version 2', 'reads version 1'),
    );
    await assert.rejects(compare(['a', 'other']), isUsage('a and other share no cell'));
    await assert.rejects(compare(['a', 'larger']), isUsage('a and larger share no cell'));
    await assert.rejects(compare(['a']), isUsage('A or B is missing'));
  });

  it('writes the comparison as a page when asked to, and names it', async (t) => {
    const { cwd, surroundings, stdout } = await prepare(t, { a: slowed(1, 5), b: slowed(1.5) });
    const invocation = { operands: ['a', 'b'], mistakes: [] };
    await compareCommand.execute({ ...invocation, values: { html: ['both.html'] } }, surroundings);
    assert.match(stdout().trimEnd().split('\n').at(-1)!, /^Page: both\.html$/);
    const page = await readFile(join(cwd, 'both.html'), 'utf8');
    assert.match(page, /^<!doctype html>/);
    assert.match(page, /Latency p99 of SSE rose by \d\d\.\d %/);
  });

  it('writes nothing over a file that is no page', async (t) => {
    const { cwd, surroundings } = await prepare(t, { a: slowed(1, 5), b: slowed(1.5) });
    const values = { html: ['a/result.json'] };
    await assert.rejects(
      compareCommand.execute({ operands: ['a', 'b'], mistakes: [], values }, surroundings),
      (error) => error instanceof PushbenchError && error.message.includes('does not end with .html'),
    );
    assert.ok(JSON.parse(await readFile(join(cwd, 'a', 'result.json'), 'utf8')));
  });
});

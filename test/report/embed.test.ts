import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunResult } from '../../bench/result/schema.ts';
import { assertSchema } from '../../bench/result/store.ts';
import { compareRuns } from '../../bench/judge/compare-runs.ts';
import { buildReport } from '../../report/build.ts';
import { embedResult } from '../../report/embed.ts';
import { pageData } from '../../report/figures/page-data.ts';
import { agePoints, latencyPoints } from '../../report/figures/grids.ts';
import { rounded } from '../../bench/basics/numbers.ts';
import { jsonOfReport, unpack } from '../../report/unpack.ts';
import { costlyRun, SWEPT } from '../bench/model/fake-run.ts';
import { fixtureResult } from '../helpers/result-fixture.ts';

const result = fixtureResult({ blocks: 6 });
const SWEEP = costlyRun(SWEPT, 0.03);

test('a report carries its whole result where there is room', async () => {
  assert.equal(await jsonOfReport(await buildReport(result)), JSON.stringify(result));
  assert.equal(await jsonOfReport('<!doctype html><p>another page'), null);
});

test('with less room it carries less, which still holds to the schema and compares alike', async () => {
  const contents = [Infinity, 0].map((room) => embedResult(result, room));
  assert.deepEqual(
    contents.map(({ content }) => content),
    ['whole', 'figures'],
  );
  const other = fixtureResult({ blocks: 6, seed: 8 });
  const outcomes = (own: RunResult) => compareRuns(own, other).changes.map(({ outcome }) => outcome);
  for (const { base64, content } of contents) {
    const kept: RunResult = JSON.parse(await unpack(base64));
    assertSchema(RunResult, kept, content, 'defect');
    assert.deepEqual(
      kept.trials.map(({ ledger }) => ledger),
      result.trials.map(({ ledger }) => ledger),
    );
    assert.deepEqual(outcomes(kept), outcomes(result), content);
  }
  const sizes = contents.map(({ base64 }) => base64.length);
  assert.deepEqual(
    sizes,
    sizes.toSorted((a, b) => b - a),
  );
});

test('the page carries its curves without their x, which both sides know', () => {
  const page = pageData(SWEEP);
  const loads = page.loads.map((load) => ({
    ...load,
    rows: load.rows.map((row) => ({ ...row, latency: latencyPoints(row), age: agePoints(row) })),
  }));
  assert.ok(JSON.stringify(page).length < JSON.stringify({ ...page, loads }).length * 0.9);
  for (const { latency, age, samples } of loads.flatMap(({ rows }) => rows)) {
    assert.deepEqual([latency[0]?.[0], latency.at(-1)?.[0]], [1, rounded(samples)]);
    assert.deepEqual([age[0]?.[0], age.at(-1)?.[0]], [0, 100]);
  }
});

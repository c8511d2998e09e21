import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunResult } from '../../bench/result/schema.ts';
import { assertSchema } from '../../bench/result/store.ts';
import { compareRuns } from '../../bench/judge/compare-runs.ts';
import { buildReport } from '../../report/build.ts';
import { embedResult } from '../../report/embed.ts';
import { pageData } from '../../report/figures/page-data.ts';
import { packPage, unpackPage } from '../../report/packed-page.ts';
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
  const contents = [Infinity, 60_000, 0].map((room) => embedResult(result, room));
  assert.deepEqual(
    contents.map(({ content }) => content),
    ['whole', 'without-histograms', 'figures'],
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

test('what the page leaves out of its curves comes back, and models where one of them can plan', () => {
  for (const [page, models] of [
    [pageData(SWEEP), pageData(SWEEP).models],
    [pageData(result), []],
  ] as const) {
    const packed = JSON.stringify(packPage(page));
    assert.deepEqual(unpackPage(JSON.parse(packed)), JSON.parse(JSON.stringify({ ...page, models })));
    assert.ok(packed.length < JSON.stringify(page).length * 0.9);
  }
});

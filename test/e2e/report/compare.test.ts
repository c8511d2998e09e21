import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import type { RunResult, Trial } from '../../../bench/result/schema.ts';
import { compareRuns } from '../../../bench/judge/compare-runs.ts';
import { buildReport } from '../../../report/build.ts';
import { comparisonPage } from '../../../report/comparison/page.ts';
import { HOSTILE, fixtureResult, hostileResult } from '../../helpers/result-fixture.ts';
import { reportPages } from './report-page.ts';

const { open, openDocument } = reportPages();

const dearer = (trial: Trial): Trial =>
  trial.cell.transport === 'sse'
    ? { ...trial, server: { ...trial.server, cpuPerDeliveryUs: (trial.server.cpuPerDeliveryUs ?? 0) * 2 } }
    : trial;

/** A later run in which SSE costs twice the CPU. */
function later(): RunResult {
  const result = fixtureResult({ seed: 9, edit: dearer, label: 'later' });
  return { ...result, run: { ...result.run, id: 'later', startedAt: '2026-03-03T00:00:00.000Z' } };
}

const choose = (page: Page, name: string, text: string) =>
  page
    .getByLabel('Other run', { exact: true })
    .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });

async function problem(page: Page, name: string, text: string): Promise<string> {
  await choose(page, name, text);
  const said = page.locator('#comparison [role=alert]').filter({ hasText: name });
  await said.waitFor();
  return said.innerText();
}

test('another result is compared as the command line does it, the differences before the figures', async (t) => {
  const [a, b] = [fixtureResult(), later()];
  const { page, requests, complaints } = await open(t, a);
  await choose(page, 'result.json', JSON.stringify(b));
  await page.locator('#comparison .conclusion').waitFor();
  const rows = await page.evaluate<[string, string][]>(
    `[...document.querySelectorAll('#comparison tr[data-outcome]')].map((row) => [row.dataset.metric, row.dataset.outcome])`,
  );
  assert.deepEqual(
    rows,
    compareRuns(a, b).changes.map(({ metric, outcome }) => [metric.id, outcome]),
  );
  const text = await page.locator('#comparison').innerText();
  assert.match(text, /Server CPU per delivery of SSE rose by [\d.]+ %, from 7\.\d+ µs to 1\d\.\d µs/);
  assert.ok(text.indexOf('The runs differ in nothing') < text.indexOf('Every figure'));
  assert.ok(requests.every((url) => url === page.url().replace(/#.*/, '')));
  assert.deepEqual(complaints, []);
  await page.getByRole('button', { name: 'Close the comparison' }).click();
  assert.equal(await page.locator('#comparison').innerText(), '');
});

test('the earlier run is A, whichever was opened second, and a report will do as well', async (t) => {
  const { page, complaints } = await open(t, later());
  await choose(page, 'report.html', await buildReport(fixtureResult()));
  await page.locator('#comparison .conclusion').waitFor();
  assert.match(await page.locator('#comparison').innerText(), /A, before\s+Sample run/);
  assert.match(await page.locator('#comparison').innerText(), /Worse:/);
  assert.deepEqual(complaints, []);
});

test('a run of another machine is compared without verdicts', async (t) => {
  const b = later();
  const other = { ...b, environment: { ...b.environment, cpuModel: 'Another CPU', cores: 8 } };
  const { page } = await open(t, fixtureResult());
  await choose(page, 'result.json', JSON.stringify(other));
  assert.match(
    await page.locator('#comparison .notice').innerText(),
    /No verdicts: the runs were not made alike \(CPU model and cores\)/,
  );
  assert.match(await page.locator('#comparison').innerText(), /cores\s+2\s+8\s+withholds every verdict/);
  assert.equal(await page.locator('#comparison [data-outcome]:not([data-outcome=withheld])').count(), 0);
});

test('a file can be dropped anywhere on the page', async (t) => {
  const { page } = await open(t, fixtureResult());
  await page.evaluate(`(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([${JSON.stringify(JSON.stringify(later()))}], 'dropped.json'));
    const fire = (type) => document.querySelector('h1').dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    fire('dragover');
    window.wasMarked = document.body.classList.contains('dropping');
    fire('drop');
  })()`);
  assert.equal(await page.evaluate('window.wasMarked'), true);
  await page.locator('#comparison .conclusion').waitFor();
  assert.equal(await page.evaluate(`document.body.classList.contains('dropping')`), false);
});

test('what is no result is told what is wrong with it', async (t) => {
  const { page, complaints } = await open(t, fixtureResult({ blocks: 1 }));
  const whole = JSON.stringify(later());
  const damaged = whole.replace('"cpuModel":"', '"cpuModel":0,"x":"');
  const cases: [string, string, RegExp][] = [
    ['empty.json', '', /is empty/],
    ['cut.json', whole.slice(0, 5000), /is not a whole JSON document .* Was it truncated\?/],
    ['other.json', '{"name":"package"}', /no result of pushbench: it has no schemaVersion/],
    ['list.json', '[1,2]', /no result of pushbench/],
    ['new.json', '{"schemaVersion":2}', /written by a newer pushbench \(schema version 2; this page reads 1\)/],
    ['odd.json', '{"schemaVersion":"<img src=x onerror=hacked=1>"}', /has the schema version "<img/],
    ['damaged.json', damaged, /does not hold to the schema of results at \/environment/],
    ['journal.ndjson', '{"a":1}\n{"b":2}\n', /Rebuild the result from it/],
    ['page.html', '<!doctype html><script>window.hacked = 1</script>', /a web page that carries no result/],
    ['same.json', JSON.stringify(fixtureResult({ blocks: 1 })), /is the run of this very page/],
  ];
  for (const [name, text, expected] of cases) assert.match(await problem(page, name, text), expected);
  assert.equal(await page.evaluate('window.hacked'), undefined);
  assert.deepEqual(complaints, []);
});

test('strings of a hostile result stay text, in the page and in the page of a comparison', async (t) => {
  const hostile = hostileResult();
  const { page, complaints } = await open(t, fixtureResult());
  await choose(page, '<img src=x onerror=hacked=1>.json', JSON.stringify(hostile));
  await page.locator('#comparison table').first().waitFor();
  assert.equal(await page.locator('#comparison img, #comparison script').count(), 0);
  assert.ok((await page.locator('#comparison').innerText()).includes('<img src=x'));
  assert.equal(await page.evaluate('window.hacked'), undefined);
  assert.deepEqual(complaints, []);

  const alone = await openDocument(t, await comparisonPage(fixtureResult(), hostile));
  assert.equal(await alone.page.locator('img, script').count(), 0);
  assert.ok((await alone.page.locator('h1').textContent())?.includes(HOSTILE));
  assert.deepEqual([alone.requests.length, alone.complaints], [1, []]);
});

test('the page of a comparison reflows at 320 pixels and needs no script', async (t) => {
  const document = await comparisonPage(fixtureResult(), later());
  assert.match(document, /default-src &#39;none&#39;; style-src/);
  const { page, complaints } = await openDocument(t, document, { viewport: { width: 320, height: 700 } });
  assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 320);
  assert.match(await page.locator('.conclusion').innerText(), /1 worse/);
  assert.deepEqual(complaints, []);
});

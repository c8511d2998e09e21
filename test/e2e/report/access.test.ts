import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { RunResult } from '../../../bench/result/schema.ts';
import { comparisonPage } from '../../../report/comparison/page.ts';
import { AGENT_SATURATED, fixtureResult, hostileResult, MICRO } from '../../helpers/result-fixture.ts';
import { assertAccessible, reportPages, sweptResult } from './report-page.ts';

const { open, openDocument } = reportPages();

/** A later run with twice the latency, on a machine that may be another one. */
function later(machine: { cores?: number }): RunResult {
  const result = fixtureResult({
    transports: ['sse', 'polling'],
    seed: 4,
    edit: (trial) => ({ ...trial, latencyUs: { ...trial.latencyUs, p99: trial.latencyUs.p99 * 2 } }),
  });
  const run = { ...result.run, id: 'later', startedAt: '2026-03-03T00:00:00.000Z' };
  return { ...result, run, environment: { ...result.environment, ...machine } };
}

test('without JavaScript every table is there and no dead control', async (t) => {
  const { page } = await open(t, fixtureResult(), { javaScriptEnabled: false });
  assert.equal(await page.locator('figure table tbody tr').count(), 7 * 4 + MICRO.results.length);
  assert.match(await page.locator('#answer .headline').innerText(), /WebSocket|SSE|polling/);
  assert.equal(await page.locator('#raw tbody tr').count(), 32);
  assert.equal(await page.getByRole('button').count(), 0);
  assert.equal(await page.locator('canvas').first().isVisible(), false);
});

test('at 320 pixels nothing but tables scrolls sideways', async (t) => {
  for (const result of [sweptResult(), hostileResult()]) {
    const { page } = await open(t, result, { viewport: { width: 320, height: 700 } });
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 320);
    const small = await page.evaluate<
      string[]
    >(`[...document.querySelectorAll('button, select, summary, input, .tools a')]
      .filter((control) => control.offsetParent)
      .filter((control) => { const { width, height } = control.getBoundingClientRect(); return width < 24 || height < 24; })
      .map((control) => control.textContent)`);
    assert.deepEqual(small, [], 'targets of at least 24 pixels');
  }
});

test('axe finds nothing serious, in light and in dark', async (t) => {
  for (const result of [sweptResult(), fixtureResult({ blocks: 1, validity: () => AGENT_SATURATED })]) {
    const { page } = await open(t, result);
    await page.evaluate(`for (const details of document.querySelectorAll('details')) details.open = true`);
    await assertAccessible(page);
  }
});

test('axe finds nothing serious in a comparison, in the page and alone', async (t) => {
  const { page } = await open(t, fixtureResult({ transports: ['sse', 'polling'] }));
  const [other, worse] = [later({ cores: 8 }), later({})];
  const buffer = Buffer.from(JSON.stringify(other));
  const file = { name: 'result.json', mimeType: 'application/json', buffer };
  await page.getByLabel('Other run', { exact: true }).setInputFiles(file);
  await page.locator('#comparison .notice').waitFor();
  await assertAccessible(page);
  const document = await comparisonPage(fixtureResult({ transports: ['sse', 'polling'] }), worse);
  const alone = await openDocument(t, document);
  assert.ok((await alone.page.locator('.change.worse').count()) > 0);
  await assertAccessible(alone.page);
});

test('whatever the keyboard reaches shows that it has the focus', async (t) => {
  const { page } = await open(t, sweptResult());
  const seen = new Set<string>();
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press('Tab');
    const { name, outline } = await page.evaluate<{ name: string; outline: string }>(`(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
      const { tagName, id, textContent } = document.activeElement;
      return { name: tagName + ' ' + (id || textContent.trim().slice(0, 30)), outline: outlineStyle + ' ' + outlineWidth };
    })()`);
    seen.add(name.split(' ')[0] ?? '');
    assert.match(outline, /^(solid|auto) [1-9]/, name);
  }
  for (const tag of ['A', 'BUTTON', 'INPUT', 'SELECT', 'SUMMARY']) assert.ok(seen.has(tag), `${tag} was reached`);
});

test('a tooltip goes away with Escape', async (t) => {
  const { page } = await open(t, fixtureResult());
  const chart = page.locator('canvas[data-chart="latency"]');
  await chart.scrollIntoViewIfNeeded();
  const { width, height } = (await chart.boundingBox())!;
  // Nothing else in this chart has the colour of a tooltip's background.
  const tooltip = () =>
    page.evaluate<boolean>(`(() => {
      const canvas = document.querySelector('canvas[data-chart="latency"]');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let at = 0; at < data.length; at += 4)
        if (data[at] === 0x1b && data[at + 1] === 0x1f && data[at + 2] === 0x27) count += 1;
      return count > 1000;
    })()`);
  assert.equal(await tooltip(), false);
  await chart.hover({ position: { x: width * 0.5, y: height * 0.3 } });
  const end = performance.now() + 10_000;
  // Chart.js shows it with the next frame.
  while (!(await tooltip())) assert.ok(performance.now() < end, 'no tooltip');
  await page.keyboard.press('Escape');
  assert.equal(await tooltip(), false);
});

test('it prints as a PDF of several pages', async (t) => {
  const { page } = await open(t, fixtureResult(), { colorScheme: 'dark' });
  const pdf = await page.pdf({ format: 'A4' });
  const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  assert.ok(pages >= 3 && pages <= 16, `${pages} pages`);
  if (process.env['REPORT_PDF'] !== undefined) await writeFile(process.env['REPORT_PDF'], pdf);
});

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { AGENT_SATURATED, fixtureResult, hostileResult, MICRO } from '../../helpers/result-fixture.ts';
import { reportPages, sweptResult } from './report-page.ts';

const { open } = reportPages();

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
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  for (const colorScheme of ['light', 'dark'] as const)
    for (const result of [sweptResult(), fixtureResult({ blocks: 1, validity: () => AGENT_SATURATED })]) {
      const { page } = await open(t, result, { colorScheme });
      await page.evaluate(`for (const details of document.querySelectorAll('details')) details.open = true`);
      await page.evaluate(source);
      const found = await page.evaluate<{ id: string; impact: string; nodes: { html: string }[] }[]>(
        `axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => ({ html })) })))`,
      );
      assert.deepEqual(
        found.filter(({ impact }) => impact === 'serious' || impact === 'critical'),
        [],
        colorScheme,
      );
    }
});

test('it prints as a PDF of several pages', async (t) => {
  const { page } = await open(t, fixtureResult(), { colorScheme: 'dark' });
  const pdf = await page.pdf({ format: 'A4' });
  const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  assert.ok(pages >= 3 && pages <= 16, `${pages} pages`);
  if (process.env['REPORT_PDF'] !== undefined) await writeFile(process.env['REPORT_PDF'], pdf);
});

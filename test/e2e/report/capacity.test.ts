// The page of a capacity search in a browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import type { CapacityResult } from '../../../bench/result/capacity-schema.ts';
import { capacityPage } from '../../../report/capacity/page.ts';
import { fixtureSearch } from '../../report/capacity/fixture.ts';
import { assertAccessible, reportPages } from './report-page.ts';

const { openDocument } = reportPages();

/** Where a mark or a line stands in the plot of the chart `id`, as shares of its width. */
const placesIn = (page: Page, id: string) =>
  page.evaluate<{ marks: number; boundary: number; band: [number, number]; dashed: string }>(`(() => {
    const plot = document.querySelector('#${id} [role=img]');
    const { left, width } = plot.getBoundingClientRect();
    const share = (x) => (x - left) / width;
    const band = plot.querySelector('.band').getBoundingClientRect();
    return {
      marks: plot.querySelectorAll('.point').length,
      boundary: share(plot.querySelector('line.boundary').getBoundingClientRect().left),
      band: [share(band.left), share(band.right)],
      dashed: getComputedStyle(plot.querySelector('line.slo')).strokeDasharray,
    };
  })()`);

const stepsOf = (search: CapacityResult, id: string) => search.steps.filter(({ transport }) => transport === id);

test('it opens from disk with no request and no complaint, every step of every transport drawn', async (t) => {
  const search = fixtureSearch();
  const { page, requests, complaints } = await openDocument(t, await capacityPage(search));
  assert.deepEqual([requests.filter((url) => !url.startsWith('data:')).length, complaints], [1, []]);
  for (const { id } of search.transports)
    assert.equal(
      await page.locator(`#${id}-p99 [role=img]`).first().locator('.point').count(),
      stepsOf(search, id).length,
      id,
    );
  assert.equal(await page.locator('#steps tbody tr:not(.load)').count(), search.steps.length);
});

test('the boundary stands within its interval, where arithmetic puts it, and the objective is a dashed line', async (t) => {
  const search = fixtureSearch();
  const { page } = await openDocument(t, await capacityPage(search));
  const { boundary, band, dashed } = await placesIn(page, 'websocket-p99');
  const { estimate, low, high } = search.answers.find(({ transport }) => transport === 'websocket')!;
  assert.ok(band[0] < boundary && boundary < band[1], `${boundary} in ${band.join(' to ')}`);
  // on a logarithmic axis ratios are lengths
  const expected = Math.log(estimate! / low!) / Math.log(high! / low!);
  assert.ok(Math.abs((boundary - band[0]) / (band[1] - band[0]) - expected) < 0.1);
  assert.notEqual(dashed, 'none');
});

test('what lies around a boundary is shown by itself where marks would cover one another', async (t) => {
  const search = fixtureSearch();
  const { page } = await openDocument(t, await capacityPage(search));
  const [near, whole] = [page.locator('#websocket-p99 .pair [role=img]').last(), stepsOf(search, 'websocket').length];
  const count = await near.locator('.point').count();
  assert.ok(count >= 8 && count < whole, `${count} of ${whole}`);
  assert.equal(await page.locator('#polling-p99 .pair').count(), 0);
});

test('each transport has its own colour', async (t) => {
  const { page } = await openDocument(t, await capacityPage(fixtureSearch()));
  const colours = await page.evaluate<string[]>(
    `[...document.querySelectorAll('figure h3 .mark path')].map((sign) => getComputedStyle(sign).fill)`,
  );
  assert.equal(new Set(colours).size, 4, colours.join());
});

test('marks tell outcomes apart by shape, and confirmations by being filled', async (t) => {
  const { page } = await openDocument(t, await capacityPage(fixtureSearch()));
  const shapes = await page.evaluate<string[]>(
    `[...new Set([...document.querySelectorAll('#charts .key .step')].map(({ innerHTML }) => innerHTML))]`,
  );
  assert.equal(shapes.length, 4, 'met, broken, generator, disturbed');
  const fills = await page.evaluate<string[][]>(`['.step.met:not(.confirms)', '.step.met.confirms'].map((kind) =>
    [...new Set([...document.querySelectorAll('#charts .point ' + kind)].map((mark) => getComputedStyle(mark).fill))])`);
  assert.deepEqual(
    fills.map(({ length }) => length),
    [1, 1],
  );
  assert.notEqual(fills[0]![0], fills[1]![0]);
});

test('at 320 pixels nothing but the table scrolls sideways, and no label is cut or covers another', async (t) => {
  const viewport = { width: 320, height: 700 };
  const { page } = await openDocument(t, await capacityPage(fixtureSearch()), { viewport });
  assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 320);
  const cut = await page.evaluate<string[]>(`[...document.querySelectorAll('figure text')]
    .filter((text) => { const { left, right, width } = text.getBoundingClientRect(); return width > 0 && (right > 320 || left < 0); })
    .map((text) => text.textContent)`);
  assert.deepEqual(cut, []);
  const overlaps = await page.evaluate<string[]>(`[...document.querySelectorAll('[role=img]')].flatMap((plot) => {
    const boxes = [...plot.querySelectorAll('.tick')].map((text) => [text.textContent, text.getBoundingClientRect()])
      .filter(([, { width }]) => width > 0).sort(([, a], [, b]) => a.left - b.left);
    return boxes.slice(1).flatMap(([name, { left }], at) => left < boxes[at][1].right + 2 ? [boxes[at][0] + ' ' + name] : []);
  })`);
  assert.deepEqual(overlaps, []);
});

test('axe finds nothing serious, in light and in dark', async (t) => {
  for (const search of [fixtureSearch(), fixtureSearch({ stopAfter: 0 })]) {
    const { page } = await openDocument(t, await capacityPage(search), { bypassCSP: true });
    await assertAccessible(page);
  }
});

test('the keyboard reaches its sections and its table, and it prints on a few pages', async (t) => {
  const { page } = await openDocument(t, await capacityPage(fixtureSearch()), { colorScheme: 'dark' });
  const reached = new Set<string>();
  for (let step = 0; step < 20; step += 1) {
    await page.keyboard.press('Tab');
    reached.add(
      await page.evaluate<string>(`document.activeElement.getAttribute('href') ?? document.activeElement.className`),
    );
  }
  for (const place of ['#main', '#answers', '#steps', 'capacity.json', 'scroll']) assert.ok(reached.has(place), place);
  const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
  const pages = pdf.match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  assert.ok(pages >= 2 && pages <= 8, `${pages} pages`);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { fixtureResult } from '../../helpers/result-fixture.ts';
import { drawn, reportPages, SINGLE_LOAD, SWEEPS, sweptResult } from './report-page.ts';

const { open } = reportPages();

test('a sweep adds its charts, and choosing a load redraws the others', async (t) => {
  const { page, complaints } = await open(t, sweptResult());
  const pixels = await drawn(page);
  assert.deepEqual(Object.keys(pixels).toSorted(), [...SINGLE_LOAD, ...SWEEPS].toSorted());
  for (const [id, count] of Object.entries(pixels)) assert.ok(count > 200, `${id} has ${count} coloured pixels`);
  await page.locator('#load').selectOption({ label: '1,600 clients · 10 ticks/s · 128 B' });
  const other = await drawn(page);
  assert.notEqual(other['cpu'], pixels['cpu']);
  assert.equal(other['sweep-p99'], pixels['sweep-p99']);
  assert.match(await page.locator('#charts .notice').innerText(), /long polling at 1,600 clients/);
  assert.deepEqual(complaints, []);
});

test('a legend button takes its transport out of every chart and brings it back', async (t) => {
  const { page } = await open(t, fixtureResult());
  const full = await drawn(page);
  const button = page.getByRole('button', { name: 'polling', exact: true });
  await button.click();
  assert.equal(await button.getAttribute('aria-pressed'), 'false');
  const without = await drawn(page);
  for (const id of SINGLE_LOAD.filter((name) => name !== 'connections' && name !== 'micro'))
    assert.notEqual(without[id], full[id], `${id} was not redrawn`);
  await button.click();
  assert.deepEqual(await drawn(page), full);
});

test('with every transport switched off the charts say why they are empty', async (t) => {
  const { page } = await open(t, fixtureResult());
  for (const button of await page.locator('.legend button').all()) await button.click();
  assert.deepEqual(await drawn(page), {});
  assert.match(await page.locator('[data-missing="latency"]').innerText(), /switched off/);
});

test('the axis of times can be linear', async (t) => {
  const { page } = await open(t, fixtureResult());
  const logarithmic = await drawn(page);
  await page.getByRole('button', { name: 'linear' }).click();
  const linear = await drawn(page);
  for (const id of ['latency', 'age', 'timeline']) assert.notEqual(linear[id], logarithmic[id]);
  assert.equal(linear['cpu'], logarithmic['cpu']);
});

/** Whether the chart of memory has a pixel of exactly this colour. */
function holdsColour(page: Page, hex: string): Promise<boolean> {
  return page.evaluate<boolean>(`(() => {
    const canvas = document.querySelector('canvas[data-chart="memory"]');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    for (let at = 0; at < data.length; at += 4)
      if (data[at] * 65536 + data[at + 1] * 256 + data[at + 2] === 0x${hex}) return true;
    return false;
  })()`);
}

test('charts follow the system from light to dark and back', async (t) => {
  const { page } = await open(t, fixtureResult());
  for (const [colorScheme, present, absent] of [
    ['light', '0072B2', '56B4E9'],
    ['dark', '56B4E9', '0072B2'],
    ['light', '0072B2', '56B4E9'],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    const deadline = performance.now() + 5000;
    while (!(await holdsColour(page, present))) assert.ok(performance.now() < deadline, `not drawn for ${colorScheme}`);
    assert.equal(await holdsColour(page, absent), false);
  }
});

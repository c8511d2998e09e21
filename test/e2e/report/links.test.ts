import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { fixtureResult } from '../../helpers/result-fixture.ts';
import { becomesTrue, reportPages, sweptResult } from './report-page.ts';

const { open } = reportPages();

type Shown = {
  readonly transports: string[];
  readonly scale: string | null;
  readonly load: string;
  readonly hash: string;
};

const shown = (page: Page) =>
  page.evaluate<Shown>(`({
    transports: [...document.querySelectorAll('.legend [aria-pressed=true]')].map((button) => button.dataset.transport),
    scale: document.querySelector('[data-scale][aria-pressed=true]').dataset.scale,
    load: document.querySelector('#load')?.value ?? '',
    hash: location.hash,
  })`);

const LINK = '#latency&t=websocket,sse&clients=1600&scale=linear';

test('a link restores section, transports, load and scale, and stays in the address', async (t) => {
  const { page, complaints } = await open(t, sweptResult(), { fragment: LINK });
  assert.deepEqual(await shown(page), {
    transports: ['websocket', 'sse'],
    scale: 'linear',
    load: '1600/10/128/lean/prepared',
    hash: LINK,
  });
  const top = await page.evaluate<number>(`document.getElementById('latency').getBoundingClientRect().top`);
  assert.ok(top >= 0 && top < 300, `the chart is ${top} pixels from the top`);
  assert.equal(await page.evaluate('document.activeElement.id'), 'latency');
  assert.deepEqual(complaints, []);
});

test('what the reader chooses gets into the address without a new step back', async (t) => {
  const { page } = await open(t, sweptResult());
  const steps = await page.evaluate<number>('history.length');
  await page.getByRole('button', { name: 'polling', exact: true }).click();
  await page.getByRole('button', { name: 'linear' }).click();
  await page.locator('#load').selectOption('100/10/128/lean/prepared');
  assert.equal((await shown(page)).hash, '#&t=websocket,sse,long-polling&clients=100&scale=linear');
  await page.getByRole('link', { name: 'Link to this view of: Age of information' }).click();
  await becomesTrue(page, `location.hash.startsWith('#age&t=')`);
  assert.equal((await shown(page)).scale, 'linear');
  const again = await open(t, sweptResult(), { fragment: (await shown(page)).hash });
  assert.deepEqual(await shown(again.page), await shown(page));
  assert.ok((await page.evaluate<number>('history.length')) <= steps + 1, 'one step for the link that was followed');
});

test('the sections of the page are reached without losing the view', async (t) => {
  const { page } = await open(t, sweptResult(), { fragment: LINK });
  await page.getByRole('navigation').getByRole('link', { name: 'Verdicts' }).click();
  await becomesTrue(page, `location.hash.startsWith('#verdicts&t=')`);
  assert.deepEqual((await shown(page)).transports, ['websocket', 'sse']);
});

test('a hostile or outdated link does nothing but choose among what is there', async (t) => {
  // The view that others open is one of those that the page has as well: test/report/view-link.test.ts.
  const nothing = ['#<img src=x onerror=hacked=1>', '#__proto__&t=__proto__&scale=__proto__&clients=constructor'];
  const long = `#latency&t=${'x,'.repeat(20_000)}&clients=1e999&scale=evil&against=toString`;
  for (const fragment of [...nothing, long]) {
    const { page, complaints } = await open(t, fixtureResult({ blocks: 1 }), { fragment });
    const { transports, scale } = await shown(page);
    assert.deepEqual([transports.length, scale], [4, 'log'], fragment.slice(0, 60));
    assert.equal(await page.evaluate('window.hacked'), undefined);
    assert.equal(await page.locator('main img').count(), 0);
    assert.deepEqual(complaints, []);
  }
});

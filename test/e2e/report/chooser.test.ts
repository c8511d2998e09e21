import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { fixtureResult } from '../../helpers/result-fixture.ts';
import { reportPages } from './report-page.ts';

const { open } = reportPages();

const headline = (page: Page) => page.locator('#answer .headline').innerText();
const answer = (page: Page) => page.locator('#answer').innerText();

test('without scripts the answer for the load of the run stands there, with them it can be asked again', async (t) => {
  const { page } = await open(t, fixtureResult(), { javaScriptEnabled: false });
  assert.equal(await page.locator('#needs').isVisible(), false);
  const scriptless = await answer(page);
  assert.match(scriptless, /^For 1,000 clients, 10 ticks\/s, 128 B, at most 1 s stale/);
  assert.match(scriptless, /Measured at exactly this load/);

  const { page: live, complaints } = await open(t, fixtureResult());
  await live.getByRole('spinbutton', { name: 'Clients' }).fill('2000');
  await live.getByRole('spinbutton', { name: 'Clients' }).fill('1000');
  assert.equal(await answer(live), scriptless, 'the same words from the same module');
  assert.deepEqual(complaints, []);
});

test('every need changes the answer by the keyboard alone, and what was not measured is called so', async (t) => {
  const { page, complaints } = await open(t, fixtureResult());
  await page.getByRole('spinbutton', { name: 'Clients' }).focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('4000');
  assert.match(await answer(page), /extrapolated from 1,000 clients, 10 ticks\/s, 128 B/);
  assert.match(await answer(page), /npm run bench -- --clients 4000 --rate 10 --payload 128/);

  await page.keyboard.press('Tab'); // ticks per second
  await page.keyboard.press('Tab'); // payload
  await page.keyboard.press('Tab'); // staleness
  assert.equal(await page.evaluate('document.activeElement.name'), 'budgetMs');
  await page.keyboard.type('20');
  assert.equal(await headline(page), 'None of those measured');

  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('5000');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate('document.activeElement.name'), 'requestsOnly');
  await page.keyboard.press('Space');
  assert.match(await headline(page), /^(long )?polling/);
  assert.equal(await page.locator('#answer tr.out').filter({ hasText: 'may not get through' }).count(), 2);
  assert.deepEqual(complaints, []);
});

test('half a number keeps the last answer and is marked', async (t) => {
  const { page } = await open(t, fixtureResult());
  const before = await answer(page);
  const field = page.getByRole('spinbutton', { name: 'Clients' });
  for (const text of ['', '0', '-5', '1.5', '1e400']) {
    await field.fill(text);
    assert.equal(await field.getAttribute('aria-invalid'), 'true', text);
    assert.equal(await answer(page), before);
  }
  await field.fill('1000');
  assert.equal(await field.getAttribute('aria-invalid'), 'false');
});

test('the figures of the answer are those of the matrix where the load was measured', async (t) => {
  const result = fixtureResult();
  const { page } = await open(t, result);
  const rows = await page.locator('#answer tbody tr').allInnerTexts();
  for (const { cell, metrics } of result.cells) {
    const label = result.transports.find(({ id }) => id === cell.transport)!.label;
    const row = rows.find((text) => text.startsWith(label));
    const age = Math.round(metrics['ageP99']!.median / 1000);
    assert.match(row ?? '', new RegExp(`\\b${age.toLocaleString('en-US')} ms`), label);
  }
});

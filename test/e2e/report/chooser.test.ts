import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { fixtureResult } from '../../helpers/result-fixture.ts';
import { becomesTrue, reportPages } from './report-page.ts';

const { open } = reportPages();

const headline = (page: Page) => page.locator('#answer .headline').innerText();
const fields = (page: Page) =>
  page.evaluate<(string | boolean)[]>(
    `[...document.querySelectorAll('#needs input, #needs select')].map(({ type, value, checked }) => type === 'checkbox' ? checked : value)`,
  );
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

test('a link brings back what was asked and what was answered', async (t) => {
  const { page } = await open(t, fixtureResult());
  await page.getByRole('spinbutton', { name: 'Clients' }).fill('4000');
  await page.getByRole('combobox', { name: 'Must clients send?' }).selectOption('often');
  await page.getByRole('checkbox').check();
  const link = await page.evaluate<string>('location.hash');
  assert.equal(link, '#&need=4000,10,128,1000,often,requests');
  const asked = await answer(page);
  assert.match(asked, /^For 4,000 clients, .* a message a second, only plain requests surely get through/);

  const { page: linked, complaints } = await open(t, fixtureResult(), { fragment: link.replace('#', '#chooser') });
  assert.equal(await answer(linked), asked);
  assert.deepEqual(await fields(linked), ['4000', '10', '128', '1000', 'often', true]);
  assert.equal(await linked.evaluate('document.activeElement.id'), 'chooser');
  await linked.evaluate(`location.hash = '#chooser&need=777,1,128,3000,none,streams'`);
  await becomesTrue(linked, `document.querySelector('#need-clients').value === '777'`);
  assert.deepEqual(await fields(linked), ['777', '1', '128', '3000', 'none', false]);
  assert.match(await answer(linked), /^For 777 clients, 1 tick\/s, 128 B, at most 3 s stale/);
  assert.deepEqual(complaints, []);
});

test('a link that asks what cannot be asked gets the answer for the load of the run', async (t) => {
  const { page: plain } = await open(t, fixtureResult());
  // which needs these are: test/report/view-link.test.ts
  for (const need of ['4000,10,128,1e400,often,streams', '%00,__proto__']) {
    const { page, complaints } = await open(t, fixtureResult(), { fragment: `#chooser&need=${need}` });
    assert.equal(await answer(page), await answer(plain), need);
    assert.deepEqual(await fields(page), ['1000', '10', '128', '1000', 'none', false], need);
    assert.deepEqual(complaints, [], need);
  }
});

test('the farthest that a link can ask still fits on 320 pixels', async (t) => {
  for (const need of ['1000000000000,1e12,1000000000000,1e12,often,requests', '1,1e-6,1,1e-6,rarely,streams']) {
    const fragment = `#chooser&need=${need}`;
    const { page, complaints } = await open(t, fixtureResult(), { viewport: { width: 320, height: 800 }, fragment });
    assert.match(await headline(page), /No answer from this run/);
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 320);
    assert.deepEqual(complaints, [], need);
  }
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

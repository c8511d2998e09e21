import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunResult } from '../../../bench/result/schema.ts';
import { AGENT_SATURATED, HOSTILE, fixtureResult, hostileResult } from '../../helpers/result-fixture.ts';
import { until } from '../../helpers/until.ts';
import { drawn, reportPages, SINGLE_LOAD, sweptResult } from './report-page.ts';

const { open } = reportPages();

test('the page opens from disk with no request, no complaint and every chart drawn', async (t) => {
  const { page, requests, complaints } = await open(t, fixtureResult());
  const pixels = await drawn(page);
  assert.deepEqual(Object.keys(pixels).toSorted(), SINGLE_LOAD);
  for (const [id, count] of Object.entries(pixels)) assert.ok(count > 200, `${id} has ${count} coloured pixels`);
  assert.deepEqual(
    requests.filter((url) => url !== page.url() && !url.startsWith('data:')),
    [],
  );
  assert.deepEqual(complaints, []);
});

test('the policy forbids what the page does not carry, and says so', async (t) => {
  const { page, complaints } = await open(t, fixtureResult({ blocks: 1 }));
  await page.evaluate(`document.body.insertAdjacentHTML('beforeend', '<p style="color:red">x</p>')`);
  for (const [element, properties] of [
    ['script', `{ textContent: 'window.hacked = 1' }`],
    ['img', `{ src: 'http://127.0.0.1:9/x.png' }`],
  ])
    await page.evaluate(`document.body.append(Object.assign(document.createElement('${element}'), ${properties}))`);
  for (const directive of ['style-src', 'script-src', 'img-src'])
    await until(() => complaints.some((text) => text.includes(`policy ${directive}`)), `a violation of ${directive}`);
  assert.equal(await page.evaluate('window.hacked'), undefined);
});

test('the matrix holds exactly the figures of the result', async (t) => {
  const result = sweptResult();
  const { page } = await open(t, result);
  const cells = await page.evaluate<[string, string, string, string][]>(`
    [...document.querySelectorAll('table.matrix')].flatMap((table) =>
      [...table.querySelectorAll('td[data-value]')].map((cell) => [
        cell.closest('tbody').dataset.load,
        cell.closest('tr').dataset.transport,
        table.tHead.rows[0].cells[cell.cellIndex].dataset.sort,
        cell.dataset.value,
      ]))`);
  const shown = new Map(
    cells.map(([load, transport, metric, value]) => [`${load} ${transport} ${metric}`, Number(value)]),
  );
  const expected = result.cells.flatMap(({ cell, metrics }) =>
    Object.entries(metrics).map(([metric, { median }]): [string, number] => {
      const load = [cell.clients, cell.rateHz, cell.payloadBytes, cell.driver, cell.fanOut].join('/');
      return [`${load} ${cell.transport} ${metric}`, median];
    }),
  );
  // Maps are equal whatever the order of their entries.
  assert.deepEqual(shown, new Map(expected));
});

test('a heading sorts the rows of each load, and says so', async (t) => {
  const { page } = await open(t, fixtureResult());
  const order = () =>
    page.evaluate<string[]>(
      `[...document.querySelector('table.matrix tbody').rows].map((row) => row.dataset.transport)`,
    );
  const heading = page.locator('th[data-sort="p99"]');
  await heading.getByRole('button').click();
  assert.equal((await order()).at(-1), 'polling');
  assert.equal(await heading.getAttribute('aria-sort'), 'ascending');
  await heading.getByRole('button').press('Enter');
  assert.equal((await order())[0], 'polling');
  assert.equal(await heading.getAttribute('aria-sort'), 'descending');
});

test('hostile strings stay text', async (t) => {
  const { page, requests, complaints } = await open(t, hostileResult());
  assert.equal(await page.evaluate('window.hacked'), undefined);
  assert.equal(await page.locator('h1').textContent(), HOSTILE);
  assert.equal(await page.locator('.command code').first().textContent(), HOSTILE);
  assert.equal(await page.locator('img').count(), 0);
  assert.equal(await page.evaluate('document.querySelectorAll("script").length'), 3);
  await page.locator('.legend button').nth(1).click();
  assert.equal(await page.evaluate('window.hacked'), undefined);
  assert.deepEqual([requests.length, complaints], [1, []]);
});

test('runs without a figure say why, and complain about nothing', async (t) => {
  const cases: [RunResult, RegExp][] = [
    [fixtureResult({ blocks: 2, validity: () => AGENT_SATURATED }), /None of the 8 trials is valid/],
    [fixtureResult({ interruptAfter: 0 }), /interrupted before its first trial ended/],
  ];
  for (const [result, reason] of cases) {
    const { page, complaints } = await open(t, result);
    assert.match(await page.locator('#glance .notice').innerText(), reason);
    assert.match(await page.locator('#charts .notice').innerText(), reason);
    assert.equal(await page.locator('header .badge').innerText(), 'INVALID');
    assert.equal(await page.locator('canvas').count(), 0);
    assert.deepEqual(complaints, []);
  }
});

test('an interrupted run shows what was measured, marked', async (t) => {
  const { page, complaints } = await open(t, fixtureResult({ interruptAfter: 3 }));
  assert.equal(await page.locator('header .badge').innerText(), 'CAUTION');
  assert.match(await page.locator('#warnings').innerText(), /The run was interrupted/);
  assert.match(await page.locator('#charts .notice').innerText(), /Not drawn/);
  assert.ok(((await drawn(page))['latency'] ?? 0) > 200);
  assert.deepEqual(complaints, []);
});

test('the command can be copied', async (t) => {
  const { page } = await open(t, fixtureResult(), { permissions: ['clipboard-read', 'clipboard-write'] });
  const button = page.locator('header').getByRole('button', { name: 'Copy' });
  await button.click();
  await page.getByRole('button', { name: /Copied|Selected/ }).waitFor();
});

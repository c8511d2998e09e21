import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { fitModels } from '../../../bench/model/fit.ts';
import { planCost, serverLike } from '../../../bench/model/planner.ts';
import { formatBytes, formatCount, formatFigure } from '../../../bench/basics/amounts.ts';
import { costlyRun, SWEPT } from '../../bench/model/fake-run.ts';
import { fixtureResult } from '../../helpers/result-fixture.ts';
import { becomesTrue, reportPages, seriousFaults } from './report-page.ts';
import type { PlanNeeds } from '../../../report/planner/plan-view.ts';

const { open } = reportPages();

const RESULT = costlyRun(SWEPT, 0.03);
const MODELS = fitModels(RESULT);

/** Without `maxClients`: as CPU and memory allow. */
type Asked = Omit<PlanNeeds, 'maxClients'> & Partial<PlanNeeds>;

type Shown = Readonly<Record<string, Readonly<Record<string, { value: number; text: string }>>>>;

/** By transport and figure: the figure as the page holds it, and as it says it. */
const shown = (page: Page) =>
  page.evaluate<Shown>(`Object.fromEntries([...document.querySelectorAll('#plan tbody tr')].map((row) => [
    row.dataset.transport,
    Object.fromEntries([...row.querySelectorAll('[data-figure]')].map((cell) =>
      [cell.dataset.figure, { value: Number(cell.dataset.value), text: cell.innerText.replaceAll('\\n', ' | ') }])),
  ]))`);

function assertEqualsModel(figures: Shown, { maxClients = null, ...workload }: Asked): void {
  assert.deepEqual(Object.keys(figures).toSorted(), MODELS.map(({ transport }) => transport).toSorted());
  for (const model of MODELS) {
    const planned = planCost(model, workload, serverLike(RESULT.environment, maxClients));
    if (!('plan' in planned)) assert.fail(planned.problems.join());
    const { plan } = planned;
    const own = figures[model.transport]!;
    const { cores, memoryBytes, servers } = plan;
    assert.deepEqual(
      Object.fromEntries(Object.entries(own).map(([name, { value }]) => [name, value])),
      {
        servers: servers.value,
        cores: cores.value,
        memoryBytes: memoryBytes.value,
        egressBytesPerHour: plan.egressBytesPerHour,
        egressBytesPerMonth: plan.egressBytesPerMonth,
        ageMeanMs: plan.ageMeanMs,
      },
      model.transport,
    );
    const interval = (of: typeof cores, text: (value: number) => string) =>
      `${text(of.value)} | ${text(of.low)} to ${text(of.high)}`;
    assert.equal(own['cores']?.text, interval(cores, formatFigure));
    assert.equal(own['memoryBytes']?.text, interval(memoryBytes, formatBytes));
    const range = servers.low === servers.high ? '' : ` | ${formatCount(servers.low)} to ${formatCount(servers.high)}`;
    const limit = servers.high > 1 ? ` | limited by ${plan.limitedBy}` : '';
    assert.equal(own['servers']?.text, `${formatCount(servers.value)}${range}${limit}`);
    assert.equal(own['ageMeanMs']?.text, `${formatFigure(plan.ageMeanMs)} ms`);
    assert.equal(own['egressBytesPerMonth']?.text, formatBytes(plan.egressBytesPerMonth));
  }
}

test('the planner’s figures are the model’s, whatever is asked, by the keyboard alone', async (t) => {
  const { page, complaints } = await open(t, RESULT);
  const first = { clients: 2000, rateHz: 10, payloadBytes: 128, pollIntervalMs: 500 };
  assertEqualsModel(await shown(page), first);
  assert.equal(await page.locator('#plan .caution').count(), 0);
  const form = page.locator('#workload');
  await form.getByRole('spinbutton', { name: 'Clients', exact: true }).focus();
  for (const text of ['1000000', '0.5', '1024', '10000', '7000']) {
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type(text);
    await page.keyboard.press('Tab');
  }
  const asked = { clients: 1_000_000, rateHz: 0.5, payloadBytes: 1024, pollIntervalMs: 10_000, maxClients: 7000 };
  assertEqualsModel(await shown(page), asked);
  assert.match(await page.locator('#plan').innerText(), /For 1,000,000 clients at 0\.500 ticks\/s of 1\.00 KiB/);
  assert.equal(await page.locator('#plan .caution').filter({ hasText: 'extrapolated ×500' }).count(), 4);
  assert.deepEqual(complaints, []);
});

test('a link restores what was planned, and what is typed gets into the link', async (t) => {
  const fragment = '#planner&plan=50000,1,128,2000';
  const { page } = await open(t, RESULT, { fragment });
  const asked = { clients: 50_000, rateHz: 1, payloadBytes: 128, pollIntervalMs: 2000 };
  assertEqualsModel(await shown(page), asked);
  assert.equal(await page.evaluate('document.activeElement.id'), 'planner');
  assert.equal(await page.locator('#plan-clients').inputValue(), '50000');
  assert.equal(await page.locator('#plan-pollIntervalMs').inputValue(), '2000');
  await page.locator('#plan-rateHz').fill('2');
  assert.equal(await page.evaluate('location.hash'), '#planner&plan=50000,2,128,2000');
  await page.evaluate(`location.hash = '#planner&plan=777,1,128,2000'`);
  await becomesTrue(page, `document.querySelector('#plan-clients').value === '777'`);
  assertEqualsModel(await shown(page), { ...asked, clients: 777 });
});

test('the most clients of one server limit a plan as the model says, and nobody does where the field is empty', async (t) => {
  const { page, complaints } = await open(t, RESULT, { fragment: '#planner&plan=50000,1,128,2000' });
  const asked = { clients: 50_000, rateHz: 1, payloadBytes: 128, pollIntervalMs: 2000 };
  const field = page.getByRole('spinbutton', { name: 'Most clients per server' });
  assert.equal(await field.inputValue(), '');
  await field.fill('1000');
  const limited = await shown(page);
  assertEqualsModel(limited, { ...asked, maxClients: 1000 });
  for (const { servers } of Object.values(limited)) assert.equal(servers?.text, '50 | limited by clients');
  assert.match(await page.locator('#plan').innerText(), /at most 1,000 clients each/);
  assert.equal(await page.evaluate('location.hash'), '#planner&plan=50000,1,128,2000,1000');

  await field.fill('');
  assert.equal(await field.getAttribute('aria-invalid'), 'false');
  assertEqualsModel(await shown(page), asked);
  assert.equal(await page.evaluate('location.hash'), '#planner&plan=50000,1,128,2000');

  const { page: linked } = await open(t, RESULT, { fragment: '#planner&plan=50000,1,128,2000,1000' });
  assert.deepEqual(await shown(linked), limited);
  assert.equal(await linked.locator('#plan-maxClients').inputValue(), '1000');
  await linked.evaluate(`location.hash = '#planner&plan=50000,1,128,2000'`);
  await becomesTrue(linked, `document.querySelector('#plan-maxClients').value === ''`);
  assertEqualsModel(await shown(linked), asked);
  assert.deepEqual(complaints, []);
});

test('a link to a plan that cannot be read plans what the page shows first', async (t) => {
  // which plans these are: test/report/view-link.test.ts
  for (const plan of ['50000,1,128,2000,', '__proto__']) {
    const { page, complaints } = await open(t, RESULT, { fragment: `#planner&plan=${plan}` });
    assertEqualsModel(await shown(page), { clients: 2000, rateHz: 10, payloadBytes: 128, pollIntervalMs: 500 });
    assert.deepEqual(complaints, [], plan);
  }
});

test('half a number keeps the last plan and is marked', async (t) => {
  const { page } = await open(t, RESULT);
  const before = await shown(page);
  const field = page.locator('#plan-clients');
  for (const text of ['', '0', '-5', '1.5', '1e400']) {
    await field.fill(text);
    assert.equal(await field.getAttribute('aria-invalid'), 'true', text);
    assert.deepEqual(await shown(page), before);
  }
  const limit = page.locator('#plan-maxClients');
  await limit.fill('1000');
  const limited = await shown(page);
  for (const key of ['-', '0']) {
    await limit.press('ControlOrMeta+A');
    await limit.press(key); // a minus is no number, and no empty field either
    assert.equal(await limit.getAttribute('aria-invalid'), 'true', key);
    assert.deepEqual(await shown(page), limited, key);
  }
});

test('a field keeps the words in which its amount was typed, until a link asks for another one', async (t) => {
  const { page } = await open(t, RESULT);
  const field = page.locator('#plan-rateHz');
  await field.fill('');
  await field.pressSequentially('0.50');
  assert.equal(await field.inputValue(), '0.50');
  await page.evaluate(`location.hash = '#planner&plan=777,2,128,2000'`);
  await becomesTrue(page, `document.querySelector('#plan-rateHz').value === '2'`);
});

test('without scripts the plan for the load of the run stands there', async (t) => {
  const { page } = await open(t, RESULT, { javaScriptEnabled: false });
  assert.equal(await page.locator('#workload').isVisible(), false);
  assert.match(await page.locator('#plan').innerText(), /For 2,000 clients at 10\.0 ticks\/s/);
});

test('a run that identifies no model says so for each transport, and names the cells to add', async (t) => {
  const result = fixtureResult({ blocks: 2 });
  const { page, complaints } = await open(t, result);
  const text = await page.locator('#planner').innerText();
  assert.match(text, /npm run bench -- plan --plan-sweep/);
  for (const model of fitModels(result)) {
    if (model.cpu.kind !== 'unidentified') assert.fail(model.transport);
    assert.ok(text.includes(`${model.label}: server CPU: no model: ${model.cpu.sentence}.`), text);
  }
  assert.equal(await page.locator('#workload').count(), 0);
  assert.deepEqual(complaints, []);
});

test('the plan is saved as CSV', async (t) => {
  const { page } = await open(t, RESULT, { fragment: '#planner&plan=50000,1,128,2000,1000' });
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save the plan as CSV' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), '2026-03-02T14-05-09-sample.plan.csv');
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
  assert.equal(lines.length, 1 + 4 * 10);
  assert.ok(lines.slice(1).every((line) => line.includes(',50000,1,128,2000,1000,')));
});

test('at 320 pixels nothing but tables scrolls sideways, and axe finds nothing serious', async (t) => {
  const fragment = '#planner&plan=1000000,1,128,2000';
  // narrow first: charts that were drawn wide take a moment to shrink
  const { page } = await open(t, RESULT, { viewport: { width: 320, height: 800 }, fragment, bypassCSP: true });
  for (const [width, colorScheme] of [
    [320, 'light'],
    [1280, 'dark'],
  ] as const) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
    await page.evaluate(`for (const details of document.querySelectorAll('#planner details')) details.open = true`);
    assert.deepEqual(await seriousFaults(page), [], colorScheme);
  }
});

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { RunResult } from '../../bench/result/schema.ts';
import { buildReport } from '../../report/build.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { AGENT_SATURATED, FEED_LATE, HOSTILE, VALID, fixtureResult, hostileResult } from '../helpers/result-fixture.ts';
import { until } from '../helpers/until.ts';

let browser: Browser;
let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pushbench-page-'));
  browser = await launchBrowser();
});

after(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

type Opened = {
  readonly page: Page;
  readonly requests: string[];
  readonly complaints: string[];
  readonly loadMs: number;
};

let files = 0;

/** Opens the report of a result from disk, and notes every request, error and policy violation from its first byte on. */
async function open(t: TestContext, result: RunResult, options: BrowserContextOptions = {}): Promise<Opened> {
  const path = join(folder, `report-${(files += 1)}.html`);
  await writeFile(path, await buildReport(result));
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  t.after(() => context.close());
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => {
    // What this test itself causes by reading the canvases back.
    if (!message.text().includes('willReadFrequently')) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.addInitScript(
    `addEventListener('securitypolicyviolation', (event) => console.error('policy', event.violatedDirective, event.blockedURI))`,
  );
  const startMs = performance.now();
  await page.goto(pathToFileURL(path).href);
  return { page, requests, complaints, loadMs: performance.now() - startMs };
}

/** For each visible canvas: how many of its pixels are of the lines and bars, that is, neither empty nor grey. */
const COLOURED_PIXELS = `Object.fromEntries([...document.querySelectorAll('canvas')].filter((canvas) => canvas.offsetParent).map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    const spread = Math.max(data[at], data[at + 1], data[at + 2]) - Math.min(data[at], data[at + 1], data[at + 2]);
    if (data[at + 3] > 128 && spread > 60) count += 1;
  }
  return [canvas.dataset.chart, count];
}))`;

const drawn = (page: Page) => page.evaluate<Record<string, number>>(COLOURED_PIXELS);

const SINGLE_LOAD = ['age', 'bytes', 'connections', 'cpu', 'latency', 'memory', 'timeline'];
const SWEEPS = ['sweep-cpu', 'sweep-memory', 'sweep-p99'];

const swept = () =>
  fixtureResult({
    clients: [100, 400, 1600],
    blocks: 6,
    validity: (cell, block) => {
      if (cell.clients === 1600 && cell.transport === 'long-polling') return AGENT_SATURATED;
      return block === 0 && cell.transport === 'sse' ? FEED_LATE : VALID;
    },
  });

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

test('a sweep adds its charts, and choosing a load redraws the others', async (t) => {
  const { page, complaints } = await open(t, swept());
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

test('the matrix holds exactly the figures of the result', async (t) => {
  const result = swept();
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

test('a legend button takes its transport out of every chart and brings it back', async (t) => {
  const { page } = await open(t, fixtureResult());
  const full = await drawn(page);
  const button = page.getByRole('button', { name: 'polling', exact: true });
  await button.click();
  assert.equal(await button.getAttribute('aria-pressed'), 'false');
  const without = await drawn(page);
  for (const id of SINGLE_LOAD.filter((name) => name !== 'connections'))
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

test('hostile strings stay text', async (t) => {
  const { page, requests, complaints } = await open(t, hostileResult());
  assert.equal(await page.evaluate('window.hacked'), undefined);
  assert.equal(await page.locator('h1').textContent(), HOSTILE);
  assert.equal(await page.locator('.command code').first().textContent(), HOSTILE);
  assert.equal(await page.locator('img').count(), 0);
  assert.equal(await page.evaluate('document.querySelectorAll("script").length'), 2);
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

test('without JavaScript every table is there and no dead control', async (t) => {
  const { page } = await open(t, fixtureResult(), { javaScriptEnabled: false });
  assert.equal(await page.locator('figure table tbody tr').count(), 7 * 4);
  assert.equal(await page.locator('#raw tbody tr').count(), 32);
  assert.equal(await page.getByRole('button').count(), 0);
  assert.equal(await page.locator('canvas').first().isVisible(), false);
});

test('at 320 pixels nothing but tables scrolls sideways', async (t) => {
  for (const result of [swept(), hostileResult()]) {
    const { page } = await open(t, result, { viewport: { width: 320, height: 700 } });
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 320);
    const small = await page.evaluate<string[]>(`[...document.querySelectorAll('button, select, summary')]
      .filter((control) => control.offsetParent)
      .filter((control) => { const { width, height } = control.getBoundingClientRect(); return width < 24 || height < 24; })
      .map((control) => control.textContent)`);
    assert.deepEqual(small, [], 'targets of at least 24 pixels');
  }
});

test('axe finds nothing serious, in light and in dark', async (t) => {
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  for (const colorScheme of ['light', 'dark'] as const)
    for (const result of [swept(), fixtureResult({ blocks: 1, validity: () => AGENT_SATURATED })]) {
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

test('the matrix can be saved as CSV', async (t) => {
  const { page } = await open(t, fixtureResult());
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save the matrix as CSV' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), '2026-03-02T14-05-09-sample.csv');
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
  assert.ok(lines.every((line) => line.split(',').length === 14));
});

test('the command can be copied', async (t) => {
  const { page } = await open(t, fixtureResult(), { permissions: ['clipboard-read', 'clipboard-write'] });
  const button = page.locator('header').getByRole('button', { name: 'Copy' });
  await button.click();
  await page.getByRole('button', { name: /Copied|Selected/ }).waitFor();
});

test('a page of 400 trials opens in under two seconds, below a megabyte', async (t) => {
  const clients = Array.from({ length: 20 }, (_, index) => (index + 1) * 50);
  const { page, complaints, loadMs } = await open(t, fixtureResult({ clients, blocks: 5 }));
  const file = await readFile(new URL(page.url()));
  assert.ok(file.byteLength < 1_000_000, `${file.byteLength} bytes`);
  assert.ok(loadMs < 2000, `${Math.round(loadMs)} ms`);
  assert.deepEqual(complaints, []);
});

test('it prints as a PDF of several pages', async (t) => {
  const { page } = await open(t, fixtureResult(), { colorScheme: 'dark' });
  const pdf = await page.pdf({ format: 'A4' });
  const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  assert.ok(pages >= 3 && pages <= 16, `${pages} pages`);
  if (process.env['REPORT_PDF'] !== undefined) await writeFile(process.env['REPORT_PDF'], pdf);
});

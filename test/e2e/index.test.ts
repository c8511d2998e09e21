// The page of past runs in a browser.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import type { RunResult } from '../../bench/result/schema.ts';
import { renderIndex } from '../../report/index/render.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { FEED_LATE, HOSTILE, VALID, hostileResult } from '../helpers/result-fixture.ts';
import { assertAccessible } from './report/report-page.ts';
import { resultOf } from '../report/index/past.ts';

let browser: Browser;
let root: string;

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'pushbench-past-'));
  const { environment } = resultOf(1);
  const results: RunResult[] = [
    resultOf(1, { blocks: 6 }),
    resultOf(2, { blocks: 6, validity: (_cell, block) => (block === 0 ? FEED_LATE : VALID) }),
    resultOf(
      3,
      { clients: [50, 1000], pollIntervals: [250, 1000] },
      { environment: { ...environment, node: '27.0.0' } },
    ),
    resultOf(4, { label: `${HOSTILE}${'long'.repeat(40)}` }),
    { ...hostileResult(), run: { ...hostileResult().run, startedAt: '2026-03-05T00:00:00.000Z' } },
  ];
  for (const [index, result] of results.entries()) {
    const directory = join(root, index === 4 ? 'with space & "quotes"' : result.run.id);
    await mkdir(directory);
    await writeFile(join(directory, 'result.json'), JSON.stringify(result));
    await writeFile(join(directory, 'report.html'), '<title>the report</title>');
  }
  await mkdir(join(root, 'empty'));
  await renderIndex(root);
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await rm(root, { recursive: true, force: true });
});

async function open(t: TestContext, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  t.after(() => context.close());
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(pathToFileURL(join(root, 'index.html')).href);
  return { page, requests, complaints };
}

test('it opens from disk with no request and no complaint, and hostile texts do nothing', async (t) => {
  const { page, requests, complaints } = await open(t);
  assert.deepEqual(
    requests.filter((url) => url !== page.url() && !url.startsWith('data:')),
    [],
  );
  assert.deepEqual(complaints, []);
  assert.equal(await page.evaluate('window.hacked'), undefined);
  assert.equal(await page.locator('tbody tr').count(), 5);
  assert.ok((await page.locator('tbody').innerText()).includes('<img src=x'));
});

test('each line leads to its report', async (t) => {
  const { page } = await open(t);
  const links = await page.locator('tbody a').count();
  assert.equal(links, 5);
  for (let index = 0; index < links; index++) {
    await page.locator('tbody a').nth(index).click();
    assert.equal(await page.title(), 'the report');
    await page.goBack();
  }
});

test('the history has a line and a name in its own colour for each transport', async (t) => {
  const { page } = await open(t);
  assert.match(await page.locator('figure h3').first().innerText(), /^1,000 clients · 10 ticks\/s · 128 B$/);
  const drawn = await page.evaluate<{ labels: string[]; colours: string[]; width: number }>(`(() => {
    const figure = document.querySelector('figure');
    const lines = [...figure.querySelectorAll('.lines > g')];
    const x = [...figure.querySelectorAll('.lines line')].map((line) => line.getBoundingClientRect().right);
    return {
      labels: [...figure.querySelectorAll('.ends text')].map((text) => text.firstChild.data),
      colours: [...new Set(lines.map((line) => getComputedStyle(line).stroke))],
      width: Math.max(...x) - figure.querySelector('.lines').getBoundingClientRect().left,
    };
  })()`);
  assert.ok(drawn.labels.includes('polling, 250 ms') && drawn.labels.includes('WebSocket'), drawn.labels.join());
  assert.ok(drawn.colours.length >= 4, drawn.colours.join());
  assert.ok(drawn.width > 200, `${drawn.width} pixels`);
  assert.match(await page.locator('.changes').first().innerText(), /Node major version 26 → 27/);
});

test('names at the ends of the lines do not cover each other, at any width', async (t) => {
  for (const width of [320, 1280]) {
    const { page } = await open(t, { viewport: { width, height: 800 } });
    const gaps = await page.evaluate<number[]>(`[...document.querySelectorAll('.ends')].flatMap((ends) => {
      const tops = [...ends.querySelectorAll('text')].map((text) => text.getBoundingClientRect().top).sort((a, b) => a - b);
      return tops.slice(1).map((top, index) => top - tops[index]);
    })`);
    assert.ok(gaps.length > 3 && gaps.every((gap) => gap >= 12), gaps.join());
  }
});

test('at 320 pixels nothing but the table scrolls sideways', async (t) => {
  const { page } = await open(t, { viewport: { width: 320, height: 700 } });
  assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 320);
  const outside = await page.evaluate<string[]>(`[...document.querySelectorAll('figure *:not(.ends *)')]
    .filter((element) => element.getBoundingClientRect().right > 320).map((element) => element.outerHTML)`);
  assert.deepEqual(outside, []);
});

test('axe finds nothing serious, in light and in dark', async (t) => {
  const { page } = await open(t, { bypassCSP: true });
  await assertAccessible(page);
});

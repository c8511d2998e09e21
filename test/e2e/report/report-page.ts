// Opens reports in a browser, for the tests beside it.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { RunResult } from '../../../bench/result/schema.ts';
import { buildReport } from '../../../report/build.ts';
import { launchBrowser } from '../../helpers/browser.ts';
import { AGENT_SATURATED, FEED_LATE, VALID, fixtureResult } from '../../helpers/result-fixture.ts';

type Opened = {
  readonly page: Page;
  readonly requests: string[];
  readonly complaints: string[];
};

type Options = BrowserContextOptions & {
  /** Of the address, with its `#`. */
  readonly fragment?: string;
};

/** A browser and a folder for the tests of one file, closed and removed after them. */
export function reportPages() {
  let browser: Browser;
  let folder: string;
  let files = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pushbench-page-'));
    browser = await launchBrowser();
  });
  after(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Opens a document from disk, and notes every request, error and policy violation from its first byte on. */
  async function openDocument(t: TestContext, document: string, options: Options = {}): Promise<Opened> {
    const path = join(folder, `report-${(files += 1)}.html`);
    await writeFile(path, document);
    const { fragment = '', ...rest } = options;
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...rest });
    t.after(() => context.close());
    const page = await context.newPage();
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => {
      // What these tests themselves cause by reading the canvases back.
      if (!message.text().includes('willReadFrequently')) complaints.push(`${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.addInitScript(
      `addEventListener('securitypolicyviolation', (event) => console.error('policy', event.violatedDirective, event.blockedURI))`,
    );
    await page.goto(pathToFileURL(path).href + fragment);
    return { page, requests, complaints };
  }

  return {
    openDocument,
    /** Opens the report of a result. */
    open: async (t: TestContext, result: RunResult, options: Options = {}): Promise<Opened> =>
      openDocument(t, await buildReport(result), options),
  };
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

/** By chart: its coloured pixels. Charts that are not shown are absent. */
export const drawn = (page: Page) => page.evaluate<Record<string, number>>(COLOURED_PIXELS);

export const SINGLE_LOAD = ['age', 'bytes', 'connections', 'cpu', 'latency', 'memory', 'micro', 'timeline'];
export const SWEEPS = ['sweep-cpu', 'sweep-memory', 'sweep-p99'];

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe calls serious or worse on a page as it stands. */
export async function seriousFaults(page: Page) {
  await page.evaluate(await readFile(axe, 'utf8'));
  const found = await page.evaluate<{ id: string; impact: string; nodes: string[] }[]>(
    `axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => html) })))`,
  );
  return found.filter(({ impact }) => impact === 'serious' || impact === 'critical');
}

/** Waits until an expression holds in the page. Not `waitForFunction`, which asks again by `eval`, and that the page's policy forbids. */
export async function becomesTrue(page: Page, expression: string): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await page.evaluate<boolean>(expression))) {
    if (performance.now() > end) throw new Error(`never true: ${expression}`);
    await sleep(20);
  }
}

/** Nothing serious in light, nor in dark, to which the page changes as it stands. */
export async function assertAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await seriousFaults(page), [], colorScheme);
  }
}

/** Three loads, one of them without a valid trial of long polling, one transport with a caution. */
export const sweptResult = () =>
  fixtureResult({
    clients: [100, 400, 1600],
    blocks: 6,
    validity: (cell, block) => {
      if (cell.clients === 1600 && cell.transport === 'long-polling') return AGENT_SATURATED;
      return block === 0 && cell.transport === 'sse' ? FEED_LATE : VALID;
    },
  });

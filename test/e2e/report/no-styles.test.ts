// Pages as Jenkins serves archived ones: its default policy lets neither their styles nor their scripts run.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test, type TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { buildReport } from '../../../report/build.ts';
import { capacityPage } from '../../../report/capacity/page.ts';
import { comparisonPage } from '../../../report/comparison/page.ts';
import { indexPage } from '../../../report/index/page.ts';
import { launchBrowser } from '../../helpers/browser.ts';
import { startTestDemo } from '../../helpers/demo.ts';
import { fixtureResult } from '../../helpers/result-fixture.ts';
import { fixtureSearch } from '../../report/capacity/fixture.ts';
import { indexed, resultOf } from '../../report/index/past.ts';

const JENKINS = "sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self'";

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

async function openUnderPolicy(t: TestContext, document: string): Promise<Page> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader('content-security-policy', JENKINS);
    response.end(document);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => server.close());
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  t.after(() => page.close());
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return page;
}

/** Pictures that the style sheet alone gives a size. */
const unsized = (page: Page) =>
  page.evaluate<string[]>(
    `[...document.querySelectorAll('svg:not([width][height])')].map((svg) => svg.cloneNode().outerHTML)`,
  );

const changed = fixtureResult({ edit: (trial) => ({ ...trial, latencyUs: { ...trial.latencyUs, p99: 99_000 } }) });

const PAGES: Readonly<Record<string, () => string | Promise<string>>> = {
  report: () => buildReport(fixtureResult()),
  comparison: () => comparisonPage(fixtureResult(), changed),
  'capacity page': () => capacityPage(fixtureSearch()),
  index: () =>
    indexPage(
      [3, 2, 1].map((day) => indexed(resultOf(day, { blocks: 6 }))),
      '',
    ),
};

for (const [name, build] of Object.entries(PAGES)) {
  test(`${name}: without its styles and scripts, every picture keeps its size and the text stands above the fold`, async (t) => {
    const page = await openUnderPolicy(t, await build());
    assert.equal(
      await page.evaluate(`getComputedStyle(document.body).fontFamily.includes('system-ui')`),
      false,
      'no styles',
    );
    assert.ok((await page.locator('svg').count()) > 0, 'there are pictures');
    assert.deepEqual(await unsized(page), []);
    const tall = await page.evaluate<string[]>(
      `[...document.querySelectorAll('svg')].filter((svg) => svg.getBoundingClientRect().height > 300).map((svg) => svg.outerHTML.slice(0, 200))`,
    );
    assert.deepEqual(tall, []);
    const top = await page.evaluate<number>(`document.querySelector('h1').getBoundingClientRect().top`);
    assert.ok(top < 900, `the heading stands at ${top} px`);
  });
}

test('live page: every picture has a size of its own', async (t) => {
  const { origin } = await startTestDemo(t);
  const page = await browser.newPage();
  t.after(() => page.close());
  await page.goto(origin);
  await page.locator('svg.mark').first().waitFor();
  assert.deepEqual(await unsized(page), []);
});

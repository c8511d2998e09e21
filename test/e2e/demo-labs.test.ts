import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../helpers/browser.ts';
import { startTestDemo } from '../helpers/demo.ts';
import { ALL, count, figure, openLive, shows, ticksAbove } from '../helpers/live-page.ts';
import { until } from '../helpers/until.ts';

let browser: Browser;

before(async () => {
  browser = await launchBrowser();
});

after(() => browser.close());

/** What the browser itself writes to the console when a server is away, answers 503, or cuts a stream. */
const NETWORK_FAILURE =
  /net::ERR_(CONNECTION|EMPTY|INCOMPLETE)|status of 503|response code: 503|closed before the connection|Failed to load resource/;

/** Connections of the lab that are at a readyState. */
const slots = (page: Page, state: string) => page.locator('#six-slots li', { hasText: state }).count();

test('six of eight EventSources open, two wait without an error, and so does a fetch; eight WebSockets open', async (t) => {
  const demo = await startTestDemo(t);
  const { page, sessionId, complaints } = await openLive(t, browser, demo);
  const { lab } = demo.sessions.get(sessionId)!;
  await page.locator('#six-sources').click();
  await shows(async () => (await slots(page, '1 OPEN')) === 6, 'six are open');
  await shows(
    async () => /no answer for [\d.]+ s, and no error/.test(await page.locator('#six-fetch').innerText()),
    'a fetch hangs',
  );
  assert.equal(await slots(page, '0 CONNECTING'), 2);
  assert.equal(lab.meter.connections, 6);
  await shows(
    async () =>
      (await page.locator('#six-result').innerText()) ===
      'Measured here: 6 of 8 EventSources open. 2 wait at readyState 0, and no error event says so. The server has 6 connections.',
    'the sentence',
  );

  await page.locator('#six-close-one').click();
  await shows(
    async () => (await slots(page, '0 CONNECTING')) === 1 && (await slots(page, '1 OPEN')) === 6,
    'the next opens',
  );
  await page.locator('#six-close-one').click();
  await shows(
    async () => (await slots(page, '0 CONNECTING')) === 0 && (await slots(page, '1 OPEN')) === 6,
    'and the last',
  );
  await page.locator('#six-close-one').click();
  await shows(async () => /answered after/.test(await page.locator('#six-fetch').innerText()), 'the fetch is answered');

  await page.locator('#six-sockets').click();
  await shows(async () => (await slots(page, '1 OPEN')) === 8, 'eight WebSockets are open');
  await shows(
    async () => /8 of 8 WebSockets open\./.test(await page.locator('#six-result').innerText()),
    'the sentence',
  );
  await page.locator('#six-close-all').click();
  await shows(async () => (await page.locator('#six-slots li').count()) === 0, 'none is left');
  assert.deepEqual(complaints, []);
});

/** The table of a restart lab, by transport and column. */
async function outcome(page: Page, lab: string, id: string, key: string): Promise<string> {
  return (await page.locator(`${lab} tr[data-transport="${id}"] [data-key="${key}"]`).textContent()) ?? '';
}

test('after a restart every transport resumes without a lost tick, and its gap is measured', async (t) => {
  const demo = await startTestDemo(t, { rateHz: 20 });
  const { page, sessionId, complaints } = await openLive(t, browser, demo);
  await ticksAbove(page, 5);
  await page.locator('#restart-refused [data-seconds="2"]').click();
  await shows(
    async () => /has been away for/.test(await page.locator('#restart-refused .status').innerText()),
    'it is away',
  );
  assert.equal(await page.locator('#restart-refused [data-seconds="5"]').isDisabled(), true);
  await shows(
    async () => /was away for 2\.\d s and is back/.test(await page.locator('#restart-refused .status').innerText()),
    'back',
  );
  await ticksAbove(page, demo.sessions.get(sessionId)!.cards.feed.newestSeq + 10);
  const gaps = new Map<string, number>();
  for (const id of ALL) {
    assert.equal(await count(page, id, 'lost'), 0, `${id}: ticks lost`);
    await shows(async () => /^[\d.]+ s$/.test(await outcome(page, '#restart-refused', id, 'gap')), `the gap of ${id}`);
    gaps.set(id, Number.parseFloat(await outcome(page, '#restart-refused', id, 'gap')));
    assert.equal(await outcome(page, '#restart-refused', id, 'lost'), '0', id);
    const replayed = Number(await outcome(page, '#restart-refused', id, 'replayed'));
    // As many as were due in the gap, at 20 a second.
    assert.ok(Math.abs(replayed - gaps.get(id)! * 20) <= 3, `${id}: ${replayed} replayed in ${gaps.get(id)} s`);
    assert.ok(replayed > 0, id);
    assert.equal(await count(page, id, 'reconnects'), 1, id);
  }
  for (const id of ['long-polling', 'sse', 'websocket']) assert.ok(gaps.get(id)! >= 1.9, `${id}: ${gaps.get(id)} s`);
  assert.equal(await outcome(page, '#restart-refused', 'sse', 'tried'), 'by the browser');
  assert.match(await outcome(page, '#restart-refused', 'websocket', 'tried'), /^\d+ by the page$/);
  assert.equal(await page.locator('#restart-refused .gaps line.gap').count(), 4);
  assert.deepEqual(
    complaints.filter((text) => !NETWORK_FAILURE.test(text)),
    [],
  );
});

test('a 503 closes the EventSource for good; the page offers the way back, and nothing is lost', async (t) => {
  const demo = await startTestDemo(t, { rateHz: 20 });
  const { page, sessionId, complaints } = await openLive(t, browser, demo);
  const { cards } = demo.sessions.get(sessionId)!;
  await ticksAbove(page, 5);
  assert.equal(await page.locator('#unavailable-offer').isVisible(), false);
  await page.locator('#restart-unavailable [data-seconds="2"]').click();
  await shows(async () => page.locator('#unavailable-offer').isVisible(), 'the offer');
  assert.equal(await figure(page, 'sse', 'state'), '2 CLOSED');
  await until(() => cards.outage?.upUs !== null, 'the server is back');
  await ticksAbove(page, cards.feed.newestSeq + 20, ['polling', 'long-polling', 'websocket']);
  assert.equal(await figure(page, 'sse', 'state'), '2 CLOSED', 'the browser does not try again');
  await shows(async () => /gave up/.test(await outcome(page, '#restart-unavailable', 'sse', 'tried')), 'it gave up');

  await page.locator('#unavailable-reconnect').click();
  await shows(async () => (await figure(page, 'sse', 'state')) === '1 OPEN', 'open again');
  await ticksAbove(page, cards.feed.newestSeq, ['sse']);
  await shows(async () => !(await page.locator('#unavailable-offer').isVisible()), 'the offer is gone');
  for (const id of ALL) assert.equal(await count(page, id, 'lost'), 0, id);
  assert.deepEqual(
    complaints.filter((text) => !NETWORK_FAILURE.test(text)),
    [],
  );
});

test(
  'a stream that nobody reads is cut at the bound, and the one beside it loses nothing',
  { timeout: 90_000 },
  async (t) => {
    const demo = await startTestDemo(t);
    const { page, sessionId, complaints } = await openLive(t, browser, demo);
    const { lab } = demo.sessions.get(sessionId)!;
    await page.locator('#slow-start').click();
    await shows(
      async () => (await page.locator('#slow-result').innerText()).startsWith('Cut by the server after'),
      'it is cut',
      60_000,
    );
    assert.equal(lab.slowConsumersCut, 1);
    assert.match(await page.locator('#slow-result').innerText(), /The other stream has lost 0 ticks/);
    assert.match(await page.locator('#slow-keen-text').innerText(), /^\d+ ticks, 0 lost$/);
    await until(() => lab.tuning.rateHz === 1, 'the big feed ends with the lab');
    await until(() => lab.meter.connections <= 1, 'and so do its streams');
    assert.equal(await count(page, 'websocket', 'reconnects'), 0, 'the cards have another server');
    assert.deepEqual(
      complaints.filter((text) => !NETWORK_FAILURE.test(text)),
      [],
    );
  },
);

test('the chooser answers, and leads to the last report', async (t) => {
  const demo = await startTestDemo(t);
  const { page } = await openLive(t, browser, demo);
  const advice = page.locator('#advice-name');
  assert.equal(await advice.innerText(), 'SSE');
  await page.getByLabel('both, all the time').check();
  assert.equal(await advice.innerText(), 'WebSocket');
  await page.getByLabel('the server', { exact: true }).check();
  await page.getByLabel('proxies that hold streams back').check();
  assert.equal(await advice.innerText(), 'long polling');
  assert.ok((await page.locator('#advice-reasons li').count()) > 0);
  assert.match(await page.locator('.trade-offs').innerText(), /never Internet Explorer/);
  await page.locator('#report-link').click();
  await page.waitForURL(`${demo.origin}/report`);
  assert.match(await page.title(), /pushbench report/);
});

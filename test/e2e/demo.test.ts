import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { nowUs } from '../../server/clock.ts';
import { startDemo } from '../../server/demo/server.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { startTestDemo } from '../helpers/demo.ts';
import { ALL, cardOf, count, figure, openLive, shows, ticksAbove } from '../helpers/live-page.ts';

let browser: Browser;

before(async () => {
  browser = await launchBrowser();
});

after(() => browser.close());

/** What the browser itself writes to the console when a connection is cut on purpose. */
const NETWORK_FAILURE = /net::ERR_(CONNECTION|EMPTY|INCOMPLETE)|closed before the connection|Failed to load resource/;

/** The lines of a log, newest first. */
const log = (page: Page, selector: string) => page.locator(`${selector} li`).allTextContents();

test('four cards show one feed, and nothing is asked of anybody else', async (t) => {
  const demo = await startTestDemo(t);
  const { page, sessionId, requests, complaints } = await openLive(t, browser, demo);
  await ticksAbove(page, 10);
  assert.equal(await figure(page, 'sse', 'state'), '1 OPEN');
  assert.equal(await figure(page, 'websocket', 'state'), '1 OPEN');
  assert.match(await figure(page, 'polling', 'state'), /^(idle|in flight)$/);
  assert.match(await figure(page, 'long-polling', 'state'), /^in flight$/);
  for (const id of ALL) {
    assert.match(await figure(page, id, 'age'), /^[\d.]+ m?s$/);
    for (const name of ['p50', 'p99']) assert.match(await figure(page, id, name), /^(< )?[\d.]+ m?s$/, `${id} ${name}`);
    for (const name of ['lost', 'skipped', 'reconnects']) assert.equal(await count(page, id, name), 0, `${id} ${name}`);
    await shows(async () => (await figure(page, id, 'wire')) !== '–', 'bytes on the wire');
  }
  assert.match(await page.locator('header').innerText(), /DEMONSTRATION[^]*not a benchmark/);
  const { cards, lab } = demo.sessions.get(sessionId)!;
  const hosts = new Set([demo.port, cards.port, lab.port].map((port) => `127.0.0.1:${port}`));
  for (const url of requests) assert.ok(url.startsWith('data:') || hosts.has(new URL(url).host), url);
  assert.deepEqual(complaints, []);
});

test('the bytes on the wire are what the server counted', async (t) => {
  const demo = await startTestDemo(t, { rateHz: 20 });
  const { page, sessionId } = await openLive(t, browser, demo);
  await ticksAbove(page, 20);
  // Still, so that page and server can be compared at leisure.
  await page.getByRole('button', { name: 'Pause or resume all' }).click();
  const { cards } = demo.sessions.get(sessionId)!;
  for (const id of ALL) {
    const { sentBytes, receivedBytes } = cards.meter.count(id);
    const bytes = sentBytes + receivedBytes;
    const shown = bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : '';
    await shows(async () => (await figure(page, id, 'wire')) === shown, `${id}: ${shown} on the wire`);
    const delivered = await page.evaluate<number>(`Number(${JSON.stringify(await figure(page, id, 'last'))})`);
    assert.ok(bytes > delivered * 20, 'more than nothing');
  }
});

test('an EventSource passes 0, 1 and 2, in the card and in the example of the tutorials', async (t) => {
  const demo = await startTestDemo(t);
  const { page, complaints } = await openLive(t, browser, demo);
  await ticksAbove(page, 3, ['sse']);
  await cardOf(page, 'sse').getByRole('button', { name: 'Pause' }).click();
  await shows(async () => (await figure(page, 'sse', 'state')) === '2 CLOSED', 'the card is closed');
  const states = (await log(page, '.card.sse .log')).flatMap((line) => /readyState (\d)/.exec(line)?.[1] ?? []);
  assert.deepEqual(states.toReversed(), ['0', '1', '2']);

  const messages = page.locator('#classic-messages li');
  await shows(async () => (await messages.count()) >= 3, 'three messages');
  assert.match(await messages.first().innerText(), /^Current time is \d\d:\d\d:\d\d$/);
  assert.equal(await page.locator('#classic-state').innerText(), '1 OPEN');
  await page.locator('#classic-close').click();
  await shows(async () => (await page.locator('#classic-state').innerText()) === '2 CLOSED', 'the example is closed');
  const lines = (await log(page, '#classic-log')).toReversed().map((line) => line.replace(/^\S+ /, ''));
  assert.deepEqual(lines.slice(0, 3), [
    'new EventSource("/sse") · readyState 0 CONNECTING',
    'open · readyState 1 OPEN',
    'message · readyState 1 OPEN',
  ]);
  assert.equal(lines.at(-1), 'source.close() · readyState 2 CLOSED');
  const before = await messages.count();
  await page.locator('#classic-open').click();
  await shows(async () => (await messages.count()) > before, 'messages again');
  assert.deepEqual(complaints, []);
});

test('a paused card resumes where it was left, and its pause is no latency', async (t) => {
  const demo = await startTestDemo(t, { rateHz: 20 });
  const { page, sessionId } = await openLive(t, browser, demo);
  await ticksAbove(page, 5);
  await page.getByRole('button', { name: 'Pause or resume all' }).click();
  const { cards } = demo.sessions.get(sessionId)!;
  const pausedAt = cards.feed.newestSeq;
  await shows(async () => cards.feed.newestSeq > pausedAt + 40, 'two seconds of ticks');
  for (const id of ALL) assert.ok((await count(page, id, 'last')) <= pausedAt + 5, `${id} is paused`);
  await page.getByRole('button', { name: 'Pause or resume all' }).click();
  await ticksAbove(page, pausedAt + 45);
  for (const id of ALL) assert.equal(await count(page, id, 'lost'), 0, id);
  // p99 is that of a second's polls at most, not of the two seconds' pause
  for (const id of ['long-polling', 'sse', 'websocket'] as const) {
    assert.doesNotMatch(await figure(page, id, 'p99'), /^[2-9]\.\d+ s|\d\d s/, id);
  }
});

test('a cut connection comes back without a lost tick, and no other card notices', async (t) => {
  const demo = await startTestDemo(t, { rateHz: 20 });
  const { page, complaints } = await openLive(t, browser, demo);
  for (const id of ['sse', 'websocket'] as const) {
    await ticksAbove(page, 5);
    await cardOf(page, id).getByRole('button', { name: 'Cut my connection' }).click();
    await shows(async () => (await count(page, id, 'reconnects')) === 1, `${id} is connected again`);
    await ticksAbove(page, (await count(page, id, 'last')) + 3, [id]);
    const lines = await log(page, `.card.${id} .log`);
    assert.ok(lines.some((line) => line.includes('cut: the server destroyed 1 connection')));
    assert.ok(lines.some((line) => line.includes('news again after')));
  }
  for (const id of ['polling', 'long-polling'] as const) assert.equal(await count(page, id, 'reconnects'), 0, id);

  // A browser that loses a connection which it used before sends the request again by itself: the page need not notice.
  await cardOf(page, 'long-polling').getByRole('button', { name: 'Cut my connection' }).click();
  await shows(
    async () =>
      (await log(page, '.card.long-polling .log')).some((line) => line.includes('may send the request again')),
    'what became of the cut',
  );
  await ticksAbove(page, (await count(page, 'long-polling', 'last')) + 10, ['long-polling']);
  for (const id of ALL) assert.equal(await count(page, id, 'lost'), 0, id);
  assert.deepEqual(
    complaints.filter((text) => !NETWORK_FAILURE.test(text)),
    [],
  );
});

test('rate, payload and poll interval change while it runs', async (t) => {
  const demo = await startTestDemo(t, { rateHz: 5 });
  const { page, sessionId } = await openLive(t, browser, demo);
  await ticksAbove(page, 2);
  await page.locator('#rate').selectOption('50');
  await page.locator('#payload').selectOption('4096');
  await shows(async () => (await page.locator('#fact-feed').innerText()) === '50 ticks/s of 4.0 KiB', 'the new feed');
  const { cards } = demo.sessions.get(sessionId)!;
  assert.deepEqual(cards.tuning, { rateHz: 50, payloadBytes: 4096 });
  await ticksAbove(page, cards.feed.newestSeq + 20);
  assert.match(await figure(page, 'websocket', 'payload'), /^\d{2,}\.\d KiB|MiB/);
  for (const id of ALL)
    assert.deepEqual([await count(page, id, 'lost'), await count(page, id, 'reconnects')], [0, 0], id);

  await page.locator('#poll-interval').selectOption('500');
  await page.locator('#newest-only').check();
  await shows(async () => (await count(page, 'polling', 'skipped')) > 20, 'ticks between two polls are skipped');
  assert.equal(await count(page, 'polling', 'lost'), 0, 'skipped is not lost');
});

test('what this browser lacks is said, and the rest works', async (t) => {
  const demo = await startTestDemo(t);
  const { page, complaints } = await openLive(t, browser, demo, {
    initScript: 'delete window.EventSource; delete window.WebSocket;',
  });
  await ticksAbove(page, 3, ['polling', 'long-polling']);
  assert.match(await cardOf(page, 'sse').innerText(), /Not available in this browser: it has no EventSource/);
  assert.match(await cardOf(page, 'websocket').innerText(), /Not available in this browser: it has no WebSocket/);
  assert.equal(await cardOf(page, 'sse').getByRole('button', { name: 'Reconnect' }).isDisabled(), true);
  assert.equal(await page.locator('#classic-unavailable').isVisible(), true);
  for (const [button, result] of [
    ['#six-sources', '#six-result'],
    ['#six-sockets', '#six-result'],
    ['#slow-start', '#slow-result'],
  ] as const) {
    await page.locator(button).click();
    assert.match(await page.locator(result).innerText(), /Not available in this browser/);
  }
  assert.deepEqual(complaints, []);
});

test('time in which the page is hidden does not count', async (t) => {
  const demo = await startTestDemo(t, { rateHz: 20 });
  const { page } = await openLive(t, browser, demo, {
    initScript: `window.isHidden = false; Object.defineProperty(Document.prototype, 'hidden', { get: () => window.isHidden });`,
  });
  const hide = (isHidden: boolean) =>
    page.evaluate(`window.isHidden = ${isHidden}; document.dispatchEvent(new Event('visibilitychange')); undefined`);
  await ticksAbove(page, 5);
  await cardOf(page, 'websocket').locator('summary').click();
  const newestCounted = async () => Number(await cardOf(page, 'websocket').locator('tbody td').first().innerText());
  await shows(async () => (await newestCounted()) > 5, 'latencies');
  await hide(true);
  const hiddenAt = await count(page, 'websocket', 'last');
  const example = page.locator('#classic-state');
  await shows(async () => (await example.innerText()) === '2 CLOSED', 'a hidden tab gives its connection back');
  await ticksAbove(page, hiddenAt + 20, ['websocket']);
  assert.ok((await newestCounted()) <= hiddenAt + 5, 'ticks go on, latencies do not');
  const shownAt = await count(page, 'websocket', 'last');
  await hide(false);
  await shows(async () => (await newestCounted()) > shownAt, 'latencies again');
  assert.ok(
    (await log(page, '.card.websocket .log')).some((line) => /hidden for [\d.]+ s, which do not count/.test(line)),
  );
  assert.equal(await count(page, 'websocket', 'lost'), 0);
  await shows(async () => (await page.locator('#classic-state').innerText()) === '1 OPEN', 'the example is open again');
});

test('latencies agree with the record of the server, within the stated error of the clocks', async (t) => {
  const demo = await startTestDemo(t, { rateHz: 20 });
  const { page, sessionId } = await openLive(t, browser, demo);
  await ticksAbove(page, 15);
  const clock = page.locator('#fact-clock');
  assert.match(await clock.innerText(), /^[+−][\d.]+ s ± [\d.]+ m?s$/);
  const [offsetUs, boundUs] = await Promise.all(
    ['offset-us', 'bound-us'].map(async (name) => Number(await clock.getAttribute(`data-${name}`))),
  );
  // The server runs in this process, so that its clock is ours: bracket the page's clock by it.
  const beforeUs = nowUs();
  const pageUs = (await page.evaluate<number>('performance.now()')) * 1000;
  const afterUs = nowUs();
  assert.ok(offsetUs! - boundUs! <= afterUs - pageUs, 'the offset is not too large');
  assert.ok(offsetUs! + boundUs! >= beforeUs - pageUs, 'the offset is not too small');

  const { emissions } = demo.sessions.get(sessionId)!.cards;
  for (const id of ['sse', 'websocket', 'long-polling'] as const) {
    await cardOf(page, id).locator('summary').click();
    await shows(async () => (await cardOf(page, id).locator('tbody tr').count()) === 10, 'ten latencies');
    // Their cells' text: how a row's inner text is joined depends on whether it has been laid out yet.
    const rows = await cardOf(page, id)
      .locator('tbody tr')
      .evaluateAll((found) => found.map((row) => [...row.children].map((cell) => cell.textContent).join(' ')));
    const readUs = nowUs();
    let compared = 0;
    for (const row of rows) {
      const match = /^(\d+) (< )?([\d.]+) (m?s)$/.exec(row);
      assert.ok(match, `${id}: ${JSON.stringify(row)} is a number and a latency`);
      const [, seq, below, value, unit] = match;
      const emission = emissions.items.find((each) => each.seq === Number(seq));
      if (!emission) continue;
      compared++;
      const shownUs = Number(value) * (unit === 's' ? 1e6 : 1000);
      const roundingUs = unit === 's' ? 10_000 : 1000;
      const sentUs = emission.emittedUs - emission.dueUs;
      assert.ok(shownUs + roundingUs >= sentUs - boundUs!, `${id} ${row}: sent ${sentUs} us after it was due`);
      if (below === undefined) {
        assert.ok(emission.dueUs + shownUs - roundingUs <= readUs + boundUs!, `${id} ${row}: not from the future`);
      }
    }
    assert.ok(compared >= 5, `${compared} rows of ${id} compared`);
  }
});

test('two pages at once do not disturb each other', async (t) => {
  const demo = await startTestDemo(t, { rateHz: 20 });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  t.after(() => context.close());
  const one = await openLive(t, context, demo);
  const two = await openLive(t, context, demo);
  await ticksAbove(one.page, 5);
  await ticksAbove(two.page, 5);
  // Everything that a page can do, on the first.
  await one.page.locator('#rate').selectOption('50');
  await one.page.locator('#six-sources').click();
  for (const id of ['sse', 'websocket'] as const) {
    await cardOf(one.page, id).getByRole('button', { name: 'Cut my connection' }).click();
    await shows(async () => (await count(one.page, id, 'reconnects')) === 1, `${id} of the first page is back`);
  }
  await one.page.locator('#restart-refused [data-seconds="2"]').click();
  await shows(async () => /is back/.test(await one.page.locator('#restart-refused .status').innerText()), 'it is back');
  await shows(async () => (await count(one.page, 'sse', 'reconnects')) === 2, 'the first page noticed');

  const seen = await count(two.page, 'websocket', 'last');
  await ticksAbove(two.page, seen + 20);
  for (const id of ALL) {
    assert.deepEqual([await count(two.page, id, 'lost'), await count(two.page, id, 'reconnects')], [0, 0], id);
  }
  assert.equal(await two.page.locator('#fact-feed').innerText(), '20 ticks/s of 128 B');
  const messages = await two.page.locator('#classic-messages li').count();
  await shows(async () => (await two.page.locator('#classic-messages li').count()) > messages, 'the example goes on');
  assert.deepEqual(two.complaints, []);
});

const ALL_LOGS = ['#classic-log', '.card.sse .log', '.card.websocket .log'];

/** Messages and connections as in hours, in seconds: streams that send a thousand messages at once and often break. */
const FLOOD = `
  window.sent = 0;
  class Flood extends EventTarget {
    readyState = 0;
    constructor(url) {
      super();
      this.isClassic = url === '/sse';
      this.constructor.seq ??= 0;
      setTimeout(() => { this.readyState = 1; this.dispatchEvent(new Event('open')); this.pump(); }, 0);
    }
    pump() {
      if (this.readyState !== 1 || window.isOver) return;
      for (let i = 0; i < 500; i++) {
        const data = this.isClassic ? '{"message":"Current time is 10:15:03"}' : JSON.stringify({ tick: 'pb1_' + ++this.constructor.seq + '_' + Math.round(performance.now() * 1000) + '_x_' });
        this.dispatchEvent(new MessageEvent('message', { data }));
        window.sent++;
      }
      if (!this.isClassic) this.break();
      setTimeout(() => this.pump(), 5);
    }
    break() {
      this.readyState = this.closedState;
      this.dispatchEvent(this.goodbye());
      if (this.closedState === 0) setTimeout(() => { this.readyState = 1; this.dispatchEvent(new Event('open')); }, 0);
    }
    close() { this.readyState = 2; }
  }
  window.EventSource = class extends Flood { static CLOSED = 2; closedState = 0; goodbye() { return new Event('error'); } pump() { if (this.readyState === 2 || window.isOver) return; if (this.readyState === 0) return void setTimeout(() => this.pump(), 5); super.pump(); } };
  window.WebSocket = class extends Flood { closedState = 3; goodbye() { return new CloseEvent('close', { code: 1006 }); } };
`;

test('a page that is left open does not grow', { timeout: 120_000 }, async (t) => {
  const demo = await startTestDemo(t);
  const { page, complaints } = await openLive(t, browser, demo, { initScript: FLOOD });
  const cdp = await page.context().newCDPSession(page);
  const sizes = async () => {
    await cdp.send('HeapProfiler.collectGarbage');
    return page.evaluate<{ nodes: number; heapBytes: number; sent: number }>(
      `({ nodes: document.querySelectorAll('*').length, heapBytes: performance.memory.usedJSHeapSize, sent: window.sent })`,
    );
  };
  const isFull = async () => {
    const logs = await Promise.all(ALL_LOGS.map((selector) => page.locator(`${selector} li`).count()));
    return logs.every((entries) => entries === 50) && (await page.evaluate<number>('window.sent')) > 20_000;
  };
  await shows(isFull, 'every list is full', 60_000);
  const early = await sizes();
  await shows(async () => (await page.evaluate<number>('window.sent')) > early.sent + 60_000, '60,000 more', 60_000);
  const late = await sizes();
  await page.evaluate('window.isOver = true; undefined'); // a browser takes half a minute to end a page that is this busy
  assert.ok(late.nodes <= early.nodes + 20, `${early.nodes} elements became ${late.nodes}`);
  assert.ok(late.heapBytes < early.heapBytes + 3e6, `${early.heapBytes} bytes became ${late.heapBytes}`);
  for (const selector of ALL_LOGS) assert.equal(await page.locator(`${selector} li`).count(), 50, selector);
  assert.equal(await page.locator('#classic-messages li').count(), 30);
  assert.deepEqual(complaints, []);
});

test('a page whose server is gone says so', async (t) => {
  const demo = await startTestDemo(t);
  const { page } = await openLive(t, browser, demo);
  await ticksAbove(page, 2, ['sse']);
  await demo.stop();
  await shows(async () => page.locator('#gone').isVisible(), 'the notice');
});

test('a page whose server was started anew asks for nothing more: it is forgotten, and says so', async (t) => {
  const demo = await startTestDemo(t);
  const { page } = await openLive(t, browser, demo);
  await ticksAbove(page, 2, ['sse']);
  await demo.stop();
  const anew = await startDemo({ port: demo.port, rateHz: 10, payloadBytes: 128 });
  t.after(() => anew.stop());
  for (const id of ALL)
    await shows(async () => /has forgotten this page/.test(await cardOf(page, id).locator('.log').innerText()), id);
  assert.ok(await page.locator('#gone').isVisible());
  assert.equal(await figure(page, 'polling', 'state'), 'stopped');
});

test('everything can be reached and used by keyboard', async (t) => {
  const demo = await startTestDemo(t);
  const { page } = await openLive(t, browser, demo);
  await ticksAbove(page, 2);
  const reached = new Set<string>();
  await page.locator('body').click({ position: { x: 2, y: 2 } });
  for (let press = 0; press < 120; press++) {
    await page.keyboard.press('Tab');
    reached.add(
      await page.evaluate<string>(
        `(document.activeElement.id || document.activeElement.dataset.action || document.activeElement.name || document.activeElement.textContent.trim().slice(0, 30))`,
      ),
    );
    if (reached.has('report-link')) break;
  }
  for (const name of [
    'rate',
    'payload',
    'poll-interval',
    'newest-only',
    'pause-all',
    'pause',
    'reconnect',
    'cut',
    'classic-open',
    'classic-close',
    'six-sources',
    'six-sockets',
    'slow-start',
    'direction',
    'report-link',
  ])
    assert.ok(reached.has(name), `${name} among ${[...reached].join(', ')}`);
  const pause = cardOf(page, 'websocket').locator('[data-action="pause"]');
  await pause.focus();
  assert.notEqual(await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle'), 'none');
  await page.keyboard.press('Enter');
  await shows(async () => (await pause.innerText()) === 'Resume', 'paused by Enter');
  await page.keyboard.press('Space');
  await shows(async () => (await pause.innerText()) === 'Pause', 'resumed by Space');
});

test('at 320 pixels nothing but tables scrolls sideways, and every control is large enough', async (t) => {
  const demo = await startTestDemo(t);
  const { page } = await openLive(t, browser, demo, { viewport: { width: 320, height: 700 } });
  await ticksAbove(page, 3);
  await page.locator('#six-sources').click();
  await page.locator('#restart-refused [data-seconds="2"]').click();
  await shows(async () => page.locator('#restart-refused figure').isVisible(), 'the timeline');
  await page.evaluate(`for (const details of document.querySelectorAll('details')) details.open = true`);
  assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 320);
  const small = await page.evaluate<
    string[]
  >(`[...document.querySelectorAll('button, select, summary, fieldset label, .check')]
    .filter((control) => control.offsetParent)
    .filter((control) => { const { width, height } = control.getBoundingClientRect(); return width < 24 || height < 24; })
    .map((control) => control.textContent)`);
  assert.deepEqual(small, []);
});

test('axe finds nothing serious, in light and in dark', async (t) => {
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const demo = await startTestDemo(t);
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await openLive(t, browser, demo, { colorScheme });
    await ticksAbove(page, 3);
    await page.locator('#six-sources').click();
    await page.locator('#restart-unavailable [data-seconds="2"]').click();
    await shows(async () => page.locator('#unavailable-offer').isVisible(), 'the offer to reconnect');
    await page.evaluate(`for (const details of document.querySelectorAll('details')) details.open = true`);
    await page.evaluate(source);
    const found = await page.evaluate<{ id: string; impact: string; nodes: string[] }[]>(
      `axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => html) })))`,
    );
    assert.deepEqual(
      found.filter(({ impact }) => impact === 'serious' || impact === 'critical'),
      [],
      colorScheme,
    );
  }
});

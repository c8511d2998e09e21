import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { TransportId } from '../../server/transports/traits.ts';
import type { Demo } from '../../server/demo/server.ts';

export type LivePage = {
  readonly page: Page;
  readonly sessionId: string;
  readonly requests: string[];
  /** Console messages, errors and violations of the page's policy. */
  readonly complaints: string[];
};

/** Opens the live page in a browser context of its own, or in the one given, and notes whatever it asks for or complains of. */
export async function openLive(
  t: TestContext,
  browser: Browser | BrowserContext,
  { origin }: Demo,
  options: BrowserContextOptions & { initScript?: string } = {},
): Promise<LivePage> {
  const { initScript, ...contextOptions } = options;
  const context =
    'newContext' in browser
      ? await browser.newContext({ viewport: { width: 1280, height: 900 }, ...contextOptions })
      : browser;
  if (context !== browser) t.after(() => context.close());
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('websocket', (socket) => requests.push(socket.url()));
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.addInitScript(
    `addEventListener('securitypolicyviolation', (event) => console.error('policy', event.violatedDirective, event.blockedURI))`,
  );
  if (initScript !== undefined) await page.addInitScript(initScript);
  await page.goto(origin);
  const sessionId = await page.evaluate<string>(`JSON.parse(document.getElementById('data').textContent).sessionId`);
  return { page, sessionId, requests, complaints };
}

/** A transport's card. */
export function cardOf(page: Page, id: TransportId): Locator {
  return page.locator(`.card[data-transport="${id}"]`);
}

/** A figure of a card, as it is shown. */
export async function figure(page: Page, id: TransportId, name: string): Promise<string> {
  return (await cardOf(page, id).locator(`[data-figure="${name}"]`).textContent()) ?? '';
}

/** A figure of a card that is a number. */
export async function count(page: Page, id: TransportId, name: string): Promise<number> {
  return Number((await figure(page, id, name)).replaceAll(',', ''));
}

/** Waits until the page shows something; fails with what it waited for after `timeoutMs`. */
export async function shows(condition: () => Promise<boolean>, what: string, timeoutMs = 20_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    assert.ok(performance.now() < end, `not within ${timeoutMs} ms: ${what}`);
    await sleep(50);
  }
}

/** Waits until each transport has brought a tick with a number above `seq`. */
export async function ticksAbove(page: Page, seq: number, ids: readonly TransportId[] = ALL): Promise<void> {
  for (const id of ids) {
    await shows(async () => (await count(page, id, 'last')) > seq, `${id} brings a tick above ${seq}`);
  }
}

export const ALL: readonly TransportId[] = ['polling', 'long-polling', 'sse', 'websocket'];

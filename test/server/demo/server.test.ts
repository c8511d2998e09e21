import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sessionPath, TOKEN_HEADER, type Counters, type Emission } from '../../../server/demo/protocol.ts';
import { pageDataOf, startTestDemo } from '../../helpers/demo.ts';
import { until } from '../../helpers/until.ts';

test('the page names what it may load and connect to, and nothing else', async (t) => {
  const { origin } = await startTestDemo(t);
  const response = await fetch(origin);
  const { feedPort, labPort } = pageDataOf(await response.text());
  const policy = new Map(
    response.headers
      .get('content-security-policy')!
      .split('; ')
      .map((directive) => [directive.split(' ')[0], directive.split(' ').slice(1).join(' ')]),
  );
  assert.equal(policy.get('default-src'), "'none'");
  for (const directive of ['script-src', 'style-src']) assert.match(policy.get(directive)!, /^'sha256-[^ ]+'$/);
  assert.equal(
    policy.get('connect-src'),
    `'self' http://127.0.0.1:${feedPort} ws://127.0.0.1:${feedPort} http://127.0.0.1:${labPort} ws://127.0.0.1:${labPort}`,
  );
  assert.equal(response.headers.get('cache-control'), 'no-store');
});

test('only the page itself may change its servers', async (t) => {
  const { origin } = await startTestDemo(t);
  const { sessionId, token } = pageDataOf(await (await fetch(origin)).text());
  const tune = (headers: Record<string, string>, body: unknown = { rateHz: 20, payloadBytes: 256 }, id = sessionId) =>
    fetch(`${origin}${sessionPath(id, 'tune')}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const own = { origin, [TOKEN_HEADER]: token };
  assert.equal((await tune({})).status, 403);
  assert.equal((await tune({ origin })).status, 403);
  assert.equal((await tune({ [TOKEN_HEADER]: token })).status, 403);
  assert.equal((await tune({ ...own, origin: 'http://evil.example' })).status, 403);
  assert.equal((await tune({ ...own, [TOKEN_HEADER]: `${token.slice(1)}x` })).status, 403);
  assert.equal((await tune(own, undefined, 'unknown')).status, 404);
  for (const body of [
    {},
    { rateHz: 1e6, payloadBytes: 128 },
    { rateHz: 10, payloadBytes: 1 },
    { rateHz: 10, payloadBytes: 1e9 },
  ])
    assert.equal((await tune(own, body)).status, 400, JSON.stringify(body));
  assert.equal((await fetch(`${origin}${sessionPath(sessionId, 'tune')}`, { headers: own })).status, 404, 'GET');
  assert.equal((await tune(own)).status, 200);
  const counters = (await (await fetch(`${origin}${sessionPath(sessionId, 'counters')}`)).json()) as Counters;
  assert.deepEqual(counters.tuning, { rateHz: 20, payloadBytes: 256 });
});

test('a wrong Host is refused before anything is opened', async (t) => {
  const { port, sessions } = await startTestDemo(t);
  const status = await new Promise<number | undefined>((resolve) => {
    request({ port, host: '127.0.0.1', path: '/', headers: { host: `evil.example:${port}` } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).end();
  });
  assert.equal(status, 403);
  assert.equal(sessions.size, 0);
});

test('each page has a feed of its own', async (t) => {
  const demo = await startTestDemo(t);
  const pages = await Promise.all([1, 2].map(async () => pageDataOf(await (await fetch(demo.origin)).text())));
  const [one, two] = pages.map(({ sessionId }) => demo.sessions.get(sessionId)!);
  assert.equal(new Set(pages.flatMap(({ feedPort, labPort }) => [feedPort, labPort])).size, 4);
  one!.cards.tune({ rateHz: 50, payloadBytes: 1024 });
  assert.deepEqual(two!.cards.tuning, { rateHz: 10, payloadBytes: 128 });
  one!.cards.restart(2, 'refused');
  const { newestSeq } = two!.cards.feed;
  await until(() => two!.cards.feed.newestSeq > newestSeq + 2, 'the other page goes on');
  assert.equal(two!.counters().outage, null);
});

test('pages are bounded in number; one that is left makes room after a while', { timeout: 60_000 }, async (t) => {
  const { origin, sessions } = await startTestDemo(t);
  const statuses = await Promise.all(Array.from({ length: 14 }, async () => (await fetch(origin)).status));
  assert.equal(statuses.filter((status) => status === 200).length, 12);
  assert.equal(statuses.filter((status) => status === 503).length, 2);
  assert.equal(sessions.size, 12);
  const deadline = performance.now() + 20_000;
  let status = 503;
  while (status === 503 && performance.now() < deadline) {
    const response = await fetch(origin);
    await response.body?.cancel();
    status = response.status;
    await sleep(50);
  }
  assert.equal(status, 200);
  assert.equal(sessions.size, 12);
});

test('pages that are opened at the same moment are bounded as well', async (t) => {
  const { origin, sessions } = await startTestDemo(t);
  const opened = await Promise.all(Array.from({ length: 14 }, () => sessions.start(origin)));
  assert.equal(opened.filter((session) => session !== undefined).length, 12);
  assert.equal(sessions.size, 12);
});

test('a page is idle when it holds no stream, though its browser keeps a connection', async (t) => {
  const { origin, sessions } = await startTestDemo(t);
  const session = sessions.get(pageDataOf(await (await fetch(origin)).text()).sessionId)!;
  const { cards } = session;
  const stream = await fetch(`http://127.0.0.1:${cards.port}/feed/sse`);
  assert.equal(session.idleMs, 0);
  await stream.body!.cancel();
  await (await fetch(`http://127.0.0.1:${cards.port}/feed/polling?after=0`)).text();
  await until(() => cards.waiting === 0, 'the stream is gone');
  assert.ok(cards.meter.connections > 0, 'the poll left its connection open');
  assert.ok(session.idleMs > 0);
});

test('the server tells its clock and what it sent when', async (t) => {
  const { origin } = await startTestDemo(t, { rateHz: 50 });
  const { sessionId } = pageDataOf(await (await fetch(origin)).text());
  const clock = (await (await fetch(`${origin}/live/clock`)).json()) as { receivedUs: number; sentUs: number };
  assert.ok(clock.sentUs >= clock.receivedUs);
  let emissions: Emission[] = [];
  const deadline = performance.now() + 10_000;
  while (emissions.length < 3 && performance.now() < deadline)
    emissions = (await (await fetch(`${origin}${sessionPath(sessionId, 'emissions')}`)).json()) as Emission[];
  assert.ok(emissions.length >= 3);
  assert.equal((await fetch(`${origin}${sessionPath('unknown', 'emissions')}`)).status, 404);
});

test('the last report, or the sample, is a click away', async (t) => {
  const { origin } = await startTestDemo(t);
  const response = await fetch(`${origin}/report`);
  assert.equal(response.status, 200);
  assert.match(await response.text(), /pushbench report/);
});

test('only a visit opens a page: an image, a frame, a fetch or a prefetch takes no place', async (t) => {
  const { port, sessions } = await startTestDemo(t);
  // Node's fetch does not let these be set.
  const status = (headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve) => {
      request({ port, host: '127.0.0.1', path: '/', headers }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode));
      }).end();
    });
  const visit = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  for (const headers of [
    { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
    { ...visit, 'sec-purpose': 'prefetch;prerender' },
  ])
    assert.equal(await status(headers), 403, JSON.stringify(headers));
  assert.equal(sessions.size, 0);
  assert.equal(await status(visit), 200);
  assert.equal(await status({}), 200, 'curl');
  assert.equal(sessions.size, 2);
});

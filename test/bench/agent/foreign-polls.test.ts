// Polls of servers that are not ours, by both drivers: cursors in the path or in header fields, ticks in whatever envelope.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { Driver } from '../../../bench/agent/contract.ts';
import { CLIENT_TRANSPORTS } from '../../../bench/agent/index.ts';
import { Recorder } from '../../../bench/agent/measure/recorder.ts';
import type { Door } from '../../../bench/result/target.ts';
import { nextWindow } from '../../../bench/trial/window.ts';
import { nowUs } from '../../../server/clock.ts';
import { dueUs, newestDue } from '../../../server/feed/schedule.ts';
import { tickEncoder } from '../../../server/feed/tick.ts';
import { until } from '../../helpers/until.ts';

type Polling = 'polling' | 'long-polling';
/** What a server answers at once, or, while it is undefined, when it is asked again. */
type Reply = (
  request: IncomingMessage,
  newest: number,
) => undefined | { status?: number; fields?: object; body?: string };

const CLIENTS = 6;
const DRIVERS = ['lean', 'library'] as const;
const PAYLOAD_BYTES = 100;
const SEED = 3;
const encode = tickEncoder(PAYLOAD_BYTES, SEED);

/** A server whose every answer `reply` gives, and its feed of 50 ticks/s. */
async function startForeign(t: TestContext, reply: Reply) {
  const schedule = { startUs: Math.ceil(nowUs()) - 1_000_000, rateHz: 50 };
  const requests: IncomingMessage[] = [];
  let held: [IncomingMessage, ServerResponse][] = [];
  const answer = ([request, response]: [IncomingMessage, ServerResponse]): boolean => {
    const given = reply(request, newestDue(schedule, nowUs()));
    if (given) response.writeHead(given.status ?? 200, { ...given.fields }).end(given.body);
    return given !== undefined;
  };
  const server = createServer((request, response) => {
    requests.push(request);
    if (!answer([request, response])) held.push([request, response]);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const look = setInterval(() => (held = held.filter((one) => !answer(one))), 2);
  t.after(() => {
    clearInterval(look);
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, schedule, requests };
}

const textOf = (seq: number, { startUs = 0 }) => encode(seq, dueUs({ startUs, rateHz: 50 }, seq)).text;

type Foreign = Awaited<ReturnType<typeof startForeign>>;

async function openClients(
  t: TestContext,
  { port, schedule }: Foreign,
  {
    id,
    driver,
    door,
    latestOnly = false,
  }: { id: Polling; driver: (typeof DRIVERS)[number]; door: Door; latestOnly?: boolean },
) {
  const recorder = new Recorder({
    clients: CLIENTS,
    schedule,
    payloadBytes: PAYLOAD_BYTES,
    seed: SEED,
    isForeign: true,
    latestOnly,
  });
  const log = { opened: 0, failed: [] as string[], dropped: [] as string[] };
  const create = driver === 'lean' ? CLIENT_TRANSPORTS[id].lean : await CLIENT_TRANSPORTS[id].library();
  const made: Driver = create(
    {
      host: '127.0.0.1',
      port,
      path: door.path,
      door,
      clients: CLIENTS,
      firstClient: 10,
      sourceAddress: () => undefined,
      schedule,
      seed: SEED,
      poll: { intervalUs: 50_000, latestOnly },
    },
    recorder,
    {
      opened: () => {
        if (++log.opened === CLIENTS) made.begin?.();
      },
      failed: (_client, code) => log.failed.push(code),
      dropped: (_client, code) => log.dropped.push(code),
    },
  );
  t.after(() => made.stop());
  for (let client = 0; client < CLIENTS; client++) made.open(client);
  return { recorder, log };
}

/** Measures half a second from when everyone is open; `isOver` says when what is still to come has come. */
async function measure(
  { schedule }: Foreign,
  { recorder, log }: Awaited<ReturnType<typeof openClients>>,
  isOver = (lastSeq: number) => recorder.newest.every((seq) => seq > lastSeq),
) {
  await until(() => log.opened === CLIENTS, 'everyone is open');
  const window = nextWindow(schedule, nowUs() + 150_000, 500_000);
  recorder.measure(window);
  await until(() => nowUs() > window.endUs && isOver(window.lastSeq), 'all that comes has come');
  const { ledger, controlMessages } = recorder.finish(CLIENTS);
  const { delivered, missed, duplicate, outOfOrder, coalesced, corrupt, expected } = ledger;
  assert.deepEqual([log.failed, log.dropped, expected], [[], [], CLIENTS * 25]);
  return { window, delivered, missed, duplicate, outOfOrder, coalesced, corrupt, controlMessages };
}

/** How many of the window's ticks are of those that a liar lies about. */
const seventh = (seq: number): boolean => seq % 7 === 0;
const sevenths = ({ firstSeq, lastSeq }: { firstSeq: number; lastSeq: number }): number =>
  Math.floor(lastSeq / 7) - Math.floor((firstSeq - 1) / 7);

/** Answers with all ticks after the number in the path, in an envelope; with nothing, or not at all, where there are none. */
const byNumber =
  (isHeld: boolean, startUs: () => number, copies: (seq: number) => number): Reply =>
  ({ url }, newest) => {
    const after = Number(/[?&]since=(\d+)$/.exec(url!)![1]);
    const seqs = Array.from({ length: Math.max(0, newest - after) }, (_, index) => after + 1 + index);
    const items = seqs.flatMap((seq) => Array.from({ length: copies(seq) }, () => textOf(seq, { startUs: startUs() })));
    if (items.length === 0) return isHeld ? undefined : { status: 204 };
    return { fields: { 'content-type': 'application/json' }, body: JSON.stringify({ next: newest, items }) };
  };

for (const driver of DRIVERS) {
  for (const id of ['polling', 'long-polling'] as const) {
    const door = { path: `/feed?channel=1&since={after}` };
    const start = async (t: TestContext, copies: (seq: number) => number) => {
      const foreign: Foreign = await startForeign(
        t,
        byNumber(id === 'long-polling', () => foreign.schedule.startUs, copies),
      );
      return foreign;
    };

    test(`${driver} clients ask by ${id} for what comes after a number, and have each tick once`, async (t) => {
      const foreign = await start(t, () => 1);
      const found = await measure(foreign, await openClients(t, foreign, { id, driver, door }));
      const { delivered, missed, duplicate, outOfOrder, corrupt, controlMessages } = found;
      assert.deepEqual(
        [delivered, missed, duplicate, outOfOrder, corrupt, controlMessages],
        [CLIENTS * 25, 0, 0, 0, 0, 0],
      );
    });

    test(`${driver} clients find by ${id} what a server leaves out and what it repeats`, async (t) => {
      for (const [copies, column] of [
        [0, 'missed'],
        [2, 'duplicate'],
      ] as const) {
        const foreign = await start(t, (seq) => (seventh(seq) ? copies : 1));
        const clients = await openClients(t, foreign, { id, driver, door });
        const found = await measure(foreign, clients);
        assert.equal(found[column], CLIENTS * sevenths(found.window), column);
        assert.equal(found.missed + found.duplicate, found[column], 'and nothing else');
      }
    });
  }

  test(`${driver} clients repeat what an answer says of itself, where each holds one message`, async (t) => {
    // As nchan has it: the second of a message, and its place among those of that second.
    const fieldsOf = (seq: number) => ({ 'Last-Modified': `second ${Math.floor(seq / 50)}`, Etag: String(seq % 50) });
    const asked: (number | null)[] = [];
    const foreign: Foreign = await startForeign(t, (request, newest) => {
      const [second, place] = [request.headers['if-modified-since'], request.headers['if-none-match']];
      const isFirst = second === undefined;
      // Without a cursor the next one is waited for.
      const seen = isFirst
        ? ((request as { firstSeq?: number }).firstSeq ??= newest)
        : Number(second.slice(7)) * 50 + Number(place);
      if (seen >= newest) return undefined;
      asked.push(isFirst ? null : seen);
      return { fields: fieldsOf(seen + 1), body: textOf(seen + 1, foreign.schedule) };
    });
    const door = { path: '/sub', echo: { 'last-modified': 'If-Modified-Since', etag: 'If-None-Match' } };
    const found = await measure(foreign, await openClients(t, foreign, { id: 'long-polling', driver, door }));
    assert.deepEqual([found.delivered, found.missed, found.duplicate, found.outOfOrder], [CLIENTS * 25, 0, 0, 0]);
    assert.ok(asked.filter((seen) => seen === null).length <= 2 * CLIENTS, 'they begin from now, twice at most');
  });

  test(`${driver} clients of a server that has the newest tick alone skip by design, and are given it again`, async (t) => {
    const foreign: Foreign = await startForeign(t, (_, newest) => ({
      body: textOf(newest - (newest % 5), foreign.schedule),
    }));
    const door = { path: '/latest', latest: true };
    const clients = await openClients(t, foreign, { id: 'polling', driver, door, latestOnly: true });
    const { delivered, coalesced, missed, duplicate } = await measure(foreign, clients);
    assert.deepEqual([missed, duplicate, delivered + coalesced], [0, 0, CLIENTS * 25]);
    assert.equal(delivered, CLIENTS * 5, 'each fifth tick, once');
  });
}

for (const [what, reply] of [
  ['204', { status: 204 }],
  ['304', { status: 304 }],
  ['an empty list', { body: '[]' }],
  ['an empty body', { body: '' }],
] as const) {
  test(`an answer without a tick is no error, nor a message: ${what}`, async (t) => {
    const foreign = await startForeign(t, () => reply);
    const { recorder, log } = await openClients(t, foreign, { id: 'polling', driver: 'lean', door: { path: '/' } });
    await until(() => recorder.answers > 3 * CLIENTS, 'some answers each');
    const { ledger, controlMessages } = recorder.finish(CLIENTS);
    assert.deepEqual([log, ledger.corrupt, controlMessages], [{ opened: CLIENTS, failed: [], dropped: [] }, 0, 0]);
  });
}

test('a long poll without any cursor has what comes while it waits, and misses what comes between', async (t) => {
  const since = new WeakMap<object, number>();
  const foreign: Foreign = await startForeign(t, (request, newest) => {
    if (!since.has(request)) since.set(request, newest);
    const isDue = newest > since.get(request)! && !seventh(newest);
    return isDue ? { body: textOf(newest, foreign.schedule) } : undefined;
  });
  const clients = await openClients(t, foreign, { id: 'long-polling', driver: 'lean', door: { path: '/next' } });
  const { window, delivered, missed, duplicate } = await measure(foreign, clients);
  assert.deepEqual([duplicate, delivered + missed], [0, CLIENTS * 25]);
  assert.ok(missed >= CLIENTS * sevenths(window) && delivered > 0, `${missed} missed, ${delivered} delivered`);
});

test('a tick whose bytes differ is corrupt', async (t) => {
  const foreign: Foreign = await startForeign(t, (_, newest) => ({
    body: textOf(newest, foreign.schedule).replace(/.(?=_")/, '~'),
  }));
  const clients = await openClients(t, foreign, { id: 'polling', driver: 'lean', door: { path: '/' } });
  const { corrupt, delivered } = await measure(foreign, clients);
  assert.ok(corrupt > 0);
  assert.equal(delivered, 0);
});

test('a server that closes behind each answer is told from one that lost a client', async (t) => {
  const foreign = await startForeign(t, () => ({ status: 204, fields: { connection: 'close' } }));
  const { log } = await openClients(t, foreign, { id: 'polling', driver: 'lean', door: { path: '/' } });
  await until(() => log.failed.length === CLIENTS, 'everyone failed');
  assert.deepEqual(log, { opened: 0, failed: Array.from({ length: CLIENTS }, () => 'HTTP_CLOSE'), dropped: [] });
});

for (const driver of DRIVERS) {
  test(`${driver} clients say their headers, each its number, and what the environment keeps`, async (t) => {
    process.env['PUSHBENCH_TEST_TOKEN'] = 'a secret';
    t.after(() => delete process.env['PUSHBENCH_TEST_TOKEN']);
    const foreign = await startForeign(t, () => ({ status: 204 }));
    const headers = { Authorization: 'Bearer {env:PUSHBENCH_TEST_TOKEN}', accept: 'text/x', 'X-Client': 'c{client}' };
    const door = { path: '/of/{client}?after={after}', headers };
    const { recorder } = await openClients(t, foreign, { id: 'polling', driver, door });
    await until(() => recorder.answers > 3 * CLIENTS, 'some answers each');
    const { requests } = foreign;
    for (const { headers: said, url } of requests) {
      assert.deepEqual([said.authorization, said.accept], ['Bearer a secret', 'text/x']);
      assert.match(url!, new RegExp(`^/of/${String(said['x-client']).slice(1)}\\?after=\\d+$`));
    }
    const numbers = new Set(requests.map(({ headers: said }) => said['x-client']));
    assert.deepEqual(numbers, new Set(['c10', 'c11', 'c12', 'c13', 'c14', 'c15']));
  });
}

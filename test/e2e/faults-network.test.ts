// What a network may do to the bytes between server and clients, tried with a proxy, and what a server may answer that means ill.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import { decode } from '../../bench/agent/measure/histogram.ts';
import { Recorder } from '../../bench/agent/measure/recorder.ts';
import { CLIENT_TRANSPORTS } from '../../bench/agent/index.ts';
import { TRANSPORT_IDS } from '../../server/transports/traits.ts';
import { nextWindow } from '../../bench/trial/window.ts';
import { nowUs } from '../../server/clock.ts';
import type { TransportId } from '../../server/transports/traits.ts';
import { startProxy, type Path } from '../helpers/tcp-proxy.ts';
import { startServer } from '../helpers/test-server.ts';
import { until } from '../helpers/until.ts';
import { TRAITS } from '../../server/transports/traits.ts';

const CLIENTS = 4;
/** Small and slow enough to pass in single bytes. */
const FEED = { rateHz: 20, payloadBytes: 100, seed: 1 };
/** Half a second of the feed. */
const TICKS = 10;

type Lost = { client: number; code: string; message: string };

/** Lean clients of a transport that connect to a port. */
function openClients(t: TestContext, id: TransportId, port: number, startUs: number) {
  const schedule = { startUs, rateHz: FEED.rateHz };
  const recorder = new Recorder({ clients: CLIENTS, schedule, ...FEED, latestOnly: false });
  const log = { opened: 0, failed: [] as Lost[], dropped: [] as Lost[] };
  const driver = CLIENT_TRANSPORTS[id].lean(
    {
      host: '127.0.0.1',
      port,
      path: TRAITS[id].path,
      clients: CLIENTS,
      firstClient: 0,
      sourceAddress: () => undefined,
      schedule,
      seed: 1,
      poll: { intervalUs: 100_000, latestOnly: false },
    },
    recorder,
    {
      opened: () => {
        if (++log.opened === CLIENTS) driver.begin?.();
      },
      failed: (client, code, message) => log.failed.push({ client, code, message }),
      dropped: (client, code, message) => log.dropped.push({ client, code, message }),
    },
  );
  t.after(() => driver.stop());
  for (let client = 0; client < CLIENTS; client++) driver.open(client);
  return { recorder, log, schedule };
}

/** Clients that receive the feed through a proxy, each of which holds a tick. */
async function through(t: TestContext, id: TransportId, path: Path = {}, ticks = TICKS) {
  const server = await startServer(t, FEED);
  const proxy = await startProxy(t, server.port, path);
  const clients = openClients(t, id, proxy.port, server.config.startUs);
  await until(() => clients.recorder.newest.every((seq) => seq > 0), 'every client holds a tick');
  const window = nextWindow(clients.schedule, nowUs() + 50_000, (ticks / FEED.rateHz) * 1e6);
  clients.recorder.measure(window);
  const complete = () =>
    until(() => nowUs() > window.endUs && clients.recorder.isComplete(CLIENTS), 'every measured tick arrived');
  return { proxy, ...clients, window, complete };
}

const ALL_DELIVERED = {
  expected: CLIENTS * TICKS,
  delivered: CLIENTS * TICKS,
  missed: 0,
  duplicate: 0,
  outOfOrder: 0,
  coalesced: 0,
  corrupt: 0,
};

for (const id of TRANSPORT_IDS) {
  describe(id, () => {
    for (const splitBytes of [1, 7, 100]) {
      test(`split bytes, in pieces of up to ${splitBytes}: identical parse`, async (t) => {
        const { recorder, log, complete } = await through(t, id, { splitBytes });
        await complete();
        assert.deepEqual(recorder.finish(CLIENTS).ledger, ALL_DELIVERED);
        assert.deepEqual([log.failed, log.dropped], [[], []]);
      });
    }

    test('delay and jitter: they show in the latency, and nothing else changes', async (t) => {
      const { recorder, complete } = await through(t, id, { delayMs: 40, jitterMs: 20 });
      await complete();
      const recording = recorder.finish(CLIENTS);
      assert.deepEqual(recording.ledger, ALL_DELIVERED);
      assert.ok(decode(recording.latencyHdr).minNonZeroValue >= 40_000);
    });

    test('stall: what waited arrives late and is counted so', async (t) => {
      const { proxy, recorder, window, complete } = await through(t, id);
      await until(() => nowUs() > window.startUs, 'the window has begun');
      proxy.freeze();
      await until(() => nowUs() > window.startUs + 300_000, 'the stall is over');
      proxy.thaw();
      await complete();
      const recording = recorder.finish(CLIENTS);
      assert.deepEqual(recording.ledger, ALL_DELIVERED);
      assert.ok(decode(recording.latencyHdr).maxValue >= 250_000);
    });

    test('reset: every client is dropped once, with the reason', async (t) => {
      const { proxy, log } = await through(t, id);
      proxy.reset();
      await until(() => log.dropped.length >= CLIENTS, 'every client was dropped');
      assert.deepEqual(
        log.dropped.map(({ code }) => code),
        Array.from({ length: CLIENTS }, () => 'ECONNRESET'),
      );
    });

    test('slow close: the end is noticed although the connection stays', async (t) => {
      const { proxy, log } = await through(t, id);
      proxy.halfClose();
      await until(() => log.dropped.length >= CLIENTS, 'every client was dropped');
      assert.deepEqual(
        log.dropped.map(({ code }) => code),
        Array.from({ length: CLIENTS }, () => 'CLOSED'),
      );
    });

    test('half-open: nobody says that the connection is dead, but each tick is missed', async (t) => {
      const ticks = 40;
      const { proxy, recorder, log, window } = await through(t, id, {}, ticks);
      await until(() => recorder.live().delivered > 0, 'the first measured tick has arrived');
      proxy.freeze();
      await until(() => nowUs() > window.endUs, 'the window is over');
      const { ledger } = recorder.finish(CLIENTS);
      assert.equal(ledger.delivered + ledger.missed, CLIENTS * ticks);
      assert.ok(ledger.missed > 0 && ledger.delivered > 0, JSON.stringify(ledger));
      assert.deepEqual([ledger.duplicate, ledger.corrupt, log.dropped], [0, 0, []]);
      assert.equal(proxy.size(), CLIENTS);
    });
  });
}

/** A server that says the same to everyone, whatever is asked. */
async function answering(t: TestContext, bytes: string): Promise<{ port: number; asked: () => number }> {
  const sockets: Socket[] = [];
  let asked = 0;
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      asked++;
      socket.end(bytes, 'latin1');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, asked: () => asked };
}

const EVIL = '<script>alert(1)</script>\u001B[2J\u202Egnp';
/** A whole close frame with a code and a reason (RFC 6455, 5.5.1). */
const UPGRADE =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ';

for (const id of TRANSPORT_IDS) {
  test(`${id}: redirects are refused, and not followed`, async (t) => {
    const elsewhere = await answering(t, '');
    const location = `http://127.0.0.1:${elsewhere.port}/feed`;
    const { port } = await answering(t, `HTTP/1.1 307 Moved\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
    const { log } = openClients(t, id, port, Math.ceil(nowUs()));
    await until(() => log.failed.length + log.dropped.length >= CLIENTS, 'every client was given up');
    for (const { code } of [...log.failed, ...log.dropped]) assert.equal(code, 'HTTP_307');
    assert.equal(elsewhere.asked(), 0);
  });

  test(`${id}: hostile strings of a server do not get into the errors`, async (t) => {
    const answers = [
      `HTTP/1.1 500 ${EVIL}\r\nX-${EVIL}: ${EVIL}\r\nContent-Length: 0\r\n\r\n`,
      `${EVIL}\r\n\r\n`,
      `HTTP/1.1 200 OK\r\nContent-Type: ${EVIL}\r\nContent-Length: ${EVIL}\r\n\r\n${EVIL}`,
      `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 60\r\n\r\n["${EVIL}", {"seq":"${EVIL}"}]`,
      `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: ${EVIL}\r\n\r\n${EVIL}`,
      `${UPGRADE}${EVIL}\r\n\r\n\u0088\u0020\u0003\u00E8${EVIL}`,
    ];
    for (const answer of answers) {
      const { port } = await answering(t, answer);
      const { log } = openClients(t, id, port, Math.ceil(nowUs()));
      await until(() => log.failed.length + log.dropped.length >= CLIENTS, `given up after ${JSON.stringify(answer)}`);
      for (const { code, message } of [...log.failed, ...log.dropped]) {
        assert.match(code, /^[A-Z][A-Z0-9_]{1,40}$/);
        assert.ok(message.length < 200 && /^[\x20-\x7E]+$/.test(message) && !message.includes('<'), message);
      }
    }
  });
}

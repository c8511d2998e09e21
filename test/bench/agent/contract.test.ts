// One suite for every registered transport and both of its drivers, against the real server: what each must do alike.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import { Recorder } from '../../../bench/agent/measure/recorder.ts';
import { sourceAddresses } from '../../../bench/machine/source-address.ts';
import type { Driver, DriverEvents } from '../../../bench/agent/contract.ts';
import { CLIENT_TRANSPORTS, librariesWithoutAddress } from '../../../bench/agent/index.ts';
import { TRAITS, TRANSPORT_IDS, type TransportId } from '../../../server/transports/traits.ts';
import { nextWindow } from '../../../bench/trial/window.ts';
import { nowUs } from '../../../server/clock.ts';
import type { FanOutMode } from '../../../server/fan-out-mode.ts';
import { withoutIPv6 } from '../../helpers/ipv6.ts';
import { startServer, type TestServer } from '../../helpers/test-server.ts';
import { until } from '../../helpers/until.ts';

const CLIENTS = 12;
const DRIVERS = ['lean', 'library'] as const;
const withAddresses = { skip: (await sourceAddresses('127.0.0.1')) > 1 ? false : 'there is no loopback but 127.0.0.1' };
const withIPv6 = { skip: withoutIPv6 };

type Log = { opened: number[]; failed: string[]; dropped: string[] };

async function openClients(
  t: TestContext,
  server: Pick<TestServer, 'port' | 'config'>,
  options: {
    id: TransportId;
    driver: (typeof DRIVERS)[number];
    clients?: number;
    latestOnly?: boolean;
    host?: string;
    from?: string;
  },
) {
  const { clients = CLIENTS, latestOnly = false, host = '127.0.0.1' } = options;
  const { startUs, rateHz, payloadBytes, seed } = server.config;
  const schedule = { startUs, rateHz };
  const transport = CLIENT_TRANSPORTS[options.id];
  const createDriver = options.driver === 'lean' ? transport.lean : await transport.library();
  const recorder = new Recorder({ clients, schedule, payloadBytes, seed, latestOnly });
  const log: Log = { opened: [], failed: [], dropped: [] };
  const events: DriverEvents = {
    opened: (client) => {
      if (log.opened.push(client) === clients) driver.begin?.();
    },
    failed: (client, code) => log.failed.push(`${client} ${code}`),
    dropped: (client, code) => log.dropped.push(`${client} ${code}`),
  };
  const driver: Driver = createDriver(
    {
      host,
      port: server.port,
      path: TRAITS[options.id].path,
      clients,
      firstClient: 0,
      sourceAddress: () => options.from,
      schedule,
      seed,
      poll: { intervalUs: 100_000, latestOnly },
    },
    recorder,
    events,
  );
  t.after(() => driver.stop());
  for (let client = 0; client < clients; client++) driver.open(client);
  return { recorder, log, driver, schedule };
}

/** Takes connections and never answers; tells whom it holds, and how many it has ever taken. */
async function startMute(t: TestContext, port = 0) {
  const held = new Set<Socket>();
  let taken = 0;
  const server = createServer((socket) => {
    taken++;
    held.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => held.delete(socket));
    socket.resume();
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of held) socket.destroy();
  });
  return { port: (server.address() as AddressInfo).port, held, taken: () => taken };
}

/** Measures half a second from when everyone polled or received once, and waits until all of it has arrived. */
async function measure(opened: Awaited<ReturnType<typeof openClients>>, clients = CLIENTS) {
  const { recorder, log, schedule } = opened;
  await until(() => log.opened.length + log.failed.length === clients, 'every client opened or failed');
  const window = nextWindow(schedule, nowUs() + 150_000, 500_000);
  recorder.measure(window);
  await until(() => nowUs() > window.endUs && recorder.isComplete(clients), 'every measured tick arrived');
  return { window, recording: recorder.finish(clients) };
}

function contractOf(id: TransportId): void {
  describe(id, { concurrency: false }, () => {
    for (const driver of DRIVERS) {
      for (const fanOut of ['prepared', 'idiomatic'] satisfies FanOutMode[]) {
        test(`${driver} clients receive every tick once, in order, unchanged (${fanOut} fan-out)`, async (t) => {
          const server = await startServer(t, { fanOut, payloadBytes: 300 });
          const opened = await openClients(t, server, { id, driver });
          const { window, recording } = await measure(opened);
          const ticks = window.lastSeq - window.firstSeq + 1;
          assert.equal(ticks, 25);
          assert.deepEqual(recording.ledger, {
            expected: CLIENTS * ticks,
            delivered: CLIENTS * ticks,
            missed: 0,
            duplicate: 0,
            outOfOrder: 0,
            coalesced: 0,
            corrupt: 0,
          });
          assert.equal(recording.negative.count, 0);
          assert.deepEqual(
            opened.log.opened.toSorted((a, b) => a - b),
            Array.from({ length: CLIENTS }, (_, i) => i),
          );
          assert.deepEqual([opened.log.failed, opened.log.dropped], [[], []]);
        });
      }

      test(`${driver} clients of a closed port fail, once each, and do not come back`, async (t) => {
        const server = await startServer(t);
        await server.app.stop();
        const { log } = await openClients(t, server, { id, driver, clients: 3 });
        await until(() => log.failed.length === 3, 'three failures');
        assert.deepEqual(log.opened, []);
        // Time for a second report of the same client, or a second attempt: there must be none.
        const mute = await startMute(t, server.port);
        await new Promise((resolve) => setTimeout(resolve, 50));
        assert.equal(log.failed.length, 3);
        assert.deepEqual([log.opened, log.dropped, mute.taken()], [[], [], 0]);
      });

      test(
        `${driver} clients come from the address that they are given, or are known not to`,
        withAddresses,
        async (t) => {
          const mute = await startMute(t);
          const { config } = await startServer(t);
          await openClients(t, { port: mute.port, config }, { id, driver, clients: 1, from: '127.0.0.2' });
          await until(() => mute.held.size === 1, 'the server holds the client');
          const [from] = [...mute.held].map((socket) => socket.remoteAddress);
          const takesAddress = librariesWithoutAddress(driver, [id]).length === 0;
          assert.equal(from, takesAddress ? '127.0.0.2' : '127.0.0.1');
        },
      );

      test(`${driver} clients meet the server at an IPv6 address`, withIPv6, async (t) => {
        const server = await startServer(t, { host: '::1' });
        const { recorder, log } = await openClients(t, server, { id, driver, clients: 3, host: '::1' });
        await until(() => recorder.newest.every((seq) => seq > 0), 'every client holds a tick');
        assert.deepEqual([log.failed, log.dropped], [[], []]);
      });

      test(`${driver} clients that are given up while they open are closed, without a word`, async (t) => {
        const mute = await startMute(t);
        const { config } = await startServer(t);
        const opened = await openClients(t, { port: mute.port, config }, { id, driver, clients: 3 });
        opened.driver.close(2);
        // Who waits for the end of the ramp asks for nothing before.
        const asks = TRAITS[id].asks === 'never';
        const hasAsked = ({ bytesRead }: Socket) => bytesRead > 0 || !asks;
        const holdsTwo = () => mute.held.size === 2 && [...mute.held].every(hasAsked);
        await until(holdsTwo, 'the server holds two');
        for (const client of [0, 1]) opened.driver.close(client);
        // Node's fetch may connect anew when it is aborted, for nobody: such a connection asks for nothing.
        const isByFetch = driver === 'library' && (id === 'sse' || id === 'stream');
        const isNobodys = (socket: Socket) => isByFetch && !hasAsked(socket);
        const holdsNobody = () => [...mute.held].every(isNobodys);
        await until(holdsNobody, 'the server holds nobody');
        // Time for a word of theirs: there must be none.
        await new Promise((resolve) => setTimeout(resolve, 50));
        const { log } = opened;
        assert.deepEqual([log.failed, log.dropped, holdsNobody()], [[], [], true]);
        assert.ok(!log.opened.includes(2));
      });

      test(`${driver} clients report a connection that the server cuts as dropped`, async (t) => {
        const server = await startServer(t);
        const { log, recorder } = await openClients(t, server, { id, driver, clients: 3 });
        await until(() => recorder.newest.every((seq) => seq > 0), 'every client holds a tick');
        server.app.connections.destroyAll();
        await until(() => log.dropped.length >= 3, 'three drops');
        assert.deepEqual(log.failed, []);
      });
    }

    test('ticks of any size pass whole', async (t) => {
      const passWhole = async (payloadBytes: number) => {
        const server = await startServer(t, { payloadBytes, rateHz: 40 });
        const { recording } = await measure(await openClients(t, server, { id, driver: 'lean', clients: 2 }), 2);
        assert.equal(recording.ledger.delivered, recording.ledger.expected, `${payloadBytes} bytes`);
        assert.equal(recording.ledger.corrupt, 0);
      };
      await Promise.all([64, 125, 126, 65_535, 65_536].map(passWhole));
    });
  });
}

describe('every transport', { concurrency: true }, () => TRANSPORT_IDS.forEach(contractOf));

test('a poll brings all that came since the one before it, also where that is megabytes', async (t) => {
  const server = await startServer(t, { payloadBytes: 65_536, rateHz: 400 });
  const { recording } = await measure(await openClients(t, server, { id: 'polling', driver: 'lean', clients: 1 }), 1);
  assert.equal(recording.ledger.delivered, recording.ledger.expected);
});

test('polls for the newest tick skip the others by design', async (t) => {
  const server = await startServer(t, { rateHz: 100 });
  const opened = await openClients(t, server, { id: 'polling', driver: 'lean', latestOnly: true });
  const { recording } = await measure(opened);
  const { ledger } = recording;
  assert.equal(ledger.missed, 0);
  assert.equal(ledger.delivered + ledger.coalesced, ledger.expected);
  assert.ok(ledger.coalesced > ledger.expected / 2, 'ten ticks fall into each poll interval');
});

test('long polls open although no tick comes for long', async (t) => {
  const server = await startServer(t, { rateHz: 0.02 });
  await until(() => server.feed.newestSeq === 1, 'the first tick');
  const { log } = await openClients(t, server, { id: 'long-polling', driver: 'lean' });
  await until(() => log.opened.length === CLIENTS, 'everyone is open', 5000);
});

// Clients that ask and do not read: what is queued for them is bounded, they are cut and counted, the others go on.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerGroup } from '../../../bench/trial/server-group.ts';
import { nowUs } from '../../../server/clock.ts';
import type { ServerConfig } from '../../../server/config.ts';
import type { ServerSample } from '../../../server/control.ts';
import type { FanOutMode } from '../../../server/fan-out-mode.ts';
import { startServer } from '../../helpers/test-server.ts';
import { until } from '../../helpers/until.ts';
import { HealthyStream } from './healthy-stream.ts';
import { RawClient } from './raw-client.ts';
import { startServerProcess } from '../../helpers/server-process.ts';
import { ownSample } from '../../helpers/own-sample.ts';

const MIB = 1024 * 1024;

async function startProcess(t: TestContext, config: Partial<ServerConfig>): Promise<ServerGroup> {
  return startServerProcess(t, { startUs: Math.ceil(nowUs()) + 1000, ...config });
}

/** A client that asks and never reads. */
async function openLazy(t: TestContext, port: number, ask: (client: RawClient) => void): Promise<RawClient> {
  const client = await RawClient.open(t, port);
  client.socket.pause();
  ask(client);
  return client;
}

/** Samples until the condition holds; returns the most that was held, garbage excluded. */
async function watch(server: ServerGroup, isDone: (sample: ServerSample) => boolean): Promise<number> {
  let most = 0;
  for (const endMs = performance.now() + 30_000; performance.now() < endMs;) {
    const sample = ownSample((await server.sample(0, true))[0]);
    most = Math.max(most, sample.process.heldBytes);
    if (isDone(sample)) return most;
    await sleep(100);
  }
  return assert.fail('not within 30 s');
}

for (const fanOut of ['prepared', 'idiomatic'] satisfies FanOutMode[]) {
  test(`streams that are not read are cut and counted, in bounded memory (${fanOut})`, async (t) => {
    const LAZY = 16;
    const sendBufferBytes = 256 * 1024;
    const server = await startProcess(t, {
      fanOut,
      rateHz: 150, // so that what the kernel takes is full within seconds
      payloadBytes: 16 * 1024,
      ringTicks: 4,
      sendBufferBytes,
    });
    const healthy = await HealthyStream.open(t, server.port);
    const [before] = await server.sample(0, true);
    for (let index = 0; index < LAZY; index++) {
      await openLazy(t, server.port, (client) => (index % 2 === 0 ? client.request('/feed/sse') : client.upgrade()));
    }
    const most = await watch(server, (sample) => sample.slowConsumersCut === LAZY);
    const bound = LAZY * (sendBufferBytes + 2 * 16 * 1024) + 2 * MIB;
    assert.ok(
      most - ownSample(before).process.heldBytes < bound,
      `${most - ownSample(before).process.heldBytes} bytes of at most ${bound}`,
    );
    assert.ok(await healthy.isIntact());
    const back = ownSample(before).process.heldBytes + 2 * MIB;
    await watch(server, (sample) => sample.connections.open === 1 && sample.process.heldBytes < back);
    assert.ok(!healthy.ended);
  });
}

test('a replay that is not read is no way around the bound', async (t) => {
  const LAZY = 40;
  const payloadBytes = 64 * 1024;
  // A feed that is too slow to cut anyone while the test looks.
  const server = await startProcess(t, { startUs: Math.ceil(nowUs()) - 150_000_000, rateHz: 5, payloadBytes });
  const healthy = await HealthyStream.open(t, server.port);
  const [before] = await server.sample(0, true);
  for (let index = 0; index < LAZY; index++) {
    await openLazy(t, server.port, (client) => {
      if (index % 2 === 0) client.request('/feed/sse?after=1');
      else client.upgrade('/feed/websocket?after=1');
    });
  }
  const most = await watch(server, (sample) => sample.connections.open === LAZY + 1);
  const grown = most - ownSample(before).process.heldBytes;
  assert.ok(grown < LAZY * MIB, `${grown} bytes are held for ${LAZY} replays of 47 MiB each`);
  assert.ok(await healthy.isIntact());
});

test('a client that was away for longer than a replay may be gets a gap and the rest, and is not cut', async (t) => {
  const payloadBytes = 64 * 1024;
  const server = await startServer(t, { startUs: Math.ceil(nowUs()) - 20_000_000, rateHz: 10, payloadBytes });
  assert.ok(server.feed.oldestSeq === 1 && server.feed.newestSeq >= 200, 'the ring holds all');
  const client = await RawClient.open(t, server.port);
  client.request('/feed/sse', 'Last-Event-ID: 3\r\n');
  const last = server.feed.newestSeq + 10;
  await until(() => client.text.includes(`id: ${last}\n`), 'ten more ticks');
  const gap = /event: gap\ndata: \{"from":4,"to":(\d+)\}/.exec(client.text);
  const ids = [...client.text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
  assert.equal(ids[0], Number(gap?.[1]) + 1);
  assert.deepEqual(
    ids,
    ids.map((_, index) => ids[0]! + index),
  );
});

test('pollers that do not read their answer are cut', async (t) => {
  const server = await startServer(t, {
    startUs: Math.ceil(nowUs()) - 100_000_000,
    rateHz: 5,
    payloadBytes: 64 * 1024,
    stalledMs: 300,
  });
  const healthy = await HealthyStream.open(t, server.port);
  for (const path of ['/feed/polling?after=0', '/feed/long-polling?after=0']) {
    for (let index = 0; index < 3; index++) await openLazy(t, server.port, (client) => client.request(path));
  }
  await until(() => server.app.connections.stalled === 6, 'all six are cut');
  await until(() => server.app.connections.totals().open === 1, 'their connections are gone');
  assert.ok(await healthy.isIntact());
});

for (const path of ['/feed/sse', '/feed/websocket', '/feed/polling?after=0']) {
  test(`who is cut is reset, so that the kernel keeps nothing for it (${path})`, async (t) => {
    const server = await startServer(t, {
      startUs: Math.ceil(nowUs()) - 1_000_000,
      rateHz: 100,
      payloadBytes: 64 * 1024,
      sendBufferBytes: 256 * 1024,
      stalledMs: 300,
    });
    const lazy = await openLazy(t, server.port, (client) => {
      if (path === '/feed/websocket') client.upgrade();
      else client.request(path);
    });
    let code: string | undefined;
    lazy.socket.on('error', (error: NodeJS.ErrnoException) => (code = error.code));
    await until(() => server.app.connections.totals().accepted === 1, 'it is connected');
    await until(() => server.app.connections.totals().open === 0, 'it is cut');
    lazy.socket.resume();
    await until(() => lazy.ended, 'it hears of it');
    assert.equal(code, 'ECONNRESET', 'an orderly end comes behind all that the kernel took');
  });
}

test('a stream that is read is not taken for stalled, however often one looks', async (t) => {
  const server = await startServer(t, { rateHz: 20, payloadBytes: 64 * 1024, stalledMs: 10 });
  const healthy = await HealthyStream.open(t, server.port);
  for (let tick = 0; tick < 20; tick++) assert.ok(await healthy.isIntact());
  assert.equal(server.app.connections.stalled, 0);
});

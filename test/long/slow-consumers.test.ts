// 500 clients that never read beside 500 that do, for a minute: what `npm test` tries with a few, at the size that counts.
// The kernel takes up to 4 MiB for each of them (tcp_wmem) before the server queues a byte, hence the rate and the payload.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { decode } from '../../bench/measure/histogram.ts';
import { Recorder } from '../../bench/measure/recorder.ts';
import type { ServerSample } from '../../server/control.ts';
import { CLIENT_TRANSPORTS } from '../../bench/transports/index.ts';
import { nowUs } from '../../server/clock.ts';
import { startServerProcess } from '../helpers/server-process.ts';
import { until } from '../helpers/until.ts';
import { RawClient } from '../server/hostile/raw-client.ts';

const HEALTHY = 500;
const LAZY = 500;
const SCHEDULE = { startUs: Math.ceil(nowUs()) + 1_000_000, rateHz: 20 };
const PAYLOAD_BYTES = 8 * 1024;
const SEED = 1;
const QUIET_MS = 10_000;
/** Longer than it takes to fill the kernel's buffers and the server's. */
const DISTURBED_MS = 45_000;
const WATCHED_MS = 15_000;

type Figures = { p99Us: number; missed: number };

/** Opens the healthy clients, lets the feed run for a while, and closes them again. */
async function measure(t: TestContext, port: number, durationMs: number): Promise<Figures> {
  const options = { schedule: SCHEDULE, payloadBytes: PAYLOAD_BYTES, seed: SEED };
  const recorder = new Recorder({ ...options, clients: HEALTHY, latestOnly: false });
  const log = { opened: 0, lost: [] as string[] };
  const driver = CLIENT_TRANSPORTS.sse.lean(
    {
      ...options,
      host: '127.0.0.1',
      port,
      clients: HEALTHY,
      firstClient: 0,
      sourceAddress: () => undefined,
      poll: { intervalUs: 1_000_000, latestOnly: false },
    },
    recorder,
    {
      opened: () => log.opened++,
      failed: (_client, code) => log.lost.push(code),
      dropped: (_client, code) => log.lost.push(code),
    },
  );
  t.after(() => driver.stop());
  for (let client = 0; client < HEALTHY; client++) driver.open(client);
  await until(() => log.opened === HEALTHY && recorder.newest.every((seq) => seq > 0), 'the healthy clients');

  const tickUs = 1e6 / SCHEDULE.rateHz;
  const firstSeq = Math.ceil((nowUs() - SCHEDULE.startUs) / tickUs) + 5;
  const startUs = SCHEDULE.startUs + (firstSeq - 1.5) * tickUs;
  const ticks = Math.round((durationMs * 1000) / tickUs);
  const window = { startUs, endUs: startUs + ticks * tickUs, firstSeq, lastSeq: firstSeq + ticks - 1 };
  recorder.measure(window);
  await until(
    () => nowUs() > window.endUs && recorder.isComplete(HEALTHY),
    'every tick at every healthy client',
    durationMs + 30_000,
  );
  const { ledger, latencyHdr } = recorder.finish(HEALTHY);
  driver.stop();
  assert.deepEqual(log.lost, [], 'no healthy client is lost');
  return { p99Us: decode(latencyHdr).getValueAtPercentile(99), missed: ledger.missed };
}

/** Keeps `LAZY` clients connected that ask and never read: who is cut comes back. Returns what ends it. */
function keepLazy(t: TestContext, port: number): () => void {
  const end = new AbortController();
  const keepOne = async (index: number): Promise<void> => {
    while (!end.signal.aborted) {
      const client = await RawClient.open(t, port);
      client.socket.pause();
      if (index % 2 === 0) client.request('/feed/sse');
      else client.upgrade();
      while (!end.signal.aborted && !client.socket.destroyed) {
        // A socket that does not read hears of its end when it writes: a byte that the protocols let pass.
        if (index % 2 === 1) client.send(Buffer.from([0x8a, 0x80, 0, 0, 0, 0]));
        else client.send('\r\n');
        await sleep(1000);
      }
      client.socket.destroy();
    }
  };
  for (let index = 0; index < LAZY; index++) void keepOne(index).catch(() => undefined);
  return () => end.abort();
}

test('500 clients that never read cost no memory and no punctuality', { timeout: 180_000 }, async (t) => {
  const { startUs, rateHz } = SCHEDULE;
  const server = await startServerProcess(t, { startUs, rateHz, payloadBytes: PAYLOAD_BYTES, seed: SEED });
  // The first time through, code is compiled and buffers grow.
  await measure(t, server.port, QUIET_MS / 2);
  const quiet = await measure(t, server.port, QUIET_MS);

  const endLazy = keepLazy(t, server.port);
  t.after(endLazy);
  const sample = async (collect: boolean): Promise<ServerSample> => (await server.sample(0, collect))[0]!;
  while ((await sample(false)).connections.open < LAZY) await sleep(100);
  const before = await sample(true);
  const disturbed = await measure(t, server.port, DISTURBED_MS);

  // Only now: each look is a full collection, which would be in the latency of somebody.
  let mostHeldBytes = 0;
  for (const endMs = performance.now() + WATCHED_MS; performance.now() < endMs; await sleep(500)) {
    mostHeldBytes = Math.max(mostHeldBytes, (await sample(true)).process.heldBytes);
  }
  const { slowConsumersCut } = await sample(false);
  endLazy();

  const mib = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
  t.diagnostic(
    `p99 ${(quiet.p99Us / 1000).toFixed(1)} ms alone, ${(disturbed.p99Us / 1000).toFixed(1)} ms beside them; ` +
      `${mib(before.process.heldBytes)} held at first, ${mib(mostHeldBytes)} at most; ${slowConsumersCut} cut`,
  );
  assert.equal(disturbed.missed, 0);
  assert.ok(slowConsumersCut >= LAZY, `${slowConsumersCut} were cut`);
  assert.ok(mostHeldBytes < before.process.heldBytes * 1.1, 'the memory is flat within a tenth');
  assert.ok(disturbed.p99Us < quiet.p99Us * 2, 'p99 is within twice what it is alone');
});

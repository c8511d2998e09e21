// Measures what clients that never read do to those that do, and to the server: prints one line of JSON, `Figures`. Expects to
// be started in a network whose sockets buffer little, as slow-consumers.test.ts does.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { decode } from '../../../bench/agent/measure/histogram.ts';
import { Recorder } from '../../../bench/agent/measure/recorder.ts';
import { ServerGroup } from '../../../bench/trial/server-group.ts';
import { CLIENT_TRANSPORTS } from '../../../bench/agent/index.ts';
import { nextWindow } from '../../../bench/trial/window.ts';
import { nowUs } from '../../../server/clock.ts';
import type { ServerSample } from '../../../server/control.ts';
import { until } from '../../helpers/until.ts';
import { ownSample } from '../../helpers/own-sample.ts';
import { TRAITS } from '../../../server/transports/traits.ts';

const HEALTHY = 500;
const LAZY = 500;

/** What is delivered, and how late, to the healthy clients; in microseconds. */
type Delivery = { p50Us: number; p99Us: number; delivered: number; missed: number; lost: string[] };
export type Figures = {
  alone: Delivery;
  besideLazy: Delivery;
  /** Held by the server, in bytes: when the lazy clients had just connected, and at most from then on. */
  heldBytes: { before: number; most: number };
  rssBytes: { before: number; most: number };
  slowConsumersCut: number;
};

/** A load far below what a core can do: 5,000 deliveries a second, each in one write. */
const RATE_HZ = 10;
const PAYLOAD_BYTES = 8 * 1024;
const SEED = 1;
/** Full, and as large as it gets, after the warm-up: what the ring of ticks holds is not the matter here. */
const RING_TICKS = 32;
const WARM_UP_MS = 5000;
const ALONE_MS = 20_000;
/** A lazy client fills the kernel's buffers and the server's, and is cut, in some 15 s: each twice. */
const BESIDE_MS = 40_000;
/** One more of these cycles. */
const WATCHED_MS = 20_000;
const LOOK_EVERY_MS = 500;

const SCHEDULE = { startUs: Math.ceil(nowUs()) + 1_000_000, rateHz: RATE_HZ };
const FEED = { payloadBytes: PAYLOAD_BYTES, seed: SEED };

const server = await ServerGroup.start({ ...SCHEDULE, ...FEED, ringTicks: RING_TICKS }, [null]);
assert.ok(server instanceof ServerGroup, 'the server has started');
try {
  process.stdout.write(`${JSON.stringify(await measure(server))}\n`);
} finally {
  await server.stop(5000);
}

async function measure(server: ServerGroup): Promise<Figures> {
  // The first time through, code is compiled and buffers grow.
  await deliver(server.port, WARM_UP_MS);
  const alone = await deliver(server.port, ALONE_MS);

  const lazy = fork(fileURLToPath(new URL('lazy-clients.ts', import.meta.url)), [String(server.port), String(LAZY)]);
  try {
    const heldBytes = { before: 0, most: 0 };
    const rssBytes = { before: 0, most: 0 };
    const besideLazy = await deliver(server.port, BESIDE_MS, {
      opened: async () => {
        while ((await sample(server)).connections.open < HEALTHY + LAZY) await sleep(50);
        const { process } = await sample(server, true);
        heldBytes.before = process.heldBytes;
        rssBytes.before = process.rssBytes;
      },
      // Only now: each look is a full collection, which would be in the latency of somebody.
      measured: async () => {
        for (const endMs = performance.now() + WATCHED_MS; performance.now() < endMs; await sleep(LOOK_EVERY_MS)) {
          const { process } = await sample(server, true);
          heldBytes.most = Math.max(heldBytes.most, process.heldBytes);
          rssBytes.most = Math.max(rssBytes.most, process.rssBytes);
        }
      },
    });
    const { slowConsumersCut } = await sample(server);
    return { alone, besideLazy, heldBytes, rssBytes, slowConsumersCut };
  } finally {
    lazy.disconnect();
  }
}

async function sample(server: ServerGroup, collect = false): Promise<ServerSample> {
  const [one] = await server.sample(0, collect);
  return ownSample(one);
}

type Steps = { opened: () => Promise<void>; measured: () => Promise<void> };

/** Opens the healthy clients, lets the feed run for a while, and closes them again; `steps` come while they are connected. */
async function deliver(port: number, durationMs: number, steps?: Steps): Promise<Delivery> {
  const recorder = new Recorder({ ...FEED, schedule: SCHEDULE, clients: HEALTHY, latestOnly: false });
  const lost: string[] = [];
  let opened = 0;
  const driver = CLIENT_TRANSPORTS.sse.lean(
    {
      host: '127.0.0.1',
      port,
      path: TRAITS.sse.path,
      clients: HEALTHY,
      firstClient: 0,
      sourceAddress: () => undefined,
      schedule: SCHEDULE,
      seed: SEED,
      poll: { intervalUs: 1_000_000, latestOnly: false },
    },
    recorder,
    {
      opened: () => opened++,
      failed: (_client, code) => lost.push(code),
      dropped: (_client, code) => lost.push(code),
    },
  );
  try {
    for (let client = 0; client < HEALTHY; client++) driver.open(client);
    await until(() => opened === HEALTHY && recorder.newest.every((seq) => seq > 0), 'the healthy clients');
    await steps?.opened();
    const window = nextWindow(SCHEDULE, nowUs() + 200_000, durationMs * 1000);
    recorder.measure(window);
    await until(
      () => nowUs() > window.endUs && (recorder.isComplete(HEALTHY) || lost.length > 0),
      'every tick at every healthy client',
      durationMs + 30_000,
    );
    const { ledger, latencyHdr } = recorder.finish(HEALTHY);
    await steps?.measured();
    const latency = decode(latencyHdr);
    return {
      p50Us: latency.getValueAtPercentile(50),
      p99Us: latency.getValueAtPercentile(99),
      delivered: ledger.delivered,
      missed: ledger.missed,
      lost,
    };
  } finally {
    driver.stop();
  }
}

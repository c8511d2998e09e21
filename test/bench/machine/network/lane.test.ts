import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { randomFrom } from '../../../../bench/basics/random.ts';
import { createLane, LOST, MOST_QUEUED_US, NO_ROOM } from '../../../../bench/machine/network/lane.ts';
import type { Network } from '../../../../bench/result/network.ts';

const PLAIN: Network = { delayMs: 0, jitterMs: 0, loss: 0, bitsPerSecond: null };

const traffic = fc.array(
  fc.record({ gapUs: fc.integer({ min: 0, max: 5000 }), bytes: fc.integer({ min: 40, max: 1500 }) }),
  {
    maxLength: 300,
  },
);

/** When each packet came and what became of it. */
function fatesOf(network: Network, packets: readonly { gapUs: number; bytes: number }[], seed = 1) {
  const fate = createLane(network, randomFrom(seed));
  let nowUs = 0;
  return packets.map(({ gapUs, bytes }) => {
    nowUs += gapUs;
    return { nowUs, bytes, atUs: fate(nowUs, bytes) };
  });
}

test('every packet takes the delay, give or take the jitter, and none overtakes another', () => {
  fc.assert(
    fc.property(traffic, fc.integer({ min: 0, max: 200 }), fc.nat(100), (packets, delayMs, share) => {
      const jitterMs = (delayMs * share) / 100;
      let newestUs = 0;
      for (const { nowUs, atUs } of fatesOf({ ...PLAIN, delayMs, jitterMs }, packets)) {
        const latestUs = nowUs + (delayMs + jitterMs) * 1000;
        assert.ok(atUs >= nowUs + (delayMs - jitterMs) * 1000 - 1e-6 && atUs <= latestUs + 1e-6);
        assert.ok(atUs >= newestUs);
        newestUs = atUs;
      }
    }),
  );
});

test('the share that is lost is the one that was asked for, and the same with the same seed', () => {
  const packets = Array.from({ length: 20_000 }, () => ({ gapUs: 10, bytes: 100 }));
  for (const loss of [0, 0.01, 0.2]) {
    const fates = fatesOf({ ...PLAIN, delayMs: 40, loss }, packets, 7);
    const lost = fates.filter(({ atUs }) => atUs === LOST).length / packets.length;
    // four standard deviations
    assert.ok(Math.abs(lost - loss) <= 4 * Math.sqrt((loss * (1 - loss)) / packets.length), `${loss}: ${lost}`);
    assert.deepEqual(fates, fatesOf({ ...PLAIN, delayMs: 40, loss }, packets, 7));
  }
});

test('a bandwidth is never exceeded, and what waits longer than its queue is dropped', () => {
  fc.assert(
    fc.property(traffic, fc.integer({ min: 100_000, max: 20_000_000 }), (packets, bitsPerSecond) => {
      const fates = fatesOf({ ...PLAIN, delayMs: 5, bitsPerSecond }, packets);
      let freeUs = 0;
      for (const { nowUs, bytes, atUs } of fates) {
        const turnUs = Math.max(nowUs, freeUs);
        if (atUs === NO_ROOM) {
          assert.ok(turnUs - nowUs > MOST_QUEUED_US);
          continue;
        }
        freeUs = turnUs + (bytes * 8e6) / bitsPerSecond;
        assert.ok(Math.abs(atUs - freeUs - 5000) < 1e-3, `${atUs} after ${freeUs}`);
      }
    }),
  );
});

test('a bottleneck that is asked for too much drops, one that is not does not', () => {
  const everyMs = (bytes: number) => Array.from({ length: 2000 }, () => ({ gapUs: 1000, bytes }));
  const dropped = (bytes: number) =>
    fatesOf({ ...PLAIN, bitsPerSecond: 1e6 }, everyMs(bytes)).filter(({ atUs }) => atUs === NO_ROOM).length;
  assert.equal(dropped(125), 0, 'exactly 1 Mbit/s');
  const share = dropped(250) / 2000;
  assert.ok(share > 0.4 && share < 0.5, `twice as much: ${share}, less what the queue takes`);
});

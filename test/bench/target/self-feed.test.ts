import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selfFeedEnvironment } from '../../../bench/target/self-feed.ts';
import { nowUs } from '../../../server/clock.ts';
import { dueUs } from '../../../server/feed/schedule.ts';
import { tickEncoder } from '../../../server/feed/tick.ts';

/** As docs/targets.md says it, from the environment alone. */
function tickBy(env: Record<string, string>, k: number): string {
  const of = (name: string) => Number(env[`PUSHBENCH_${name}`]);
  const head = `{"tick":"pb1_${k}_${of('START_US') + Math.floor(((k - 1) * 1e6) / of('RATE_HZ') + 0.5)}_`;
  const tail = '_"}';
  const from = k % 61;
  return head + env['PUSHBENCH_PAD']!.slice(from, from + of('PAYLOAD_BYTES') - head.length - tail.length) + tail;
}

test('the ticks that a server makes by its environment are those of the feed, byte for byte', () => {
  for (const rateHz of [0.3, 7, 10, 128, 1000]) {
    for (const payloadBytes of [64, 128, 65_536]) {
      const feed = { startUs: 123_456_789_012, rateHz, payloadBytes, seed: 42 };
      const env = selfFeedEnvironment(feed);
      const encode = tickEncoder(payloadBytes, 42);
      for (const k of [1, 2, 60, 61, 62, 999, 123_456]) {
        assert.equal(tickBy(env, k), encode(k, dueUs(feed, k)).text, `${rateHz} Hz, ${payloadBytes} bytes, tick ${k}`);
      }
    }
  }
});

test('the first tick is never due sooner on the clock on the wall than on the monotonic one, nor much later', () => {
  const startUs = Math.ceil(nowUs() + 1e6);
  const { PUSHBENCH_START_UNIX_MS } = selfFeedEnvironment({ startUs, rateHz: 10, payloadBytes: 64, seed: 1 });
  const inMs = (startUs - nowUs()) / 1000;
  const lateMs = Number(PUSHBENCH_START_UNIX_MS) - (Date.now() + inMs);
  // the clock on the wall tells whole milliseconds, rounded down
  assert.ok(lateMs > -0.01 && lateMs < 5, `${lateMs} ms`);
});

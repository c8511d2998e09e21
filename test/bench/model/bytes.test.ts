import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { trafficOf, type TrafficLoad } from '../../../bench/model/bytes.ts';
import { fitModels } from '../../../bench/model/fit.ts';
import { readResult } from '../../../bench/result/store.ts';

const SAMPLE = fileURLToPath(new URL('../../../results/sample/result.json', import.meta.url));

const load = (overrides: Partial<TrafficLoad>): TrafficLoad => ({
  transport: 'polling',
  rateHz: 10,
  payloadBytes: 128,
  pollIntervalMs: 1000,
  pollLatest: false,
  ...overrides,
});

describe('bytes of a delivery', () => {
  it('follow from the protocols', () => {
    assert.equal(trafficOf(load({ transport: 'websocket' }), 99)!.sent, 132);
    assert.equal(trafficOf(load({ transport: 'websocket', payloadBytes: 64 }), 99)!.sent, 66);
    assert.equal(trafficOf(load({ transport: 'sse' }), 99)!.sent, 149);
    assert.equal(trafficOf(load({ transport: 'sse' }), 1_000_000)!.sent, 154);
    assert.equal(trafficOf(load({ transport: 'pigeon' }), 99), null);
  });

  it('are shared by the ticks of one poll, and paid for by the polls that find none', () => {
    const often = trafficOf(load({ rateHz: 10 }), 50)!;
    const seldom = trafficOf(load({ rateHz: 0.5 }), 50)!;
    const single = trafficOf(load({ rateHz: 1 }), 50)!;
    assert.ok(often.sent < single.sent && single.sent < seldom.sent);
    assert.equal(seldom.sent, single.sent + 138);
    assert.equal(seldom.received, 2 * single.received);
    assert.equal(trafficOf(load({ rateHz: 10, pollLatest: true }), 50)!.sent, single.sent);
  });

  it('are what the sample run measured, within a thousandth', () => {
    for (const { label, traffic } of fitModels(readResult(SAMPLE))) {
      assert.ok(traffic.length > 0, label);
      for (const { sent, received } of traffic) {
        assert.ok(
          Math.abs(sent.measured / sent.expected - 1) < 0.001,
          `${label}: ${sent.measured} of ${sent.expected}`,
        );
        assert.ok(Math.abs(received.measured - received.expected) <= 0.005 * received.expected, label);
      }
    }
  });
});

// Anyone can derive every figure again: from the committed sample, with HdrHistogram's own decoder and nothing of ours.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import type { Distribution, RunResult } from '../../../bench/result/schema.ts';

const sample = JSON.parse(
  readFileSync(new URL('../../../results/sample/result.json', import.meta.url), 'utf8'),
) as RunResult;

function assertDerivable(name: string, stored: Distribution): void {
  const histogram = decodeFromCompressedBase64(stored.hdr);
  assert.equal(histogram.totalCount, stored.count, `${name}: count`);
  if (stored.count === 0) return;
  for (const [figure, percentile] of [
    ['min', 0],
    ['p50', 50],
    ['p90', 90],
    ['p99', 99],
    ['p999', 99.9],
  ] as const) {
    assert.equal(histogram.getValueAtPercentile(percentile), stored[figure], `${name}: ${figure}`);
  }
  // The largest value may be known more exactly than its bucket tells, which is a thousandth wide.
  assert.ok(Math.abs(histogram.maxValue - stored.max) <= 0.001 * stored.max, `${name}: max`);
}

test('every percentile of every trial of the sample follows from its stored histogram', () => {
  assert.equal(sample.trials.length, 32);
  for (const trial of sample.trials) {
    const name = `${trial.cell.transport} in block ${trial.block}`;
    assertDerivable(`${name}, latency`, trial.latencyUs);
    assertDerivable(`${name}, age`, trial.ageUs);
    assertDerivable(`${name}, connect`, trial.connectUs);
    assertDerivable(`${name}, spread`, trial.fanOutSpreadUs);
    if (trial.canary) assertDerivable(`${name}, canary`, trial.canary.latencyUs);
    if (trial.pollLatenessUs) assertDerivable(`${name}, poll lateness`, trial.pollLatenessUs);
    const { ledger, loadLatencyUs } = trial.witnesses!;
    assertDerivable(`${name}, load`, loadLatencyUs!);
    assert.equal(trial.latencyUs.count, ledger.delivered, `${name}: each delivery to a witness was timed`);
    assert.equal(
      trial.latencyUs.count + loadLatencyUs!.count,
      trial.ledger.delivered,
      `${name}: each delivery was timed`,
    );
    const mean = decodeFromCompressedBase64(trial.latencyUs.hdr).mean;
    assert.ok(Math.abs(mean - trial.latencyUs.mean) < 1e-6 * mean, `${name}: mean latency`);
    // The exact mean age is kept beside a histogram whose buckets are a thousandth wide.
    const age = decodeFromCompressedBase64(trial.ageUs.hdr).mean;
    assert.ok(Math.abs(age - trial.ageUs.mean) < 0.005 * age, `${name}: mean age ${trial.ageUs.mean}, derived ${age}`);
  }
});

test('the sample was made on the default settings and is sound', () => {
  const { settings, cells } = sample.plan;
  assert.deepEqual(
    [settings.blocks, settings.durationMs, settings.warmupMs, settings.rampPerSecond],
    [8, 3000, 'auto', 2000],
  );
  assert.deepEqual(
    cells.map((cell) => [cell.transport, cell.clients, cell.rateHz, cell.payloadBytes]),
    ['polling', 'long-polling', 'sse', 'websocket'].map((transport) => [transport, 1000, 10, 128]),
  );
  assert.equal(sample.run.status, 'complete');
  for (const { ledger, clients } of sample.trials) {
    assert.equal(clients.connected, 1000);
    assert.deepEqual([ledger.missed, ledger.duplicate, ledger.outOfOrder, ledger.corrupt], [0, 0, 0, 0]);
  }
});

// Further sizes and drivers of what test/bench/trial/trial.test.ts holds to theory: the same code, one trial each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TRANSPORT_IDS } from '../../server/transports/traits.ts';
import { assertClean, assertDriversAgree, sseBytes } from '../helpers/theory.ts';
import { trialOf } from '../helpers/trials.ts';

for (const payloadBytes of [100, 126]) {
  test(`an SSE event of ${payloadBytes} bytes costs exactly what the formula says`, async (t) => {
    const trial = await trialOf({ transports: ['sse'], payloadBytes: [payloadBytes] });
    assertClean(trial);
    assert.equal(trial.bytes.applicationSent, sseBytes(trial));
    assert.equal(trial.bytes.applicationReceived, 0);
    t.diagnostic(`${trial.bytes.perDeliverySent} bytes a delivery`);
  });
}

test('a WebSocket frame of 65535 bytes costs 4 more', async (t) => {
  const trial = await trialOf({ transports: ['websocket'], payloadBytes: [65_535], clients: [10] });
  assertClean(trial);
  assert.equal(trial.bytes.perDeliverySent, 65_535 + 4);
  assert.equal(trial.bytes.perDelivery!.framing, 4);
  t.diagnostic(`${trial.bytes.perDeliverySent} bytes a delivery`);
});

for (const transport of TRANSPORT_IDS) {
  test(`${transport}: lean and library drivers find the same ledger and agree on the median`, async (t) => {
    const cell = { transports: [transport], clients: [50], pollIntervalsMs: [200], durationMs: 1500, seed: 5 };
    const lean = await trialOf({ ...cell, driver: 'lean' });
    const library = await trialOf({ ...cell, driver: 'library' });
    assertDriversAgree(lean, library);
    t.diagnostic(`medians ${lean.latencyUs.p50} and ${library.latencyUs.p50} us`);
  });
}

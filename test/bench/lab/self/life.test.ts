import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SUBJECTS } from '../../../../bench/lab/self/costs.ts';
import { describe, hasTimeToSpare, live, type Life } from '../../../../bench/lab/self/life.ts';

const LOAD = {
  clients: 20,
  rateHz: 20,
  payloadBytes: 128,
  pollIntervalMs: 100,
  warmupMs: 100,
  measureMs: 400,
  rampPerSecond: 1000,
  seed: 1,
};

/** Short polls vary by what has come since the last one. */
const VARIABLE = new Set(['polling']);

for (const subject of SUBJECTS) {
  test(`${describe(subject)}: every message of the window goes over the sockets`, async () => {
    const life = await live(subject, LOAD, false);
    assert.equal(life.messages, LOAD.clients * (subject.transport === 'polling' ? 4 : 8));
    assert.ok(life.agentCpuUs > 0 && life.serverCpuUs > 0 && life.openMs > 0);
    assert.ok(life.bytesPerMessage > 128, `${life.bytesPerMessage} bytes a message`);
    if (!VARIABLE.has(subject.transport)) assert.ok(life.bytesPerMessage < 600, `${life.bytesPerMessage} bytes`);
  });
}

test('a process without time to spare, on either side, has no cost per message', () => {
  const busy = (serverUtilisation: number, agentUtilisation: number) =>
    hasTimeToSpare({ serverUtilisation, agentUtilisation } as Life);
  assert.ok(busy(0.5, 0.9));
  assert.ok(!busy(0.99, 0.5));
  assert.ok(!busy(0.5, 0.99));
});

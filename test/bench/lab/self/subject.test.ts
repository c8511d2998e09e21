import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProcessSample } from '../../../../server/probe.ts';
import { SUBJECTS } from '../../../../bench/lab/self/costs.ts';
import { describe, hasTimeToSpare, measure, usageOf, type Usage } from '../../../../bench/lab/self/subject.ts';
import { fixtureResult } from '../../../helpers/result-fixture.ts';

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

// Real clients and the idiomatic fan-out run in all other trials; a self-test of them ends, as this would, where a message is missing.
for (const subject of SUBJECTS.filter(({ server, agent }) => agent === 'control' && server !== 'idiomatic')) {
  test(`${describe(subject)}: every message of the window goes over the sockets`, async () => {
    const usage = await measure(subject, LOAD, false);
    assert.equal(usage.messages, LOAD.clients * (subject.transport === 'polling' ? 4 : 8));
    assert.ok(usage.agentCpuUs > 0 && usage.serverCpuUs > 0 && usage.openMs > 0);
    assert.ok(usage.bytesPerMessage > 128, `${usage.bytesPerMessage} bytes a message`);
    if (!VARIABLE.has(subject.transport)) assert.ok(usage.bytesPerMessage < 600, `${usage.bytesPerMessage} bytes`);
    // Payload and head: nobody beside those clients, as a canary, was sent anything.
    if (subject.transport === 'websocket') assert.equal(usage.bytesPerMessage, LOAD.payloadBytes + 4);
  });
}

/** A trial of a fixture, as it would be of one server and one agent that did all that they were to do. */
function wholeTrial() {
  const [trial] = fixtureResult({ blocks: 1 }).trials;
  const { firstSeq, lastSeq } = trial!.phases;
  const feed = { ...trial!.server.feed!, emitted: lastSeq - firstSeq + 1 };
  return { ...trial!, server: { ...trial!.server, feed } };
}

const holding = (heldBytes: number) => ({ heldBytes }) as ProcessSample;
const REPORT = { baseline: holding(1000), held: holding(5000) };

test('what was used is told only of a trial in which nobody was lost, all connected and every tick was emitted', () => {
  const whole = wholeTrial();
  assert.equal(usageOf(whole, REPORT).agent.heldBytes, 4000);
  const { clients, server } = whole;
  const failed = { ...whole, clients: { ...clients, connected: clients.target - 1, failed: 1 } };
  assert.throws(() => usageOf(failed, REPORT), /clients connected/);
  const late = { ...whole, server: { ...server, feed: { ...server.feed, emitted: server.feed.emitted - 2 } } };
  assert.throws(() => usageOf(late, REPORT), /ticks were emitted in the window instead of/);
  const loss = { code: 'SERVER_LOST', phase: 'measure', atMs: 1, message: 'server/main.ts was ended' } as const;
  assert.throws(() => usageOf({ ...whole, losses: [loss] }, REPORT), /was ended/);
  assert.throws(() => usageOf(whole, undefined), /did not report/);
});

test('a process without time to spare, on either side, has no cost per message', () => {
  const busy = (serverUtilisation: number, agentUtilisation: number) =>
    hasTimeToSpare({ serverUtilisation, agentUtilisation } as Usage);
  assert.ok(busy(0.5, 0.9));
  assert.ok(!busy(0.99, 0.5));
  assert.ok(!busy(0.5, 0.99));
});

// Whole trials with real processes: what theory says must come out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge, type UnjudgedTrial } from '../../../bench/judge/gates.ts';
import { childrenOf, onlyChildren } from '../../helpers/processes.ts';
import { trialOf } from '../../helpers/trials.ts';

function assertClean(trial: UnjudgedTrial): void {
  const { ledger, clients } = trial;
  assert.equal(clients.connected, clients.target);
  assert.deepEqual(
    { ...ledger, expected: ledger.delivered },
    {
      expected: ledger.delivered,
      delivered: ledger.expected,
      missed: 0,
      duplicate: 0,
      outOfOrder: 0,
      coalesced: 0,
      corrupt: 0,
    },
  );
  // Other tests share the cores, so the agents may be marked late; nothing may be wrong.
  assert.notEqual(judge(trial).status, 'invalid', JSON.stringify(judge(trial).reasons));
}

/** Clients that the server serves: the load and the canary. */
function clientsOf(trial: UnjudgedTrial): number {
  return trial.clients.connected + (trial.canary?.clients ?? 0);
}

/** Payload, `id:` line, `data: ` and two line ends, chunk framing: summed over the measured ticks. */
function sseBytes(trial: UnjudgedTrial): number {
  const { firstSeq, lastSeq } = trial.phases;
  let bytes = 0;
  for (let seq = firstSeq; seq <= lastSeq; seq++) {
    const event = `id: ${seq}\n`.length + 'data: '.length + trial.cell.payloadBytes + 2;
    bytes += event + event.toString(16).length + 4;
  }
  return bytes * clientsOf(trial);
}

for (const payloadBytes of [100, 126, 5000]) {
  test(`an SSE event of ${payloadBytes} bytes costs exactly what the formula says`, async () => {
    const trial = await trialOf({ transports: ['sse'], payloadBytes: [payloadBytes] });
    assertClean(trial);
    assert.equal(trial.bytes.applicationSent, sseBytes(trial));
    assert.equal(trial.bytes.applicationReceived, 0);
  });
}

for (const [payloadBytes, chunkLine] of [
  [254, 2],
  [255, 3],
] as const) {
  test(`a line of a stream of ${payloadBytes} bytes costs its end and a chunk's frame more`, async () => {
    const trial = await trialOf({ transports: ['stream'], payloadBytes: [payloadBytes] });
    assertClean(trial);
    assert.equal(trial.bytes.perDeliverySent, payloadBytes + 1 + chunkLine + 4);
    assert.equal(trial.bytes.applicationReceived, 0);
  });
}

for (const [payloadBytes, head] of [
  [125, 2],
  [126, 4],
  [65_535, 4],
  [65_536, 10],
] as const) {
  test(`a WebSocket frame of ${payloadBytes} bytes costs ${head} more`, async () => {
    const trial = await trialOf({ transports: ['websocket'], payloadBytes: [payloadBytes], clients: [10] });
    assertClean(trial);
    assert.equal(trial.bytes.perDeliverySent, payloadBytes + head);
    assert.equal(trial.bytes.perDelivery!.framing, head);
    assert.equal(trial.bytes.applicationReceived, 0);
  });
}

test('what the feed keeps of its ticks is not the memory of the clients', async () => {
  const payloadBytes = 65_536;
  const trial = await trialOf({ transports: ['websocket'], payloadBytes: [payloadBytes], clients: [20] });
  assertClean(trial);
  const { feedRingBytes, heapPerClientBytes } = trial.server;
  // bytes and text of ten ticks, each as large as three clients
  assert.ok(feedRingBytes! > 10 * 2 * payloadBytes, `${feedRingBytes} bytes in the ring`);
  assert.ok(heapPerClientBytes < payloadBytes / 2, `${heapPerClientBytes} bytes a client`);
});

test('short polling is half its interval later, and older, than push', async () => {
  const clients = 200;
  const intervalMs = 500;
  const push = await trialOf({ transports: ['sse'], clients: [clients], durationMs: 2000 });
  const poll = await trialOf({
    transports: ['polling'],
    clients: [clients],
    pollIntervalsMs: [intervalMs],
    durationMs: 2000,
  });
  assertClean(push);
  assertClean(poll);
  // Each client's mean is uniform over one tick period around the expectation, by its random phase.
  const standardErrorMs = 100 / Math.sqrt(12 * clients);
  const toleranceMs = 4 * standardErrorMs + 10; // and what two cores that run other tests may add to either
  const excessMs = (poll.latencyUs.mean - push.latencyUs.mean) / 1000;
  assert.ok(Math.abs(excessMs - intervalMs / 2) < toleranceMs, `latency: ${excessMs} ms above push`);
  const ageExcessMs = (poll.ageUs.mean - push.ageUs.mean) / 1000;
  assert.ok(Math.abs(ageExcessMs - intervalMs / 2) < toleranceMs, `age: ${ageExcessMs} ms above push`);
  assert.ok(Math.abs(push.ageUs.mean / 1000 - 50 - push.latencyUs.mean / 1000) < 3, 'age of push is tau / 2 + latency');
});

for (const transport of ['sse', 'websocket', 'long-polling', 'polling'] as const) {
  test(`${transport}: lean and library drivers find the same ledger and agree on the median`, async () => {
    const cell = { transports: [transport], clients: [50], pollIntervalsMs: [200], durationMs: 1500, seed: 5 };
    const lean = await trialOf({ ...cell, driver: 'lean' });
    const library = await trialOf({ ...cell, driver: 'library' });
    assertClean(lean);
    assertClean(library);
    assert.deepEqual(library.ledger, lean.ledger);
    // A library takes up to 0.1 ms a message more, so half of 50 clients' worth; the rest is other tests' share of the cores.
    const differenceMs = Math.abs(library.latencyUs.p50 - lean.latencyUs.p50) / 1000;
    assert.ok(differenceMs < 10, `medians differ by ${differenceMs} ms`);
  });
}

test('several agents and several servers on one port give one trial', async () => {
  const trial = await trialOf({ transports: ['websocket'], clients: [300], agents: 2, serverWorkers: 2 });
  assertClean(trial);
  assert.equal(trial.agents.length, 2);
  assert.equal(trial.server.workers, 2);
  const [first, second] = trial.server.connectionsPerWorker;
  assert.equal(first! + second!, clientsOf(trial));
  assert.ok(Math.min(first!, second!) > 90, `the kernel spread ${first} and ${second}`);
});

test('a window that is no whole number of ticks is made one: no other tick is charged to those that count', async () => {
  const trial = await trialOf({ transports: ['websocket'], clients: [10], ratesHz: [2.5], durationMs: 1000 });
  assertClean(trial);
  assert.deepEqual([trial.phases.measureMs, trial.ledger.delivered], [1200, 3 * 10]);
  assert.equal(trial.bytes.perDeliverySent, 128 + 4);
});

test('a tick that is lost is missed also where polls may skip what is superseded', async () => {
  const cell = { transports: ['polling' as const], clients: [10], ratesHz: [2], pollIntervalsMs: [100] };
  const trial = await trialOf({ ...cell, durationMs: 2500, pollLatest: true }, { faults: { loseEvery: 5 } });
  const { delivered, missed, coalesced, expected } = trial.ledger;
  // Of five ticks one is lost, and it is asked for several times before the next one supersedes it.
  assert.deepEqual(
    { delivered, missed, coalesced, expected },
    { delivered: 4 * 10, missed: 10, coalesced: 0, expected: 5 * 10 },
  );
  assert.ok(judge(trial).reasons.some(({ code }) => code === 'TICKS_MISSED'));
});

test('a trial in which no tick is delivered says so', async () => {
  const trial = await trialOf({ transports: ['sse'], clients: [2] }, { faults: { loseEvery: 1 } });
  assert.equal(trial.latencyUs.count, 0);
  assert.ok(judge(trial).reasons.some(({ code }) => code === 'NOTHING_DELIVERED'));
});

test('an aborted trial ends its processes and says why', async () => {
  const abort = new AbortController();
  const before = childrenOf(process.pid);
  const reason = new Error('asked to');
  const trial = trialOf(
    { transports: ['sse'], durationMs: 60_000 },
    { signal: abort.signal, onPhase: (phase) => phase === 'measure' && abort.abort(reason) },
  );
  await assert.rejects(trial, reason);
  await onlyChildren(before);
});

// Whole trials with real processes: what theory says must come out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge, type UnjudgedTrial } from '../../../bench/judge/gates.ts';
import { childrenOf, onlyChildren } from '../../helpers/processes.ts';
import { assertClean, assertDriversAgree, assertMediansAgree, clientsOf, sseBytes } from '../../helpers/theory.ts';
import { onceIn, partsOf, trialOf } from '../../helpers/trials.ts';

/** A trial that several tests look at: it runs when the first of them asks for it. */
function shared(run: () => Promise<UnjudgedTrial>): () => Promise<UnjudgedTrial> {
  let trial: Promise<UnjudgedTrial> | undefined;
  return () => (trial ??= run());
}

/** Four ticks: half of the latencies lie below two of them, so that the median depends on no client's phase. */
const POLL_MS = 400;
const LOAD = { clients: [200], durationMs: 2000, seed: 5 };
const POLLING = { ...LOAD, transports: ['polling' as const], pollIntervalsMs: [POLL_MS] };
const push = shared(() => trialOf({ ...LOAD, transports: ['sse'] }));
const poll = shared(() => trialOf(POLLING));
/** Two of each, and frames of the size up to which one byte tells the length. */
const several = shared(() =>
  trialOf({ transports: ['websocket'], clients: [300], agents: 2, serverWorkers: 2, payloadBytes: [125] }),
);
const largeFrames = shared(() => trialOf({ transports: ['websocket'], payloadBytes: [65_536], clients: [20] }));
/** At 2.5 ticks a second a second is no whole number of them. */
const unevenWindow = shared(() =>
  trialOf({ transports: ['websocket'], clients: [10], ratesHz: [2.5], payloadBytes: [126], durationMs: 1000 }),
);

for (const [payloadBytes, trialOfSize] of [
  [128, push],
  [5000, shared(() => trialOf({ transports: ['sse'], payloadBytes: [5000], durationMs: 500 }))],
] as const) {
  test(`an SSE event of ${payloadBytes} bytes costs exactly what the formula says`, async () => {
    const trial = await trialOfSize();
    assertClean(trial);
    assert.equal(trial.cell.payloadBytes, payloadBytes);
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

for (const [payloadBytes, head, trialOfSize] of [
  [125, 2, several],
  [126, 4, unevenWindow],
  [65_536, 10, largeFrames],
] as const) {
  test(`a WebSocket frame of ${payloadBytes} bytes costs ${head} more`, async () => {
    const trial = await trialOfSize();
    assertClean(trial);
    assert.equal(trial.bytes.perDeliverySent, payloadBytes + head);
    assert.equal(trial.bytes.perDelivery!.framing, head);
    assert.equal(trial.bytes.applicationReceived, 0);
  });
}

test('witnesses are a part of the clients: all count in the ledger, they tell of latency and age', async () => {
  const trial = await trialOf({ transports: ['sse'], clients: [100] });
  assertClean(trial);
  const { witnesses, ledger, latencyUs, phases, agents } = trial;
  const ticks = phases.lastSeq - phases.firstSeq + 1;
  assert.equal(witnesses!.clients, 50);
  assert.equal(agents.reduce((sum, { clients }) => sum + clients, 0) + witnesses!.clients, 100);
  assert.deepEqual([ledger.expected, witnesses!.ledger.expected], [100 * ticks, 50 * ticks]);
  assert.deepEqual([latencyUs.count, witnesses!.loadLatencyUs!.count], [50 * ticks, 50 * ticks]);
  assert.ok(witnesses!.niceness <= 0 && witnesses!.loadNiceness.every((niceness) => niceness > witnesses!.niceness));
  const { witnesses: none } = await trialOf({ transports: ['sse'], clients: [4], driver: 'library' });
  assert.equal(none, null, 'of libraries latency is their own');
});

test('a load that cannot read for a while is no latency', async () => {
  const stopped = onceIn('measure', () => {
    const [load] = partsOf(process.pid, 'bench/agent/main.ts');
    process.kill(load!, 'SIGSTOP');
    setTimeout(() => process.kill(load!, 'SIGCONT'), 300);
  });
  const trial = await trialOf({ transports: ['sse'], clients: [40] }, { onPhase: stopped });
  const { witnesses, latencyUs, ledger } = trial;
  assert.equal(ledger.delivered, ledger.expected, 'they read it later');
  assert.ok(witnesses!.loadLatencyUs!.max > 200_000, `${witnesses!.loadLatencyUs!.max} us`);
  assert.ok(latencyUs.max < witnesses!.loadLatencyUs!.max / 2, `${latencyUs.max} us`);
});

test('what the feed keeps of its ticks is not the memory of the clients', async () => {
  const payloadBytes = 65_536;
  const trial = await largeFrames();
  assertClean(trial);
  const { feedRingBytes, heapPerClientBytes } = trial.server;
  // bytes and text of ten ticks, each as large as three clients
  assert.ok(feedRingBytes! > 10 * 2 * payloadBytes, `${feedRingBytes} bytes in the ring`);
  assert.ok(heapPerClientBytes! < payloadBytes / 2, `${heapPerClientBytes} bytes a client`);
});

test('short polling is half its interval later, and older, than push', async () => {
  const [pushed, polled] = [await push(), await poll()];
  assertClean(pushed);
  assertClean(polled);
  // Each client's mean is uniform over one tick period around the expectation, by its random phase.
  const standardErrorMs = 100 / Math.sqrt(12 * polled.clients.target);
  const toleranceMs = 4 * standardErrorMs + 10; // and what two cores that run other tests may add to either
  const excessMs = (polled.latencyUs.mean - pushed.latencyUs.mean) / 1000;
  assert.ok(Math.abs(excessMs - POLL_MS / 2) < toleranceMs, `latency: ${excessMs} ms above push`);
  const ageExcessMs = (polled.ageUs.mean - pushed.ageUs.mean) / 1000;
  assert.ok(Math.abs(ageExcessMs - POLL_MS / 2) < toleranceMs, `age: ${ageExcessMs} ms above push`);
  assert.ok(
    Math.abs(pushed.ageUs.mean / 1000 - 50 - pushed.latencyUs.mean / 1000) < 3,
    'age of push is tau / 2 + latency',
  );
});

/** The ledger of each client, where all have the same. */
const perClient = (whole: UnjudgedTrial['ledger'], clients: number) =>
  Object.values(whole).map((ticks) => ticks / clients);

// Alike in all but the driver: by its phases each client has a mean of its own.
test('polling: lean and library clients find the same ledger and agree on the median', async () => {
  const cell = { transports: ['polling' as const], clients: [50], pollIntervalsMs: [200], durationMs: 1500, seed: 5 };
  const lean = await trialOf({ ...cell, driver: 'lean' });
  const library = await trialOf({ ...cell, driver: 'library' });
  assertDriversAgree(lean, library);
  assert.equal(library.canary, null, 'libraries carry the whole load');
});

// Where nobody waits for an interval, the library clients of the canary see what the load sees, in the same trial.
for (const [transport, trialOfTransport] of [
  ['sse', push],
  ['websocket', several],
  ['long-polling', shared(() => trialOf({ transports: ['long-polling'], clients: [50] }))],
] as const) {
  test(`${transport}: lean and library clients find the same ledger and agree on the median`, async () => {
    const trial = await trialOfTransport();
    assertClean(trial);
    const { canary, clients, ledger, latencyUs } = trial;
    assert.equal(trial.cell.transport, transport);
    assert.equal(canary!.clients, 8);
    assert.deepEqual(perClient(canary!.ledger, canary!.clients), perClient(ledger, clients.connected));
    assertMediansAgree(latencyUs, canary!.latencyUs);
  });
}

test('several agents and several servers on one port give one trial', async () => {
  const trial = await several();
  assertClean(trial);
  assert.equal(trial.agents.length, 2);
  assert.equal(trial.server.workers, 2);
  const [first, second] = trial.server.connectionsPerWorker;
  assert.equal(first! + second!, clientsOf(trial));
  assert.ok(Math.min(first!, second!) > 90, `the kernel spread ${first} and ${second}`);
});

test('a window that is no whole number of ticks is made one: no other tick is charged to those that count', async () => {
  const trial = await unevenWindow();
  assertClean(trial);
  assert.deepEqual([trial.phases.measureMs, trial.ledger.delivered], [1200, 3 * 10]);
  assert.equal(trial.bytes.perDeliverySent, 126 + 4);
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
  const cell = { transports: ['sse' as const], clients: [2], durationMs: 300 };
  const trial = await trialOf(cell, { faults: { loseEvery: 1 } });
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

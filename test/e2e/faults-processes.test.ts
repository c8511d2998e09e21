// What happens to a trial, and to a run, when one of its processes dies, hangs or starves. Only processes that the test
// itself has started are harmed.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { judge, type UnjudgedTrial } from '../../bench/judge/gates.ts';
import { AGENT, SERVER } from '../helpers/kill-in-trials.ts';
import { childrenOf, onlyChildren } from '../helpers/processes.ts';
import { assertOutageShown } from '../helpers/server-outage.ts';
import { onceIn, partsOf, trialOf } from '../helpers/trials.ts';

const BUSY_LOOP = new URL('../helpers/busy-loop.ts', import.meta.url).href;

/** Sends a signal to one of this test's own processes. The canary is started last, so the first ones are of the load. */
function harm(entry: string, signal: NodeJS.Signals, index = 0): void {
  const pid = partsOf(process.pid, entry)[index];
  assert.ok(pid !== undefined, `${entry} runs`);
  process.kill(pid, signal);
}

function reasonsOf(trial: UnjudgedTrial): string[] {
  return judge(trial).reasons.map(({ code }) => code);
}

/** Load agents with ten clients each, of which all but the last one are lost before the measured window is over; the witnesses live. */
function assertAgentsLost(trial: UnjudgedTrial, lost: number, how: RegExp): void {
  const ticks = trial.phases.lastSeq - trial.phases.firstSeq + 1;
  assert.equal(judge(trial).status, 'invalid');
  assert.equal(reasonsOf(trial)[0], 'AGENT_LOST');
  const losses = trial.losses!;
  assert.deepEqual(
    losses.map(({ code }) => code),
    Array.from({ length: lost }, () => 'AGENT_LOST'),
  );
  for (const { message } of losses) assert.match(message, how);
  // What the other agent and the witnesses measured is kept, whole.
  assert.equal(trial.agents.length, 1);
  const { target } = trial.clients;
  assert.deepEqual([target, trial.witnesses!.clients], [20 * (lost + 1), target / 2]);
  const kept = 10 + target / 2;
  assert.equal(trial.ledger.expected, kept * ticks);
  assert.equal(trial.ledger.delivered, kept * ticks, JSON.stringify(trial.ledger));
  assert.deepEqual(trial.clients, { target, connected: kept, failed: 0, dropped: 10 * lost });
  assert.equal(trial.connectionsOverTime.at(-1)!.connected, kept);
}

function withBusyLoop(t: TestContext, busyMs?: number): void {
  process.env['NODE_OPTIONS'] = `--import=${BUSY_LOOP}`;
  if (busyMs !== undefined) process.env['PUSHBENCH_TEST_BUSY_MS'] = String(busyMs);
  t.after(() => {
    delete process.env['NODE_OPTIONS'];
    delete process.env['PUSHBENCH_TEST_BUSY_MS'];
  });
}

test('agent dies (SIGKILL): the data of the others is kept, the trial is invalid', async () => {
  const before = childrenOf(process.pid);
  const onPhase = onceIn('measure', () => harm(AGENT, 'SIGKILL'));
  const trial = await trialOf({ transports: ['sse'], agents: 2 }, { onPhase });
  assertAgentsLost(trial, 1, /^bench\/agent\/main\.ts \(pid \d+\) was ended by SIGKILL$/);
  assert.equal(trial.losses![0]!.phase, 'measure');
  await onlyChildren(before);
});

test('agent dies (SIGKILL) and none is left: the trial ends at once and says so', async () => {
  const before = childrenOf(process.pid);
  const startedMs = performance.now();
  const onPhase = onceIn('measure', () => harm(AGENT, 'SIGKILL'));
  const cell = { transports: ['websocket' as const], clients: [1], durationMs: 60_000 };
  const trial = await trialOf(cell, { onPhase });
  assert.ok(performance.now() - startedMs < 30_000, 'nobody waited for the end of the window');
  assert.equal(reasonsOf(trial)[0], 'AGENT_LOST');
  assert.deepEqual(trial.clients, { target: 1, connected: 0, failed: 0, dropped: 1 });
  assert.equal(trial.ledger.expected, 0, 'nobody is left who could say what arrived');
  await onlyChildren(before);
});

test('the witnesses die: what the load received is kept, the trial is invalid', async () => {
  const onPhase = onceIn('measure', () => harm(AGENT, 'SIGKILL', 1));
  const trial = await trialOf({ transports: ['sse'] }, { onPhase });
  assert.equal(reasonsOf(trial)[0], 'AGENT_LOST');
  assert.equal(trial.witnesses, null);
  assert.deepEqual(trial.clients, { target: 40, connected: 20, failed: 0, dropped: 20 });
  assert.equal(trial.latencyUs.count, trial.ledger.delivered, 'of the load');
});

test('agents hang, one stopped and one in a busy loop: the silence is noticed, the data of the third is kept', async (t) => {
  withBusyLoop(t);
  const before = childrenOf(process.pid);
  const onPhase = onceIn('warmup', () => {
    harm(AGENT, 'SIGSTOP');
    harm(AGENT, 'SIGUSR2', 1);
  });
  const trial = await trialOf({ transports: ['sse'], clients: [60], agents: 3, durationMs: 11_000 }, { onPhase });
  assertAgentsLost(trial, 2, /hung: not a word for \d+\.\d s; it was ended$/);
  await onlyChildren(before);
});

test('agent starves (busy for all of the window): its own lateness makes the trial invalid', async (t) => {
  withBusyLoop(t, 2000);
  const onPhase = onceIn('measure', () => harm(AGENT, 'SIGUSR2'));
  const trial = await trialOf({ transports: ['sse'] }, { onPhase });
  assert.equal(trial.losses, undefined, 'it came back in time');
  assert.ok(reasonsOf(trial).includes('AGENT_SATURATED'), reasonsOf(trial).join(' '));
  assert.equal(trial.ledger.missed, 0, 'what waited for it was read in the end');
});

test('agent dies in the ramp: its clients count as not connected', async () => {
  const onPhase = onceIn('ramp', () => setTimeout(() => harm(AGENT, 'SIGKILL'), 300));
  const trial = await trialOf({ transports: ['sse'], agents: 2, rampPerSecond: 40 }, { onPhase });
  assert.equal(reasonsOf(trial)[0], 'AGENT_LOST');
  assert.equal(trial.losses![0]!.phase, 'ramp');
  const { connected, failed, dropped } = trial.clients;
  assert.equal(connected, 30);
  assert.equal(failed + dropped, 10);
});

// A stream, and who has to ask. The other two transports are in test:long.
for (const transport of ['sse', 'polling'] as const) {
  test(`server dies in mid-trial (${transport}): the outage is shown, missed ticks are exact, the trial is invalid`, async () => {
    await assertOutageShown(transport);
  });
}

test('one of two servers dies: the clients of the other go on to the end of the window', async () => {
  const onPhase = onceIn('measure', () => harm(SERVER, 'SIGKILL'));
  const trial = await trialOf({ transports: ['sse'], clients: [200], serverWorkers: 2 }, { onPhase });
  assert.equal(reasonsOf(trial)[0], 'SERVER_LOST');
  const { connected, dropped } = trial.clients;
  assert.equal(connected + dropped, 200);
  assert.ok(connected > 0 && dropped > 0, `${connected} went on`);
  const ticks = trial.phases.lastSeq - trial.phases.firstSeq + 1;
  assert.ok(trial.ledger.delivered >= connected * ticks);
  assert.equal(trial.ledger.delivered + trial.ledger.missed, 200 * ticks);
  assert.equal(trial.server.cpuPerDeliveryUs, null, 'what the lost one used is not known');
});

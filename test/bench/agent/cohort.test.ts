import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cohort } from '../../../bench/agent/cohort.ts';
import type { AgentReport, Assignment } from '../../../bench/agent/messages.ts';
import type { DriverEvents } from '../../../bench/agent/contract.ts';
import { nowUs } from '../../../server/clock.ts';
import { until } from '../../helpers/until.ts';

const CLIENTS = 6;
const TICKS = 10;

/** A cohort whose driver does nothing by itself: what becomes of its clients is said by the test. */
async function openCohort() {
  const startUs = nowUs();
  const assignment: Assignment = {
    transport: 'sse',
    path: '/feed/sse',
    driver: 'lean',
    host: '127.0.0.1',
    port: 1,
    clients: CLIENTS,
    firstClient: 0,
    clientsPerAddress: CLIENTS,
    rampPerSecond: 1e6,
    schedule: { startUs, rateHz: 10 },
    payloadBytes: 64,
    seed: 1,
    pollIntervalMs: 1000,
    pollLatest: false,
    precedence: 'usual',
  };
  const opening: number[] = [];
  const closed: number[] = [];
  let events: DriverEvents | undefined;
  const cohort = new Cohort(assignment, (_, __, given) => {
    events = given;
    return { open: (client) => opening.push(client), close: (client) => closed.push(client), stop: () => undefined };
  });
  cohort.open(startUs, () => undefined);
  await until(() => opening.length === CLIENTS, 'all were asked to open');
  const begin = () => {
    cohort.begin();
    cohort.recorder.measure({ startUs, endUs: startUs + 1e6, firstSeq: 1, lastSeq: TICKS });
  };
  return { cohort, events: events!, closed, begin };
}

function assertAgree({ clients, errors, recording }: Pick<AgentReport, 'clients' | 'errors' | 'recording'>): void {
  const { connected, failed, dropped } = clients;
  const errorsOf = (phase: string) =>
    errors.filter((error) => error.phase === phase).reduce((sum, { count }) => sum + count, 0);
  assert.equal(connected + failed + dropped, CLIENTS);
  assert.deepEqual([errorsOf('connect'), errorsOf('open')], [failed, dropped]);
  assert.equal(recording.ledger.expected, (connected + dropped) * TICKS);
}

test('who was given up stays failed, is closed and owes nothing, whatever comes of it later', async () => {
  const { cohort, events, closed, begin } = await openCohort();
  for (const client of [0, 1]) events.opened(client);
  begin();
  assert.deepEqual(closed, [2, 3, 4, 5]);
  events.opened(2); // late
  events.failed(3, 'ECONNRESET', 'too late to matter');
  events.opened(4);
  events.dropped(4, 'CLOSED', 'and gone again');
  const report = cohort.report();
  assert.deepEqual(report.clients, { connected: 2, failed: 4, dropped: 0 });
  assert.deepEqual(
    report.errors.map(({ code, count }) => [code, count]),
    [['TIMEOUT', 4]],
  );
  assertAgree(report);
});

test('a client is told of once: in one count, with one error', async () => {
  const { cohort, events, begin } = await openCohort();
  events.failed(0, 'ECONNREFUSED', 'refused');
  events.opened(0); // as a library does that tries again
  events.failed(0, 'ECONNREFUSED', 'refused again');
  for (const client of [1, 2, 2, 3]) events.opened(client);
  events.dropped(3, 'CLOSED', 'gone');
  events.dropped(3, 'CLOSED', 'gone');
  events.opened(3);
  begin();
  cohort.giveUpOpening(); // as at the end of the trial
  const report = cohort.report();
  assert.deepEqual(report.clients, { connected: 2, failed: 3, dropped: 1 });
  assertAgree(report);
});

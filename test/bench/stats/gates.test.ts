import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge, type UnjudgedTrial } from '../../../bench/stats/gates.ts';
import { fixtureResult } from '../../helpers/result-fixture.ts';

const good: UnjudgedTrial = fixtureResult({ blocks: 1, transports: ['sse'] }).trials[0]!;

/** The codes of the reasons against a trial that is sound but for the given change. */
function codesOf(change: (trial: UnjudgedTrial) => UnjudgedTrial): string[] {
  return judge(change(good)).reasons.map((reason) => reason.code);
}

test('a sound trial is valid', () => {
  assert.deepEqual(judge(good), { status: 'valid', reasons: [] });
});

test('each broken property has its own reason, with the measured value and the limit', () => {
  const { ledger, clients, server } = good;
  const cases: [string, number, number, (trial: UnjudgedTrial) => UnjudgedTrial][] = [
    ['TICKS_MISSED', 3, 0, (trial) => ({ ...trial, ledger: { ...ledger, missed: 3 } })],
    ['TICKS_DUPLICATE', 1, 0, (trial) => ({ ...trial, ledger: { ...ledger, duplicate: 1 } })],
    ['TICKS_OUT_OF_ORDER', 1, 0, (trial) => ({ ...trial, ledger: { ...ledger, outOfOrder: 1 } })],
    ['TICKS_CORRUPT', 1, 0, (trial) => ({ ...trial, ledger: { ...ledger, corrupt: 1 } })],
    ['NOTHING_DELIVERED', 0, 1, (trial) => ({ ...trial, ledger: { ...ledger, delivered: 0 } })],
    ['CLIENTS_DROPPED', 2, 0, (trial) => ({ ...trial, clients: { ...clients, dropped: 2 } })],
    [
      'CLIENTS_NOT_CONNECTED',
      0.5,
      0.999,
      (trial) => ({ ...trial, clients: { ...clients, connected: clients.target / 2 } }),
    ],
    [
      'FEED_RATE_OFF',
      0.5,
      0.01,
      (trial) => ({
        ...trial,
        server: { ...server, feed: { ...server.feed, achievedRateHz: trial.cell.rateHz / 2 } },
      }),
    ],
  ];
  for (const [code, value, limit, change] of cases) {
    const { status, reasons } = judge(change(good));
    assert.equal(status, 'invalid', code);
    assert.deepEqual(
      reasons.map((reason) => [reason.code, reason.value, reason.limit]),
      [[code, value, limit]],
    );
  }
});

test('one client in a thousand may fail, not more', () => {
  const clients = { ...good.clients, target: 10_000 };
  assert.deepEqual(
    codesOf((trial) => ({ ...trial, clients: { ...clients, connected: 9990 } })),
    [],
  );
  assert.deepEqual(
    codesOf((trial) => ({ ...trial, clients: { ...clients, connected: 9989 } })),
    ['CLIENTS_NOT_CONNECTED'],
  );
});

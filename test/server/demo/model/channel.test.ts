import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CAPS, Channel } from '../../../../server/demo/model/channel.ts';

const tick = (seq: number, dueUs = seq * 1000) => ({ seq, dueUs });

test('ticks that never come are lost, those not asked for are skipped, the two are kept apart', () => {
  const channel = new Channel();
  channel.receive([tick(5)], 64, 5100);
  assert.equal(channel.ledger.lost, 0, 'nothing is owed from before the first');
  channel.receive([tick(6), tick(9)], 128, 9100);
  assert.deepEqual([channel.ledger.last, channel.ledger.lost, channel.ledger.skipped], [9, 2, 0]);
  channel.newestOnly = true;
  channel.receive([tick(14)], 64, 14_100);
  assert.deepEqual([channel.ledger.last, channel.ledger.lost, channel.ledger.skipped], [14, 2, 4]);
  channel.receive([tick(14), tick(3)], 128, 14_200);
  assert.equal(channel.ledger.delivered, 4, 'what came before counts once');
  assert.equal(channel.payloadBytes, 384);
});

test('latency is received - due; what was due while hidden or paused is no sample', () => {
  const channel = new Channel();
  channel.receive([tick(1, 1000)], 64, 1700);
  channel.countFrom(Number.POSITIVE_INFINITY);
  channel.receive([tick(2, 2000)], 64, 60_000);
  channel.countFrom(70_000);
  channel.receive([tick(3, 69_999), tick(4, 70_000)], 128, 70_400);
  assert.deepEqual(
    channel.latency.items.map(({ seq, latencyUs }) => [seq, latencyUs]),
    [
      [1, 700],
      [4, 400],
    ],
  );
  assert.equal(channel.newestDueUs, 70_000);
  assert.equal(channel.ledger.lost, 0);
});

test('quantiles are values that occurred', () => {
  const channel = new Channel();
  assert.ok(Number.isNaN(channel.latency.quantileUs(0.5)));
  for (let seq = 1; seq <= 100; seq++) channel.receive([tick(seq)], 64, seq * 1000 + seq);
  assert.deepEqual(
    [0, 0.5, 0.99, 1].map((share) => channel.latency.quantileUs(share)),
    [1, 50, 99, 100],
  );
});

test('an hour at fifty ticks a second and a lost connection every second keeps no more than a minute does', () => {
  const channel = new Channel();
  for (let seq = 1; seq <= 180_000; seq++) {
    if (seq % 50 === 0) {
      channel.absences.lost(seq * 20_000);
      channel.absences.attempt(seq * 20_000);
      channel.note('lost', new Date(0));
    }
    channel.receive([tick(seq, seq * 20_000)], 128, seq * 20_000 + 500);
  }
  assert.equal(channel.ledger.delivered, 180_000);
  assert.equal(channel.latency.items.length, CAPS.latencies);
  assert.equal(channel.arrivals.items.length, CAPS.arrivals);
  assert.equal(channel.log.items.length, CAPS.log);
  assert.equal(channel.absences.absences.length, 20);
});

test('attempts of one long absence are bounded as well', () => {
  const channel = new Channel();
  channel.absences.lost(0);
  for (let attempt = 0; attempt < 10_000; attempt++) channel.absences.attempt(attempt);
  assert.equal(channel.absences.absences[0]!.attemptsUs.length, 100);
});

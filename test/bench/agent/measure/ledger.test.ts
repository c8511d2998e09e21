import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Ledger } from '../../../../bench/agent/measure/ledger.ts';

const FIRST = 10;
const LAST = 49;
const TICKS = LAST - FIRST + 1;

test('each expected tick ends up in exactly one column, whatever arrives in whatever order', () => {
  const receipt = fc.record({ client: fc.nat(2), seq: fc.integer({ min: 1, max: 60 }), intact: fc.boolean() });
  fc.assert(
    fc.property(fc.array(receipt, { maxLength: 400 }), (receipts) => {
      const ledger = new Ledger(new Float64Array(3), FIRST, LAST, false);
      const seen = new Map<string, { intact: boolean; times: number }>();
      let outOfOrder = 0;
      const newest = [0, 0, 0];
      for (const { client, seq, intact } of receipts) {
        ledger.receive(client, seq, intact);
        if (seq >= FIRST && seq <= LAST) {
          const known = seen.get(`${client}/${seq}`);
          if (known) known.times++;
          else {
            seen.set(`${client}/${seq}`, { intact, times: 1 });
            if (seq < newest[client]!) outOfOrder++;
          }
        }
        newest[client] = Math.max(newest[client]!, seq);
      }
      const all = [...seen.values()];
      assert.deepEqual(ledger.counts(3), {
        expected: 3 * TICKS,
        delivered: all.filter((tick) => tick.intact).length,
        corrupt: all.filter((tick) => !tick.intact).length,
        duplicate: all.reduce((sum, tick) => sum + tick.times - 1, 0),
        outOfOrder,
        coalesced: 0,
        missed: 3 * TICKS - all.length,
      });
    }),
  );
});

test('what a poll for the newest tick skips is coalesced, not missed', () => {
  const ledger = new Ledger(new Float64Array(1), FIRST, LAST, true);
  for (let seq = 5; seq <= 55; seq += 5) ledger.receive(0, seq, true);
  const counts = ledger.counts(1);
  assert.equal(counts.delivered, 8);
  assert.equal(counts.coalesced, TICKS - 8);
  assert.equal(counts.missed, 0);
  assert.ok(ledger.isComplete(1));
});

test('a tick that was coalesced and arrives after all is in one column only', () => {
  const ledger = new Ledger(new Float64Array(1), FIRST, LAST, true);
  for (const seq of [12, 11, 20, 15, 16, 15]) ledger.receive(0, seq, seq !== 16);
  const { delivered, corrupt, coalesced, missed, duplicate } = ledger.counts(1);
  // 11 came before anything that could have been passed over; 10 and what came after 20 did not come at all.
  assert.deepEqual(
    { delivered, corrupt, coalesced, duplicate },
    { delivered: 4, corrupt: 1, coalesced: 5, duplicate: 1 },
  );
  assert.equal(delivered + corrupt + coalesced + missed, TICKS);
});

test('a client that was never connected is owed nothing; unreadable bytes are corrupt', () => {
  const ledger = new Ledger(new Float64Array(2), FIRST, LAST, false);
  for (let seq = FIRST; seq <= LAST; seq++) ledger.receive(0, seq, true);
  ledger.receiveUnreadable();
  assert.deepEqual(ledger.counts(1), {
    expected: TICKS,
    delivered: TICKS,
    missed: 0,
    duplicate: 0,
    outOfOrder: 0,
    coalesced: 0,
    corrupt: 1,
  });
});

test('ticks that were passed over show as gaps while the trial runs', () => {
  const ledger = new Ledger(new Float64Array(1), FIRST, LAST, false);
  ledger.receive(0, 9, true);
  ledger.receive(0, 13, true);
  assert.equal(ledger.gaps, 3);
});

test('each tick of each client has a bit of its own, also beyond 2^32 of them', () => {
  const ticks = 2 ** 31 + 32;
  const ledger = new Ledger(new Float64Array(2), 1, ticks, false); // 512 MiB of zeros, of which two pages are touched
  // Counted through without a break, the second is bit 2^32, which a shift takes for bit 0.
  assert.equal(ledger.receive(0, 1, true), 'delivered');
  assert.equal(ledger.receive(1, 2 ** 32 - ticks + 1, true), 'delivered');
  assert.equal(ledger.receive(1, 2 ** 32 - ticks + 1, true), 'duplicate');
});

// A minute and a half under a steady load: nothing is lost, and what the server holds does not grow with time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trialOf } from '../helpers/trials.ts';

const CLIENTS = 300;
const SOAK_MS = 45_000;
/** Of what a client costs after a second; the ring of ticks fills in the first minute. */
const MOST_GROWTH = 1.5;

for (const transport of ['sse', 'websocket'] as const) {
  test(`soak (${transport}): ${CLIENTS} clients, 50 ticks/s, ${SOAK_MS / 1000} s`, async (t) => {
    const cell = { transports: [transport], clients: [CLIENTS], ratesHz: [50] };
    const short = await trialOf({ ...cell, durationMs: 1000 });
    const long = await trialOf({ ...cell, durationMs: SOAK_MS });
    const { expected, delivered } = long.ledger;
    assert.deepEqual(long.ledger, {
      expected,
      delivered: expected,
      missed: 0,
      duplicate: 0,
      outOfOrder: 0,
      coalesced: 0,
      corrupt: 0,
    });
    assert.equal(long.clients.dropped, 0);
    const [before, after] = [short.server.heapPerClientBytes, long.server.heapPerClientBytes];
    assert.ok(after < before * MOST_GROWTH, `${before} bytes a client after a second, ${after} after ${SOAK_MS} ms`);
    t.diagnostic(
      `${delivered} ticks delivered, none missed; ${(before / 1024).toFixed(1)} KiB a client after 1 s, ${(after / 1024).toFixed(1)} after ${SOAK_MS / 1000} s`,
    );
  });
}

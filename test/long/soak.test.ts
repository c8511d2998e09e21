// A minute under a steady load: nothing is lost, and what the server holds does not grow with time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trialOf } from '../helpers/trials.ts';

const CLIENTS = 300;
/** By then the ring of ticks is full, which grows until it has them of half a minute. */
const FULL_MS = 30_000;
const SOAK_MS = 60_000;
const MOST_GROWTH = 1.25;

for (const transport of ['sse', 'websocket'] as const) {
  test(`soak (${transport}): ${CLIENTS} clients, 50 ticks/s, ${SOAK_MS / 1000} s`, async (t) => {
    const cell = { transports: [transport], clients: [CLIENTS], ratesHz: [50] };
    const short = await trialOf({ ...cell, durationMs: FULL_MS });
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
    const [before, after] = [short.server.heapPerClientBytes!, long.server.heapPerClientBytes!];
    assert.ok(
      after < before * MOST_GROWTH,
      `${before} bytes a client after ${FULL_MS} ms, ${after} after ${SOAK_MS} ms`,
    );
    t.diagnostic(
      `${delivered} ticks delivered, none missed; ${(before / 1024).toFixed(1)} KiB a client after ${FULL_MS / 1000} s, ${(after / 1024).toFixed(1)} after ${SOAK_MS / 1000} s`,
    );
  });
}

// What theory says of a trial, for the tests of trials.
import assert from 'node:assert/strict';
import { judge, type UnjudgedTrial } from '../../bench/judge/gates.ts';
import type { Latency } from '../../bench/result/schema.ts';

/** Every client connected, and everything arrived once, in order, whole. */
export function assertClean(trial: UnjudgedTrial): void {
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
export function clientsOf(trial: UnjudgedTrial): number {
  return trial.clients.connected + (trial.canary?.clients ?? 0);
}

/** Payload, `id:` line, `data: ` and two line ends, chunk framing: summed over the measured ticks. */
export function sseBytes(trial: UnjudgedTrial): number {
  const { firstSeq, lastSeq } = trial.phases;
  let bytes = 0;
  for (let seq = firstSeq; seq <= lastSeq; seq++) {
    const event = `id: ${seq}\n`.length + 'data: '.length + trial.cell.payloadBytes + 2;
    bytes += event + event.toString(16).length + 4;
  }
  return bytes * clientsOf(trial);
}

/** A library takes up to 0.1 ms a message more, so a few for 50 clients; the rest is other tests' share of the cores. */
const MEDIAN_TOLERANCE_MS = 10;

export function assertMediansAgree(a: Latency, b: Latency): void {
  const differenceMs = Math.abs(a.p50 - b.p50) / 1000;
  assert.ok(differenceMs < MEDIAN_TOLERANCE_MS, `medians differ by ${differenceMs} ms`);
}

/** Of two trials of the same cell and seed, but for the driver. */
export function assertDriversAgree(lean: UnjudgedTrial, library: UnjudgedTrial): void {
  assertClean(lean);
  assertClean(library);
  assert.deepEqual([lean.cell.driver, library.cell.driver], ['lean', 'library']);
  assert.deepEqual(library.ledger, lean.ledger);
  assertMediansAgree(lean.latencyUs, library.latencyUs);
}

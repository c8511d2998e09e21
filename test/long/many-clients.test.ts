// More clients than one source address has ports for, and more than most shells allow one process.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOOPBACK } from '../../bench/machine/address.ts';
import { preflightProblems, probeMachine } from '../../bench/run/preflight.ts';
import { trialOf } from '../helpers/trials.ts';

const CLIENTS = 36_000;
const PROCESSES = { agents: 2, serverWorkers: 2 };

const needs = { clients: CLIENTS, ...PROCESSES, port: 0, address: LOOPBACK, directory: '/tmp' };
const [lacking] = preflightProblems(needs, await probeMachine(needs));

test(`${CLIENTS} clients over several source addresses`, { skip: lacking?.message ?? false }, async (t) => {
  const cell = { transports: ['websocket' as const], clients: [CLIENTS], ratesHz: [0.5], ...PROCESSES };
  const trial = await trialOf({ ...cell, rampPerSecond: 2000, durationMs: 6000, warmupMs: 1000 });
  const { connected, dropped, failed } = trial.clients;
  assert.deepEqual(
    [connected, dropped, failed],
    [CLIENTS, 0, 0],
    `${connected} connected, ${dropped} dropped, ${failed} failed: ${JSON.stringify([trial.errors, trial.losses])}`,
  );
  assert.equal(trial.ledger.missed + trial.ledger.corrupt + trial.ledger.duplicate, 0, JSON.stringify(trial.ledger));
  const kib = (trial.server.heapPerClientBytes! / 1024).toFixed(1);
  t.diagnostic(
    `${connected} connected in ${(trial.phases.rampMs / 1000).toFixed(0)} s, ${trial.ledger.delivered} ticks delivered, none missed; ${kib} KiB a client`,
  );
});

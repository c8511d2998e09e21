import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOOPBACK } from '../../../../bench/machine/address.ts';
import { ceilingOf, cellAt, rangeOf, settingsAt } from '../../../../bench/run/capacity/levels.ts';
import type { Facts, Needs } from '../../../../bench/run/preflight.ts';
import { searchPlan } from './fake-steps.ts';

const NEEDS: Needs = { clients: 20_000, agents: 1, serverWorkers: 1, address: LOOPBACK, port: 0, directory: '/tmp/x' };
const FACTS: Facts = {
  openFiles: null,
  portRange: null,
  sourceAddresses: 250,
  cores: 2,
  portError: null,
  freePort: null,
  existing: '/tmp',
  writeError: null,
  freeBytes: null,
};

test('a machine has room for as many clients as its descriptors and ports allow', () => {
  assert.deepEqual(ceilingOf(NEEDS, FACTS), { clients: 20_000, message: null });
  const files = ceilingOf(NEEDS, { ...FACTS, openFiles: 10_064 });
  assert.equal(files.clients, 10_000);
  assert.match(files.message!, /ulimit -n 20064/);
  assert.equal(ceilingOf(NEEDS, { ...FACTS, portRange: [40_000, 40_009] }).clients, 1750);
  assert.equal(ceilingOf(NEEDS, { ...FACTS, openFiles: 10 }).clients, 0);
});

test('what is searched varies, all else stays; only polling has an interval', () => {
  const plan = searchPlan();
  assert.deepEqual(
    [cellAt(plan, 'sse', 500).clients, cellAt(plan, 'sse', 500).rateHz, cellAt(plan, 'sse', 500).pollIntervalMs],
    [500, 1, null],
  );
  assert.equal(cellAt(plan, 'polling', 500).pollIntervalMs, 1000);
});

test('levels are round numbers, of clients whole ones', () => {
  assert.equal(rangeOf(searchPlan()).round(11_234.5), 11_200);
  assert.equal(rangeOf(searchPlan()).round(53.2), 53);
  assert.equal(rangeOf(searchPlan({ vary: 'rate' })).round(1.2345), 1.23);
});

test('no step has more agents than clients', () => {
  const plan = searchPlan();
  const many = { ...plan, settings: { ...plan.settings, agents: 8 } };
  assert.equal(settingsAt(many, cellAt(plan, 'sse', 3)).agents, 3);
});

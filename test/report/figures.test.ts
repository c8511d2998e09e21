import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellLabel, focusOf, loadsOf, sweptVariables } from '../../report/figures/load.ts';
import { connections, perSecond } from '../../report/figures/over-time.ts';
import { split } from '../../report/figures/parts.ts';
import { standingOf } from '../../report/figures/trust.ts';
import { warningsOf } from '../../report/figures/warnings.ts';
import { AGENT_SATURATED, FEED_LATE, VALID, fixtureResult } from '../helpers/result-fixture.ts';
import { medianOf } from '../../bench/basics/numbers.ts';

test('cells that differ only in transport and poll interval share a load', () => {
  const result = fixtureResult({ clients: [100, 200], pollIntervals: [250, 1000], blocks: 1 });
  const loads = loadsOf(result);
  assert.deepEqual(
    loads.map((load) => load.label),
    ['100 clients · 10 ticks/s · 128 B', '200 clients · 10 ticks/s · 128 B'],
  );
  assert.deepEqual(
    loads[0]?.rows.map((row) => row.label),
    ['WebSocket', 'SSE', 'long polling', 'polling @ 250 ms', 'polling @ 1 s'],
  );
  assert.deepEqual(sweptVariables(result), ['clients', 'pollIntervalMs']);
  assert.ok(loads.every((load) => load.rows.every((row) => row.trials.length === 1)));
});

test('a cell is named by what tells it from the others', () => {
  const swept = fixtureResult({ clients: [100, 200], blocks: 1 });
  assert.equal(cellLabel(swept, swept.plan.cells[0]!), 'WebSocket at 100 clients');
  const plain = fixtureResult({ blocks: 1 });
  assert.equal(cellLabel(plain, plain.plan.cells[1]!), 'SSE');
});

test('the load shown first is the largest of those with the most transports to rely on', () => {
  const result = fixtureResult({
    clients: [100, 400, 200],
    blocks: 1,
    validity: (cell) => (cell.clients === 400 && cell.transport === 'sse' ? AGENT_SATURATED : VALID),
  });
  const loads = loadsOf(result);
  assert.equal(focusOf(loads)?.cell.clients, 200);
});

test('a run is valid, marked, or invalid when nothing of it can be relied on', () => {
  assert.equal(standingOf(fixtureResult({ blocks: 1 })).status, 'valid');
  const partly = standingOf(
    fixtureResult({ blocks: 2, validity: (_, block) => (block === 0 ? AGENT_SATURATED : VALID) }),
  );
  assert.deepEqual([partly.status, partly.why, partly.nothing], ['caution', '4 of 8 trials valid, 4 invalid.', null]);
  const none = standingOf(fixtureResult({ blocks: 1, validity: () => AGENT_SATURATED }));
  assert.equal(none.status, 'invalid');
  assert.match(none.nothing ?? '', /None of the 4 trials is valid/);
  const empty = standingOf(fixtureResult({ interruptAfter: 0 }));
  assert.equal(empty.status, 'invalid');
  assert.match(empty.nothing ?? '', /interrupted before its first trial ended/);
  const cut = standingOf(fixtureResult({ interruptAfter: 7 }));
  assert.deepEqual([cut.status, cut.why], ['caution', '7 of 7 trials valid; interrupted after 7 of 32 trials.']);
});

test('warnings are grouped by cause, invalidating ones first, with the worst value', () => {
  const result = fixtureResult({
    blocks: 2,
    validity: (cell, block) => {
      if (cell.transport === 'polling')
        return { status: 'caution', reasons: [{ ...FEED_LATE.reasons[0]!, value: 6000 + block }] };
      return cell.transport === 'sse' ? AGENT_SATURATED : VALID;
    },
  });
  const warnings = warningsOf(result);
  assert.deepEqual(
    warnings.map(({ code, cells, trials, value }) => ({ code, cells, trials, value })),
    [
      { code: 'AGENT_SATURATED', cells: ['SSE'], trials: 2, value: 0.971 },
      { code: 'FEED_LATE', cells: ['polling'], trials: 2, value: 6001 },
    ],
  );
  assert.equal(warnings[0]?.remedy, 'Use more agents or fewer clients.');
});

test('seconds in which nothing arrived are gaps, and trials are joined by their median', () => {
  const result = fixtureResult({ transports: ['sse'], blocks: 3 });
  const trials = result.trials.map((trial, index) => ({
    ...trial,
    timeline: [
      { second: 0, delivered: 10, p50Us: 1000, p99Us: (index + 1) * 2000 },
      { second: 2, delivered: 0, p50Us: 0, p99Us: 0 },
    ],
  }));
  assert.deepEqual(perSecond(trials, 'p99Us'), [
    [0.5, 4],
    [1.5, null],
    [2.5, null],
  ]);
});

test('connections over time end at the connected clients and never pass their target', () => {
  const { trials } = fixtureResult({ transports: ['sse'], blocks: 3 });
  const { connected = [], target = [] } = connections(trials) ?? {};
  assert.equal(connected.at(-1), 1000);
  assert.ok(connected.every((count, index) => count <= (target[index] ?? 0)));
  assert.equal(connections([]), null);
});

test('before the first sample connections rise from nobody, without a jump', () => {
  const trials = fixtureResult({ transports: ['sse'], blocks: 1 }).trials.map((trial) => ({
    ...trial,
    connectionsOverTime: [{ atMs: 320, connected: 640, target: 640 }],
  }));
  assert.deepEqual(connections(trials)?.connected.slice(0, 3), [0, 20, 40]);
});

test('the parts of a bar add up to the figure of the table', () => {
  assert.deepEqual(split(10, [1, 3]), [2.5, 7.5]);
  assert.equal(split(10, [0, 0]), null);
  assert.equal(medianOf([3, 1, 2, 10]), 2.5);
  assert.equal(medianOf([]), null);
});

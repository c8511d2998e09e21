import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunResult } from '../../../bench/result/schema.ts';
import { historiesOf, type History } from '../../../report/index/history.ts';
import { AGENT_SATURATED, VALID } from '../../helpers/result-fixture.ts';
import { resultOf } from './past.ts';

const PUSH = { transports: ['sse', 'websocket'] };
const histories = (...results: RunResult[]) => historiesOf(results.map((result) => ({ id: result.run.id, result })));
const joins = ({ series }: History) => series.map(({ joined }) => joined.map(([a, b]) => `${a.at}-${b.at}`).join(' '));

test('runs of one load make one history, in the order of time, and a line for each transport', () => {
  const [history, ...others] = histories(resultOf(3, PUSH), resultOf(1, PUSH), resultOf(2, PUSH));
  assert.deepEqual(others, []);
  assert.deepEqual(
    history!.runs.map(({ id }) => id.slice(8, 10)),
    ['01', '02', '03'],
  );
  assert.deepEqual(
    history!.series.map(({ transport }) => transport),
    ['sse', 'websocket'],
  );
  assert.deepEqual(joins(history!), ['0-1 1-2', '0-1 1-2']);
  const [p99] = history!.series[0]!.points;
  assert.equal(p99!.value, resultOf(1, PUSH).cells[0]!.metrics['p99']!.median);
});

test('only runs with the same load are joined, and a load that was run once has no history', () => {
  const found = histories(
    resultOf(1, { ...PUSH, clients: [100, 200] }),
    resultOf(2, { ...PUSH, clients: [200] }),
    resultOf(3, { ...PUSH, clients: [200], rates: [5] }),
    resultOf(4, { ...PUSH, clients: [100, 400] }),
  );
  assert.deepEqual(
    found.map(({ load, runs }) => [load.clients, load.rateHz, runs.map(({ id }) => Number(id.slice(8, 10)))]),
    [
      [100, 10, [1, 4]],
      [200, 10, [1, 2]],
    ],
  );
});

test('another poll interval is another line', () => {
  const [history] = histories(
    resultOf(1, { transports: ['polling'], pollIntervals: [250, 1000] }),
    resultOf(2, { transports: ['polling'], pollIntervals: [1000] }),
  );
  assert.deepEqual(
    history!.series.map(({ pollIntervalMs, points }) => [pollIntervalMs, points.length]),
    [
      [250, 1],
      [1000, 2],
    ],
  );
});

test('a change of the machine is marked and not joined over, one of a version is marked only', () => {
  const { environment } = resultOf(1);
  const [history] = histories(
    resultOf(1, PUSH),
    resultOf(2, PUSH, { environment: { ...environment, kernel: '6.9.0' } }),
    resultOf(3, PUSH, { environment: { ...environment, kernel: '6.9.0', cpuModel: 'another' } }),
  );
  assert.deepEqual(joins(history!), ['0-1', '0-1']);
  assert.deepEqual(
    history!.changes.map(({ at, differences }) => [at, differences.map(({ what }) => what)]),
    [
      [1, ['kernel']],
      [2, ['CPU model']],
    ],
  );
});

test('a transport without a trial that counts has no point there, and its neighbours are joined', () => {
  const [history] = histories(
    resultOf(1, PUSH),
    resultOf(2, { ...PUSH, validity: ({ transport }) => (transport === 'sse' ? AGENT_SATURATED : VALID) }),
    resultOf(3, PUSH),
  );
  assert.deepEqual(joins(history!), ['0-2', '0-1 1-2']);
});

test('of many runs the newest are drawn and the others counted', () => {
  const one = resultOf(1, PUSH);
  const many = Array.from({ length: 50 }, (_, index) => {
    const startedAt = new Date(Date.UTC(2026, 2, 1) + index * 3_600_000).toISOString();
    return { ...one, run: { ...one.run, startedAt } };
  });
  const [history] = histories(...many);
  assert.deepEqual([history!.runs.length, history!.older], [30, 20]);
  assert.equal(history!.runs.at(-1)!.result, many.at(-1));
});

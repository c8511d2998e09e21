import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { DriverOptions } from '../../../bench/agent/contract.ts';
import { atOnce, everyInterval, type CreateTurns } from '../../../bench/agent/turns.ts';
import { until } from '../../helpers/until.ts';

const INTERVAL_MS = 20;

function start(t: TestContext, createTurns: CreateTurns, clients = 3) {
  const asked: number[] = [];
  const options: DriverOptions = {
    host: '127.0.0.1',
    port: 1,
    path: '/',
    clients,
    firstClient: 0,
    sourceAddress: () => undefined,
    schedule: { startUs: 0, rateHz: 1 },
    seed: 1,
    poll: { intervalUs: INTERVAL_MS * 1000, latestOnly: false },
  };
  const turns = createTurns(options, (client) => asked.push(client));
  t.after(() => turns.stop());
  const times = (client: number) => asked.filter((each) => each === client).length;
  return { turns, asked, times };
}

for (const [name, createTurns] of Object.entries({ atOnce, everyInterval })) {
  test(`${name}: nobody asks before all are open, and then each once until it is answered`, async (t) => {
    const { turns, asked, times } = start(t, createTurns);
    for (const client of [0, 1]) turns.free(client);
    assert.deepEqual(asked, []);
    turns.begin();
    await until(() => asked.length === 2, 'both ask');
    assert.deepEqual(new Set(asked), new Set([0, 1]));
    turns.free(0);
    await until(() => times(0) === 2, 'the one that was answered asks again');
    assert.equal(times(1), 1);
  });

  test(`${name}: a client that opens late asks as well, and nobody once it is stopped`, async (t) => {
    const { turns, times } = start(t, createTurns);
    turns.begin();
    turns.free(2);
    await until(() => times(2) === 1, 'the late one asks');
    turns.stop();
    turns.free(2);
    assert.equal(times(2), 1);
  });
}

test('a poll that is due while the one before is under way is asked when that is answered, late by as much', async (t) => {
  const { turns, asked } = start(t, everyInterval, 1);
  turns.free(0);
  turns.begin();
  await until(() => asked.length === 1, 'the first poll');
  const from = performance.now();
  await until(() => performance.now() - from > 3 * INTERVAL_MS, 'several more polls were due');
  assert.equal(asked.length, 1, 'one request at a time');
  turns.free(0);
  assert.equal(asked.length, 2, 'asked at once');
  const max = turns.latenessUs!.histogram().maxValue;
  assert.ok(max > INTERVAL_MS * 1000, `${max} us late`);
});

test('polls do not wait for an interval after the answer: they keep their own times', async (t) => {
  const { turns, asked } = start(t, everyInterval, 1);
  const from = performance.now();
  turns.free(0);
  turns.begin();
  let answered = 0;
  await until(() => {
    while (answered < asked.length) {
      answered++;
      turns.free(0);
    }
    return answered >= 10;
  }, 'ten polls');
  const intervals = (performance.now() - from) / INTERVAL_MS;
  assert.ok(intervals >= 9, `ten polls within ${intervals} intervals`);
});

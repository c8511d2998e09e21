// How ticks come to servers that are not ours, and what becomes of them there.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { standingTrials } from '../../bench/judge/standing-trials.ts';
import { ROOT } from '../helpers/command-line.ts';
import { assertSteps, runTargets, trialOf } from '../helpers/target-run.ts';
import { temporaryFolder } from '../helpers/temporary.ts';

test('the built-in server delivers the same through either feed as by itself: each tick once, nothing missed', async (t) => {
  const names = ['pushbench-stdin', 'pushbench-http'];
  const flags = ['--targets', `builtin,${names.join(',')}`, '--transports', 'sse,websocket'];
  const { code, result, stderr } = await runTargets(t, flags);
  assert.equal(code, 0, stderr);
  // An attempt that something else on the machine has spoilt is repeated.
  const whole = { ...result(), trials: standingTrials(result().trials) };
  assert.equal(whole.trials.length, 6);
  const expected = whole.trials[0]!.ledger;
  assert.ok(expected.expected > 0);
  const clean = { missed: 0, duplicate: 0, outOfOrder: 0, coalesced: 0, corrupt: 0 };
  for (const { cell, ledger } of whole.trials) {
    assert.deepEqual(ledger, { ...clean, expected: expected.expected, delivered: expected.expected }, cell.transport);
  }
  assertSteps(whole);
  assert.deepEqual(
    names.map((name) => trialOf(whole, `${name}:sse`).publish!.by),
    ['stdin', 'http'],
  );
  const bytes = (entrant: string) => trialOf(whole, entrant).bytes.perDeliverySent;
  for (const name of names) {
    assert.equal(bytes(`${name}:websocket`), bytes('websocket'), 'the same frames');
  }
});

/** Runs a server that takes ticks badly. */
async function runTaker(t: TestContext, fault: string, by: 'stdin' | 'http', flags: readonly string[] = []) {
  const file = join(temporaryFolder(t), 'taker.json');
  const target = {
    name: 'taker',
    start: { command: ['node', join(ROOT, 'test/fixtures/servers/takes.mjs'), '{port}', fault] },
    publish: by === 'stdin' ? by : { http: { path: '/publish', expect: [204] } },
    transports: { sse: { path: '/events' } },
  };
  writeFileSync(file, JSON.stringify(target));
  const { result } = await runTargets(t, ['--targets', file, ...flags]);
  const { publish, validity, phases, ledger } = trialOf(result(), 'taker:sse');
  const ticks = phases.lastSeq - phases.firstSeq + 1;
  return { publish: publish!, ledger, ticks, codes: validity.reasons.map(({ code }) => code) };
}

test('ticks that a server refuses are counted, with what it answered', async (t) => {
  const { publish, ledger, ticks, codes } = await runTaker(t, 'refuses', 'http');
  assert.equal(publish.published, ticks);
  assert.ok(publish.failed === Math.floor(ticks / 3) || publish.failed === Math.ceil(ticks / 3), `${publish.failed}`);
  assert.equal(publish.failure, 'the server answered 503');
  assert.equal(ledger.missed, publish.failed * 20, 'what it was not given it has not delivered');
  assert.ok(codes.includes('PUBLISH_FAILED'), codes.join());
});

test('a server that answers more slowly than ticks come is told, though its clients have them', async (t) => {
  const { publish, codes } = await runTaker(t, 'answers-late', 'http');
  assert.ok(publish.answerUs.min >= 60_000, `${publish.answerUs.min}`);
  assert.ok(codes.includes('PUBLISH_SLOW'), codes.join());
});

test('a server that reads its standard input more slowly than ticks come fills the pipe, and is told', async (t) => {
  const flags = ['--payload', '65536'];
  const { publish, codes } = await runTaker(t, 'reads-late', 'stdin', flags);
  assert.deepEqual([publish.by, publish.failed], ['stdin', 0]);
  assert.ok(codes.includes('PUBLISH_SLOW'), `${codes.join()} ${publish.answerUs.p99}`);
  const well = await runTaker(t, 'none', 'stdin', flags);
  assert.ok(well.publish.answerUs.p50 < 50_000, `${well.publish.answerUs.p50}`);
});

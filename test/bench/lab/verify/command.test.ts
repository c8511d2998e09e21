import assert from 'node:assert/strict';
import { test } from 'node:test';
import { executeVerify } from '../../../../bench/lab/verify/command.ts';
import type { SignalSource } from '../../../../bench/command/signals.ts';
import type { StopSignal } from '../../../../server/stop-signals.ts';
import { PushbenchError } from '../../../../bench/basics/errors.ts';
import type { Outcome } from '../../../../bench/lab/verify/check.ts';
import { fakeSurroundings } from '../../command/surroundings.ts';

const good: Outcome = { claim: 'a claim', expected: '1', measured: '1', passed: true };
const bad: Outcome = { claim: 'another claim', expected: '1', measured: '2', passed: false };
const invocation = { values: { seed: ['5'] }, operands: [], mistakes: [] };

test('the table says what was claimed, expected and measured; all passed ends with 0', async (t) => {
  const { surroundings, stdout } = await fakeSurroundings(t);
  const code = await executeVerify(invocation, surroundings, async ({ onOutcomes, seed }) => {
    assert.equal(seed, 5);
    onOutcomes([good]);
    return [good];
  });
  assert.equal(code, 0);
  assert.equal(
    stdout(),
    'pass  a claim\n      expected 1\n      measured 1\n\nAll 1 claims hold on this machine. (seed 5)\n',
  );
});

test('a claim that does not hold ends with 4 and is named with the command that repeats it', async (t) => {
  const { surroundings, stdout } = await fakeSurroundings(t);
  assert.equal(await executeVerify(invocation, surroundings, async () => [good, bad]), 4);
  assert.match(stdout(), /1 of 2 claims do not hold: another claim\. .*npm run bench -- verify --seed 5/);
});

test('--json is one document', async (t) => {
  const { surroundings, stdout } = await fakeSurroundings(t);
  const values = { ...invocation.values, json: [null] };
  await executeVerify({ ...invocation, values }, surroundings, async ({ onOutcomes }) => {
    onOutcomes([good, bad]);
    return [good, bad];
  });
  assert.deepEqual(JSON.parse(stdout()), { seed: 5, outcomes: [good, bad] });
});

test('mistakes in the flags are told before anything runs', async (t) => {
  const { surroundings } = await fakeSurroundings(t);
  const run = executeVerify({ ...invocation, values: { seed: ['x'] } }, surroundings, () =>
    Promise.reject(new Error('must not run')),
  );
  await assert.rejects(run, (error) => error instanceof PushbenchError && error.reason === 'usage');
});

test("a signal stops it, and ends it with that signal's code", async (t) => {
  const { surroundings, stderr } = await fakeSurroundings(t);
  let interrupt: (signal: StopSignal) => void = () => assert.fail('nobody listens');
  let isDeaf = false;
  const signals: SignalSource = {
    onSignal: (call) => {
      interrupt = call;
      return () => (isDeaf = true);
    },
    exitNow: () => assert.fail('not at the first signal'),
  };
  const verify = async ({ signal }: { signal: AbortSignal }) => {
    interrupt('SIGTERM');
    signal.throwIfAborted();
    return [];
  };
  assert.equal(await executeVerify(invocation, surroundings, verify, signals), 143);
  assert.match(stderr(), /^SIGTERM: stopping; nothing is kept of a self-test \(once more: stops at once\)$/m);
  assert.ok(isDeaf);
});

test('--progress says how it goes on stderr: a line a check, an event a trial, nothing', async (t) => {
  const said = async (progress: string) => {
    const { surroundings, stderr } = await fakeSurroundings(t);
    const values = { ...invocation.values, progress: [progress] };
    await executeVerify({ ...invocation, values }, surroundings, async ({ onTrial }) => {
      onTrial('clocks', 0, 2);
      onTrial('clocks', 1, 2);
      return [good];
    });
    return stderr();
  };
  assert.equal(await said('plain'), '[1/2 trials] clocks ...\n');
  assert.deepEqual(
    (await said('json'))
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
    [0, 1].map((index) => ({ type: 'trial-start', check: 'clocks', index, trials: 2 })),
  );
  assert.equal(await said('off'), '');
});

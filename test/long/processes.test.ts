// Processes killed in mid-trial, at twenty moments each, wherever they fall. Only those that the test itself has started.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { randomFrom } from '../../bench/basics/random.ts';
import { resultFromJournal } from '../../bench/run/assemble.ts';
import { judge } from '../../bench/judge/gates.ts';
import { small, startCommandLine } from '../helpers/command-line.ts';
import { childrenOf, isRunning, onlyChildren } from '../helpers/processes.ts';
import { assertOutageShown } from '../helpers/server-outage.ts';
import { temporaryFolder } from '../helpers/temporary.ts';
import { onceIn, partsOf, trialOf } from '../helpers/trials.ts';
import { until } from '../helpers/until.ts';

const TIMES = 20;
/** From the start of the ramp to somewhere in the measured window. */
const UP_TO_MS = 1500;

const TRANSPORTS = ['sse', 'websocket', 'long-polling', 'polling'] as const;

for (const [what, entry, code] of [
  ['agent', 'bench/agent/main.ts', 'AGENT_LOST'],
  ['server', 'server/main.ts', 'SERVER_LOST'],
] as const) {
  test(`${what} dies (SIGKILL), ${TIMES} times`, async (t) => {
    const random = randomFrom(1);
    const before = childrenOf(process.pid);
    const phases = new Map<string, number>();
    for (let time = 0; time < TIMES; time++) {
      const onPhase = onceIn('ramp', () => {
        setTimeout(() => {
          const parts = partsOf(process.pid, entry);
          process.kill(parts[time % parts.length]!, 'SIGKILL');
        }, random() * UP_TO_MS);
      });
      const transports = [TRANSPORTS[time % TRANSPORTS.length]!];
      const cell = { transports, agents: 2, pollIntervalsMs: [100], rampPerSecond: 100, durationMs: 1500 };
      const trial = await trialOf(cell, { onPhase });
      const { status, reasons } = judge(trial);
      assert.equal(status, 'invalid', `time ${time}`);
      assert.equal(reasons[0]!.code, code, `time ${time}: ${JSON.stringify(reasons)}`);
      const { delivered, missed, corrupt, coalesced, expected } = trial.ledger;
      assert.equal(delivered + missed + corrupt + coalesced, expected);
      const { phase } = trial.losses![0]!;
      phases.set(phase, (phases.get(phase) ?? 0) + 1);
      await onlyChildren(before);
    }
    const where = [...phases].map(([phase, count]) => `${phase} ${count}`).join(', ');
    t.diagnostic(`${TIMES} of ${TIMES} trials invalid by ${code} (${where}), ledger exact, no process left`);
  });
}

test(`controller killed (SIGKILL), ${TIMES} times`, async (t) => {
  const random = randomFrom(2);
  let trials = 0;
  for (let time = 0; time < TIMES; time++) {
    const out = join(temporaryFolder(t), 'run');
    const flags = [...small(), '--transports', 'sse,polling', '--blocks', '50', '--progress', 'json', '--out', out];
    const { child, output, ended } = startCommandLine(t, flags);
    await until(() => output.stderr.includes('"type":"trial-start"'), 'the run has begun', 30_000);
    await new Promise((resolve) => setTimeout(resolve, random() * 5000));
    const parts = childrenOf(child.pid!);
    const ends = output.stderr.split('"type":"trial-end"').length - 1;
    child.kill('SIGKILL');
    await ended;
    await until(() => !parts.some(isRunning), `time ${time}: no orphan is left`);
    const recovered = resultFromJournal(join(out, 'journal.ndjson')).trials.length;
    assert.ok(recovered >= ends, `time ${time}: ${recovered} of ${ends} trials`);
    assert.ok(readFileSync(join(out, 'journal.ndjson'), 'utf8').startsWith('{'));
    trials += recovered;
  }
  t.diagnostic(`${TIMES} of ${TIMES}: children gone, every finished trial (${trials}) recovered from the journals`);
});

for (const transport of ['websocket', 'long-polling'] as const)
  test(`server dies in mid-trial (${transport})`, async (t) => {
    await assertOutageShown(transport);
    t.diagnostic('the outage is shown, missed ticks are exact, the trial is invalid');
  });

test('server hangs (SIGSTOP)', async (t) => {
  const before = childrenOf(process.pid);
  const startMs = performance.now();
  const onPhase = onceIn('measure', () => process.kill(partsOf(process.pid, 'server/main.ts')[0]!, 'SIGSTOP'));
  const trial = await trialOf({ transports: ['sse'] }, { onPhase });
  assert.equal(judge(trial).reasons[0]!.code, 'SERVER_LOST');
  const { delivered, missed, expected } = trial.ledger;
  assert.equal(delivered + missed, expected);
  await onlyChildren(before);
  t.diagnostic(
    `given up after ${((performance.now() - startMs) / 1000).toFixed(0)} s, ${missed} of ${expected} ticks missed`,
  );
});

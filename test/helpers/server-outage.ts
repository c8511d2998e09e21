import assert from 'node:assert/strict';
import { judge } from '../../bench/judge/gates.ts';
import type { TransportId } from '../../server/transports/traits.ts';
import { SERVER } from './kill-in-trials.ts';
import { childrenOf, onlyChildren } from './processes.ts';
import { onceIn, partsOf, trialOf } from './trials.ts';

/** Runs a trial whose server is killed a second into the window, and holds what it says to what happened. */
export async function assertOutageShown(transport: TransportId): Promise<void> {
  const before = childrenOf(process.pid);
  const startedMs = performance.now();
  const onPhase = onceIn('measure', () =>
    setTimeout(() => process.kill(partsOf(process.pid, SERVER)[0]!, 'SIGKILL'), 1000),
  );
  const cell = { transports: [transport], pollIntervalsMs: [100], durationMs: 60_000 };
  const trial = await trialOf(cell, { onPhase });
  assert.ok(performance.now() - startedMs < 30_000, 'nobody waited for the end of the window');
  const { status, reasons } = judge(trial);
  const codes = reasons.map(({ code }) => code);
  assert.equal(status, 'invalid');
  assert.equal(codes[0], 'SERVER_LOST');
  assert.match(reasons[0]!.message, /server\/main\.ts \(pid \d+\) was ended by SIGKILL/);
  assert.ok(!codes.includes('FEED_RATE_OFF'), 'which would blame the load');

  // Every tick of the window is accounted for: those before the end arrived, all others are missed.
  const [loss] = trial.losses!;
  assert.equal(trial.ledger.expected, 40 * 600);
  assert.equal(trial.ledger.delivered + trial.ledger.missed, trial.ledger.expected);
  const dueBefore = Math.ceil(loss!.atMs / 100) * 40;
  // A poller of 100 ms may not have asked for the last one or two, and a tick may have been due just then.
  const lag = transport === 'polling' ? 3 * 40 : 2 * 40;
  assert.ok(trial.ledger.delivered <= dueBefore, `${trial.ledger.delivered} of ${dueBefore}`);
  assert.ok(trial.ledger.delivered >= dueBefore - lag, `${trial.ledger.delivered} of ${dueBefore}`);
  assert.deepEqual([trial.ledger.duplicate, trial.ledger.outOfOrder, trial.ledger.corrupt], [0, 0, 0]);

  // The outage: connections fall to none, nothing is delivered any more, and the mark stands where it began.
  assert.deepEqual(trial.clients, { target: 40, connected: 0, failed: 0, dropped: 40 });
  assert.equal(trial.connectionsOverTime.at(-1)!.connected, 0);
  assert.ok(trial.timeline.every(({ second }) => second <= Math.floor(loss!.atMs / 1000)));
  assert.equal(loss!.phase, 'measure');
  await onlyChildren(before);
}

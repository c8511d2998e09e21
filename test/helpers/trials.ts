import type { RunOptions } from '../../bench/run/options.ts';
import { createPlan } from '../../bench/run/plan.ts';
import type { Phase } from '../../bench/trial/progress.ts';
import { Trial } from '../../bench/result/schema.ts';
import { assertSchema } from '../../bench/result/store.ts';
import { judge, type UnjudgedTrial } from '../../bench/judge/gates.ts';
import { runTrial } from '../../bench/trial/trial.ts';
import type { Faults } from '../../server/feed/faults.ts';
import { childrenOf, commandOf } from './processes.ts';
import { runOptions } from './run-options.ts';

/**
 * One trial of a small cell with real processes, not pinned, since other tests run beside it. It holds to the schema. What
 * others took meanwhile is left out: a test is about pushbench, and would fail by the hour of the day.
 */
export async function trialOf(
  overrides: Partial<RunOptions>,
  control: { signal?: AbortSignal; onPhase?: (phase: Phase) => void; faults?: Partial<Faults> } = {},
): Promise<UnjudgedTrial> {
  const plan = createPlan(
    runOptions({ clients: [40], durationMs: 1000, warmupMs: 300, blocks: 1, pin: 'off', shared: true, ...overrides }),
  );
  const { faults = {} } = control;
  const spec = { cell: plan.cells[0]!, settings: plan.settings, block: 0, order: 0, attempt: 1, port: 0, faults };
  const signal = control.signal ?? new AbortController().signal;
  const trial = await runTrial(spec, (progress) => control.onPhase?.(progress.phase), signal);
  assertSchema(Trial, { ...trial, validity: judge(trial) }, 'the trial', 'defect');
  const { host } = trial;
  return { ...trial, host: { ...host, cpu: host.cpu && { ...host.cpu, steal: 0 } } };
}

/** The server and agent processes that a process has started: `server/main.ts`, `bench/agent/main.ts`. */
export function partsOf(parent: number, entry: string): number[] {
  return childrenOf(parent).filter((pid) => commandOf(pid).includes(entry));
}

/** Calls back once, when the trial comes to the phase. */
export function onceIn(phase: Phase, act: () => void): (phase: Phase) => void {
  let isDone = false;
  return (current) => {
    if (current !== phase || isDone) return;
    isDone = true;
    act();
  };
}

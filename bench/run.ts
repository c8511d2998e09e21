import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ownCommit, ownVersion, readEnvironment } from './environment.ts';
import { estimate } from './plan.ts';
import { summaryCsv } from './result/csv.ts';
import { assembleResult, Journal, type JournalHead } from './result/journal.ts';
import {
  SCHEMA_VERSION,
  type Cell,
  type Micro,
  type Plan,
  type RunResult,
  type Trial,
  type Validity,
} from './result/schema.ts';
import { writeAtomically, writeResult } from './result/store.ts';
import type { RunEvent } from './run-event.ts';
import { judge } from './stats/gates.ts';
import { runTrial } from './trial.ts';
import type { TrialSpec } from './trial-spec.ts';
import type { UnjudgedTrial } from './stats/gates.ts';
import type { TrialProgress } from './run-event.ts';

export type RunRequest = {
  id: string;
  /** Where to write; created if it is missing. */
  directory: string;
  label: string;
  command: string;
  /** Of the server; 0 takes a free one for each trial. */
  port: number;
  /** What the micro-benchmark found on this machine, where it was run. */
  micro?: Micro | undefined;
  /** Ends the run early: what was measured so far is kept and the result is marked interrupted. */
  signal: AbortSignal;
  onEvent: (event: RunEvent) => void;
  /** How a trial is run; replaced in tests. */
  execute?: (
    spec: TrialSpec,
    onProgress: (progress: TrialProgress) => void,
    signal: AbortSignal,
  ) => Promise<UnjudgedTrial>;
};

/**
 * Runs every trial of the plan in its order, each journalled as it ends, and writes `result.json` and `summary.csv`.
 *
 * @returns the result; `run.status` is `interrupted` when the signal ended it early
 * @throws PushbenchError where a trial could not be run; what was measured before is written as well
 */
export async function runPlan(plan: Plan, request: RunRequest): Promise<RunResult> {
  const { directory, signal, onEvent, execute = runTrial } = request;
  mkdirSync(directory, { recursive: true });
  const head: JournalHead = {
    schemaVersion: SCHEMA_VERSION,
    run: {
      id: request.id,
      label: request.label,
      command: request.command,
      version: ownVersion(),
      commit: ownCommit(),
      startedAt: new Date().toISOString(),
      finishedAt: null,
      status: 'interrupted',
    },
    plan,
    environment: readEnvironment(),
    ...(request.micro ? { micro: request.micro } : {}),
  };
  const journal = new Journal(join(directory, 'journal.ndjson'), head);
  const trials: Trial[] = [];
  const { trials: total, ms, trialMs } = estimate(plan);
  onEvent({ type: 'run-start', id: request.id, directory, plan, trials: total, estimatedMs: ms });

  const finish = (status: 'complete' | 'interrupted') => {
    journal.close();
    const run = { ...head.run, status, finishedAt: new Date().toISOString() };
    const result = assembleResult({ ...head, run }, trials);
    writeResult(join(directory, 'result.json'), result);
    writeAtomically(join(directory, 'summary.csv'), summaryCsv(result.cells));
    onEvent({ type: 'run-end', directory, result });
    return result;
  };

  const pace = new Pace(ms);
  try {
    for (const { cell, block, attempt, index, judged } of queueOf(plan)) {
      if (signal.aborted) break;
      const spec = trialSpec(plan, request, { cell, block, attempt, order: index });
      const position = { index, trials: total, cell, block, attempt: spec.attempt };
      const startedMs = performance.now();
      onEvent({ type: 'trial-start', etaMs: pace.remainingMs(0), ...position });
      const report = (progress: TrialProgress) =>
        onEvent({
          type: 'trial-progress',
          etaMs: pace.remainingMs(performance.now() - startedMs),
          ...position,
          ...progress,
        });
      const unjudged = await execute(spec, report, signal);
      const trial: Trial = { ...unjudged, validity: judge(unjudged) };
      pace.ended(trialMs(cell), performance.now() - startedMs);
      journal.add(trial);
      trials.push(trial);
      if (judged(trial.validity)) pace.add(trialMs(cell));
      onEvent({ type: 'trial-end', etaMs: pace.remainingMs(0), ...position, trial });
    }
  } catch (error) {
    if (signal.aborted) return finish('interrupted');
    // Whatever broke, hours of measuring may lie before it; before the first trial there is nothing to keep.
    if (trials.length > 0) finish('interrupted');
    else journal.discard();
    throw error;
  }
  return finish(signal.aborted ? 'interrupted' : 'complete');
}

/** A trial whose turn it is. Whoever runs it says how it was judged, and learns whether it will come again. */
type Turn = { cell: Cell; block: number; attempt: number; index: number; judged: (validity: Validity) => boolean };

/** Every trial of the plan in its order; those of a block that are invalid come once more at its end. */
function* queueOf(plan: Plan): Generator<Turn> {
  let index = 0;
  for (const [block, order] of plan.order.entries()) {
    const again: Cell[] = [];
    for (const cell of order.map((at) => plan.cells[at]!)) {
      const judged = ({ status }: Validity) => {
        const isInvalid = status === 'invalid';
        if (isInvalid) again.push(cell);
        return isInvalid;
      };
      yield { cell, block, attempt: 1, index: index++, judged };
    }
    for (const cell of again) yield { cell, block, attempt: 2, index: index++, judged: () => false };
  }
}

function trialSpec(
  { settings }: Plan,
  { port }: RunRequest,
  turn: Pick<TrialSpec, 'cell' | 'block' | 'attempt' | 'order'>,
): TrialSpec {
  return { ...turn, settings, port, cores: navigator.hardwareConcurrency };
}

/** How long the rest of a run takes, from the plan's estimate and how far off it has been so far. */
class Pace {
  #leftMs: number;
  #endedMs = 0;
  #tookMs = 0;

  /** @param plannedMs of all trials */
  constructor(plannedMs: number) {
    this.#leftMs = plannedMs;
  }

  /** A trial more than was planned. */
  add(plannedMs: number): void {
    this.#leftMs += plannedMs;
  }

  ended(plannedMs: number, tookMs: number): void {
    this.#leftMs -= plannedMs;
    this.#endedMs += plannedMs;
    this.#tookMs += tookMs;
  }

  /** @param spentMs how long the running trial has run */
  remainingMs(spentMs: number): number {
    const factor = this.#endedMs === 0 ? 1 : this.#tookMs / this.#endedMs;
    return Math.max(0, this.#leftMs * factor - spentMs);
  }
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ownCommit, ownVersion, readEnvironment } from './environment.ts';
import { estimate } from './plan.ts';
import { summaryCsv } from './result/csv.ts';
import { assembleResult, Journal, type JournalHead } from './result/journal.ts';
import { SCHEMA_VERSION, type Cell, type Plan, type RunResult, type Trial } from './result/schema.ts';
import { writeAtomically, writeResult } from './result/store.ts';
import type { RunEvent } from './run-event.ts';
import { judge } from './stats/gates.ts';
import { runTrial, type TrialSpec } from './trial.ts';
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

  const queue = plan.order.flatMap((cells, block) => cells.map((index) => ({ cell: plan.cells[index]!, block })));
  const pace = new Pace(queue.map(({ cell }) => trialMs(cell)));
  try {
    for (const [index, { cell, block }] of queue.entries()) {
      if (signal.aborted) break;
      const spec = trialSpec(plan, request, cell, block, index);
      const position = { index, trials: total, cell, block, attempt: spec.attempt };
      const startedMs = performance.now();
      onEvent({ type: 'trial-start', etaMs: pace.remainingMs(index, 0), ...position });
      const report = (progress: TrialProgress) =>
        onEvent({
          type: 'trial-progress',
          etaMs: pace.remainingMs(index, performance.now() - startedMs),
          ...position,
          ...progress,
        });
      const unjudged = await execute(spec, report, signal);
      const trial: Trial = { ...unjudged, validity: judge(unjudged) };
      pace.took(index, performance.now() - startedMs);
      journal.add(trial);
      trials.push(trial);
      onEvent({ type: 'trial-end', etaMs: pace.remainingMs(index + 1, 0), ...position, trial });
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

function trialSpec(plan: Plan, request: RunRequest, cell: Cell, block: number, order: number): TrialSpec {
  const { settings } = plan;
  return { cell, settings, block, order, attempt: 1, port: request.port, cores: navigator.hardwareConcurrency };
}

/** How long the rest of a run takes, from the plan's estimate and how far off it has been so far. */
class Pace {
  readonly #estimatesMs: readonly number[];
  #tookMs = 0;
  #plannedMs = 0;

  constructor(estimatesMs: readonly number[]) {
    this.#estimatesMs = estimatesMs;
  }

  took(index: number, ms: number): void {
    this.#tookMs += ms;
    this.#plannedMs += this.#estimatesMs[index]!;
  }

  /** @param index the trial that runs or is next, `spentMs` into it */
  remainingMs(index: number, spentMs: number): number {
    const plannedMs = this.#estimatesMs.slice(index).reduce((sum, ms) => sum + ms, 0);
    const factor = this.#plannedMs === 0 ? 1 : this.#tookMs / this.#plannedMs;
    return Math.max(0, plannedMs * factor - spentMs);
  }
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Faults } from '../../../server/feed/faults.ts';
import { readEnvironment } from '../../machine/environment.ts';
import { CAPACITY_JOURNAL } from '../../result/folder.ts';
import { Journal } from '../../result/journal.ts';
import type { Trial } from '../../result/schema.ts';
import type { TrialProgress } from '../../trial/progress.ts';
import { beginRun } from '../run-info.ts';
import { judge, type UnjudgedTrial } from '../../judge/gates.ts';
import { runTrial } from '../../trial/trial.ts';
import type { TrialSpec } from '../../trial/spec.ts';
import { isUnwritten, written } from '../unwritten-run.ts';
import { bracketOf, type Stage } from './boundary.ts';
import { observationsOf } from './answer.ts';
import { writeCapacity } from './file.ts';
import { cellAt, settingsAt } from './levels.ts';
import { composeResult, judgedStep, nextOf } from './compose.ts';
import {
  CAPACITY_SCHEMA_VERSION,
  type CapacityAnswer,
  type CapacityHead,
  type CapacityResult,
  type CapacityStep,
  type JournalStep,
  type SearchPlan,
} from '../../result/capacity-schema.ts';
import { voidsAtEnd } from './search.ts';

/**
 * Where a search stands: what is shown on a terminal, and each line of `--progress json`. `rest`: the machine was disturbed,
 * and is given that much time before the step is repeated.
 */
export type CapacityEvent =
  | { type: 'search-start'; id: string; directory: string; search: SearchPlan }
  | { type: 'rest'; transport: string; ms: number }
  | ({ type: 'step-start' } & StepPosition)
  | ({ type: 'step-progress' } & StepPosition & TrialProgress)
  | ({ type: 'step-end'; step: CapacityStep } & StepPosition)
  | { type: 'answer'; answer: CapacityAnswer }
  | { type: 'search-end'; directory: string; result: CapacityResult };

/** Which step, and what was known before it. */
export type StepPosition = {
  transport: string;
  /** Of the transport's, from 1. */
  number: number;
  stage: Stage;
  level: number;
  /** The highest load that nothing speaks against, and the lowest that nothing speaks for; null: not known yet. */
  low: number | null;
  high: number | null;
};

export type CapacityRequest = {
  id: string;
  /** Where to write; created if it is missing. */
  directory: string;
  label: string;
  command: string;
  /** Of the server; 0 takes a free one for each step. */
  port: number;
  /** Ends the search early: what is known so far is kept and the result is marked interrupted. */
  signal: AbortSignal;
  onEvent: (event: CapacityEvent) => void;
  /** What the server is to do wrong on purpose; set by tests alone. */
  faults?: Partial<Faults>;
  /** How a trial is run; replaced in tests. */
  execute?: (
    spec: TrialSpec,
    onProgress: (progress: TrialProgress) => void,
    signal: AbortSignal,
  ) => Promise<UnjudgedTrial>;
  /** How the machine is given time; replaced in tests. */
  rest?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
};

/** Before a disturbed step is repeated; each time twice as long: other guests of a host are busy for seconds or minutes. */
const FIRST_REST_MS = 3000;

/**
 * Searches the capacity of each transport, one after the other; every step is one life of a server and is journalled as it
 * ends. Writes `capacity.json`.
 *
 * @returns the result; `run.status` is `interrupted` when the signal ended it early
 * @throws PushbenchError where a trial could not be run; what was found before is written as well.
 *   `UnwrittenRun` where that could not be written either
 */
export async function runCapacity(plan: SearchPlan, request: CapacityRequest): Promise<CapacityResult> {
  const { directory, signal, onEvent, execute = runTrial, rest = restFor } = request;
  mkdirSync(directory, { recursive: true });
  const { begun, ended } = beginRun(request);
  const head: CapacityHead = {
    schemaVersion: CAPACITY_SCHEMA_VERSION,
    kind: 'capacity',
    run: begun,
    search: plan,
    environment: readEnvironment(),
  };
  const journal = new Journal<CapacityHead, JournalStep>(join(directory, CAPACITY_JOURNAL), head);
  const steps: CapacityStep[] = [];
  onEvent({ type: 'search-start', id: request.id, directory, search: plan });

  const composed = (status: 'complete' | 'interrupted') => composeResult({ ...head, run: ended(status) }, steps);
  const finish = (status: 'complete' | 'interrupted') => {
    journal.close();
    const result = composed(status);
    written(
      () => writeCapacity(directory, result),
      () => result,
    );
    onEvent({ type: 'search-end', directory, result });
    return result;
  };

  try {
    for (const transport of plan.transports) {
      const own: CapacityStep[] = [];
      for (;;) {
        const next = nextOf(plan, own);
        if (next.type === 'end' || signal.aborted) break;
        const voids = voidsAtEnd(own);
        if (voids > 0) {
          const ms = FIRST_REST_MS * 2 ** (voids - 1);
          onEvent({ type: 'rest', transport, ms });
          await rest(ms, signal);
        }
        const position = positionOf(transport, next, own);
        onEvent({ type: 'step-start', ...position });
        const report = (progress: TrialProgress) => onEvent({ type: 'step-progress', ...position, ...progress });
        const unjudged = await execute(specOf(plan, request, position, steps.length), report, signal);
        const trial: Trial = { ...unjudged, validity: judge(unjudged) };
        const journalled = { transport, stage: next.stage, level: next.level, trial };
        const step = judgedStep(plan, journalled);
        own.push(step);
        steps.push(step);
        written(
          () => journal.add(journalled),
          () => composed('interrupted'),
        );
        onEvent({ type: 'step-end', ...position, step });
      }
      if (signal.aborted) break;
      const [answer] = composeResult(head, own).answers;
      if (answer !== undefined) onEvent({ type: 'answer', answer });
    }
  } catch (error) {
    if (isUnwritten(error)) {
      journal.close();
      throw error;
    }
    if (signal.aborted) return finish('interrupted');
    if (steps.length > 0) finish('interrupted');
    else journal.discard();
    throw error;
  }
  return finish(signal.aborted ? 'interrupted' : 'complete');
}

async function restFor(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal });
}

function positionOf(
  transport: string,
  next: { stage: Stage; level: number },
  own: readonly CapacityStep[],
): StepPosition {
  const { low, high } = bracketOf(observationsOf(own));
  return { transport, number: own.length + 1, stage: next.stage, level: next.level, low, high };
}

/** Each step is a block of its own, so that none repeats the phases and the order of another. */
function specOf(
  plan: SearchPlan,
  { port, faults }: CapacityRequest,
  { transport, level }: StepPosition,
  index: number,
): TrialSpec {
  const cell = cellAt(plan, transport, level);
  const settings = settingsAt(plan, cell);
  return { cell, settings, block: index, order: index, attempt: 1, port, ...(faults ? { faults } : {}) };
}

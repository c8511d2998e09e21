import { setTimeout } from 'node:timers/promises';
import type { Faults } from '../../../server/feed/faults.ts';
import { readEnvironment } from '../../machine/environment.ts';
import {
  CAPACITY_SCHEMA_VERSION,
  type CapacityAnswer,
  type CapacityHead,
  type CapacityResult,
  type CapacityStep,
  type JournalStep,
  type SearchPlan,
} from '../../result/capacity-schema.ts';
import { CAPACITY_JOURNAL } from '../../result/folder.ts';
import type { TrialProgress } from '../../trial/progress.ts';
import type { TrialSpec } from '../../trial/spec.ts';
import { runLoop, type LoopRequest } from '../loop.ts';
import { observationsOf } from './answer.ts';
import { bracketOf, type Stage } from './boundary.ts';
import { answersOf, composeResult, judgedStep, nextOf } from './compose.ts';
import { writeCapacity } from './file.ts';
import { cellAt, settingsAt } from './levels.ts';
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

export type CapacityRequest = LoopRequest<CapacityEvent> & {
  /** What the server is to do wrong on purpose; set by tests alone. */
  faults?: Partial<Faults>;
  /** How the machine is given time; replaced in tests. */
  rest?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
};

/** Before a disturbed step is repeated; each time twice as long: other guests of a host are busy for seconds or minutes. */
const FIRST_REST_MS = 3000;

/**
 * Searches the capacity of each transport, one after the other; every step is one life of a server and is journalled as it
 * ends. Writes `capacity.json`. Returns and throws as {@link runLoop} does.
 */
export function runCapacity(plan: SearchPlan, request: CapacityRequest): Promise<CapacityResult> {
  const { directory, signal, onEvent, rest = waitFor } = request;
  return runLoop<CapacityHead, JournalStep, CapacityResult>(request, {
    journal: CAPACITY_JOURNAL,
    head: (run) => ({
      schemaVersion: CAPACITY_SCHEMA_VERSION,
      kind: 'capacity',
      run,
      search: plan,
      environment: readEnvironment(),
    }),
    compose: composeResult,
    write: (result) => writeCapacity(directory, result),
    begun: () => onEvent({ type: 'search-start', id: request.id, directory, search: plan }),
    ended: (result) => onEvent({ type: 'search-end', directory, result }),
    trials: async (measure) => {
      let index = 0;
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
          const { stage, level } = next;
          const { low, high } = bracketOf(observationsOf(own));
          const position = { transport, number: own.length + 1, stage, level, low, high };
          onEvent({ type: 'step-start', ...position });
          const report = (progress: TrialProgress) => onEvent({ type: 'step-progress', ...position, ...progress });
          const spec = specOf(plan, request, position, index++);
          const step = judgedStep(plan, await measure(spec, report, (trial) => ({ transport, stage, level, trial })));
          own.push(step);
          onEvent({ type: 'step-end', ...position, step });
        }
        if (signal.aborted) break;
        const [answer] = answersOf(plan, own);
        if (answer !== undefined) onEvent({ type: 'answer', answer });
      }
    },
  });
}

const waitFor = (ms: number, signal: AbortSignal): Promise<void> => setTimeout(ms, undefined, { signal });

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

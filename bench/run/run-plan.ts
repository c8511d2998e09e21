import { join } from 'node:path';
import type { Address } from '../machine/address.ts';
import { invalidCodes } from '../judge/standing-trials.ts';
import { readEnvironment } from '../machine/environment.ts';
import type { JournalHead } from '../result/journal.ts';
import {
  SCHEMA_VERSION,
  type Cell,
  type Micro,
  type Plan,
  type RunResult,
  type Trial,
  type Validity,
} from '../result/schema.ts';
import { writeAtomically, writeResult } from '../result/store.ts';
import type { TrialProgress } from '../trial/progress.ts';
import { assembleResult } from './assemble.ts';
import { runLoop, type LoopRequest } from './loop.ts';
import { estimate } from './plan.ts';
import type { RunEvent } from './run-event.ts';
import { summaryCsv } from './summary-csv.ts';
import { measureYardstick } from './yardstick.ts';

export type RunRequest = LoopRequest<RunEvent> & {
  /** Where the server listens and the agents aim; absent: loopback. */
  address?: Address;
  /** What the micro-benchmark found on this machine, where it was run. */
  micro?: Micro | undefined;
  /** How the machine's speed is found out; replaced in tests. */
  yardstick?: typeof measureYardstick;
};

/**
 * Runs every trial of the plan in its order, each journalled as it ends, and writes `result.json` and `summary.csv`. Returns
 * and throws as {@link runLoop} does.
 */
export function runPlan(plan: Plan, request: RunRequest): Promise<RunResult> {
  const { directory, port, address, signal, onEvent, micro, yardstick = measureYardstick } = request;
  const at = address ? { address } : {};
  const { trials: total, ms, trialMs } = estimate(plan);
  return runLoop<JournalHead, Trial, RunResult>(request, {
    journal: 'journal.ndjson',
    head: (run) => ({
      schemaVersion: SCHEMA_VERSION,
      run,
      plan,
      environment: readEnvironment(),
      ...(micro ? { micro } : {}),
    }),
    compose: assembleResult,
    write: (result) => {
      writeResult(join(directory, 'result.json'), result);
      writeAtomically(join(directory, 'summary.csv'), summaryCsv(result.cells));
    },
    begun: () => onEvent({ type: 'run-start', id: request.id, directory, plan, trials: total, estimatedMs: ms }),
    ended: (result) => onEvent({ type: 'run-end', directory, result }),
    trials: async (measure) => {
      const pace = new Pace(ms);
      let lastBlock = -1;
      for (const { cell, block, attempt, index, judged } of queueOf(plan)) {
        if (signal.aborted) break;
        const position = { index, trials: total, cell, block, attempt };
        const trialStartMs = performance.now();
        onEvent({ type: 'trial-start', etaMs: pace.remainingMs(0), ...position });
        const report = (progress: TrialProgress) => {
          const etaMs = pace.remainingMs(performance.now() - trialStartMs);
          onEvent({ type: 'trial-progress', etaMs, ...position, ...progress });
        };
        const place = { cell, block, attempt, order: index };
        const isFirst = block !== lastBlock;
        lastBlock = block;
        // How fast the machine is changes from block to block; of one that is shared it would tell of the others.
        const taken = isFirst && !plan.settings.shared ? { yardstick: await yardstick(plan.settings, signal) } : {};
        const spec = { ...place, settings: plan.settings, port, ...at };
        const trial = await measure(spec, report, (whole) => ({ ...whole, ...taken }));
        pace.ended(trialMs(cell), performance.now() - trialStartMs);
        if (judged(trial.validity)) pace.add(trialMs(cell));
        onEvent({ type: 'trial-end', etaMs: pace.remainingMs(0), ...position, trial });
      }
    },
  });
}

/** A trial whose turn it is. Whoever runs it says how it was judged, and learns whether it will come again. */
type Turn = { cell: Cell; block: number; attempt: number; index: number; judged: (validity: Validity) => boolean };

/**
 * Every trial of the plan in its order; those of a block that are invalid come once more at its end. A cell that stayed
 * invalid for the same reason in so many blocks has a cause that repeating does not cure, and is not repeated any more.
 */
function* queueOf(plan: Plan): Generator<Turn> {
  let index = 0;
  const vain = new VainRepeats();
  for (const [block, order] of plan.order.entries()) {
    const again: { cell: Cell; first: Validity }[] = [];
    for (const cell of order.map((at) => plan.cells[at]!)) {
      const judged = (first: Validity) => {
        const isRepeated = first.status === 'invalid' && !vain.isHopeless(cell);
        if (isRepeated) again.push({ cell, first });
        return isRepeated;
      };
      yield { cell, block, attempt: 1, index: index++, judged };
    }
    for (const { cell, first } of again) {
      const judged = (second: Validity) => {
        vain.note(cell, first, second);
        return false;
      };
      yield { cell, block, attempt: 2, index: index++, judged };
    }
  }
}

const MAX_VAIN_REPEATS = 2;

/** Counts for each cell the blocks in which both attempts were invalid for the same reason. */
class VainRepeats {
  readonly #blocks = new Map<Cell, Map<string, number>>();

  note(cell: Cell, first: Validity, second: Validity): void {
    const counts = this.#blocks.get(cell) ?? new Map<string, number>();
    this.#blocks.set(cell, counts);
    const both = new Set(invalidCodes(first)).intersection(new Set(invalidCodes(second)));
    for (const code of both) counts.set(code, (counts.get(code) ?? 0) + 1);
  }

  isHopeless(cell: Cell): boolean {
    return [...(this.#blocks.get(cell)?.values() ?? [])].some((blocks) => blocks >= MAX_VAIN_REPEATS);
  }
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

import { setImmediate as turn } from 'node:timers/promises';
import { kindOf, minimise } from './minimise.ts';
import { inputOf } from './mutate.ts';
import type { FuzzTarget } from './target.ts';

/** An input that a parser reads wrongly: as short as it could be made, and what is wrong. */
type Finding = { readonly run: number; readonly wrong: string; readonly bytes: Uint8Array };

export type FuzzOptions = {
  readonly seed: number;
  /** Number of the first run; runs are numbered so that each can be had again. */
  readonly from?: number;
  readonly runs: number;
  /** Stops between two runs when this time has come, on `performance.now()`. */
  readonly untilMs?: number;
  /** Told before each run; whoever watches sees where it hangs. */
  readonly onRun?: (run: number) => void;
};

export type FuzzOutcome = {
  readonly runs: number;
  readonly findings: readonly Finding[];
  /**
   * By how much the heap and external memory that survive a full collection grew between the first tenth and the end; NaN
   * where the process was started without `--expose-gc`.
   */
  readonly grownBytes: number;
};

/** Of each kind of finding the first is kept: one fault shows in a thousand inputs. */
const MAX_FINDINGS = 20;
const RUNS_A_TURN = 1000;

/** Mutates, reads, compares. Nothing but the findings is kept. */
export async function fuzz(target: FuzzTarget, options: FuzzOptions): Promise<FuzzOutcome> {
  const { seed, from = 0, runs, untilMs = Number.POSITIVE_INFINITY, onRun } = options;
  const findings = new Map<string, Finding>();
  let early = Number.NaN;
  let run = from;
  for (; run < from + runs && performance.now() < untilMs; run++) {
    onRun?.(run);
    // What a collection frees is given back in turns of the event loop, which promises alone never end.
    if (run % RUNS_A_TURN === 0) await turn();
    if (run - from === Math.ceil(runs / 10)) early = await heldBytes();
    const { bytes, cuts } = inputOf(target, seed, run);
    const wrong = await target.check(bytes, cuts);
    if (wrong === undefined || findings.has(kindOf(wrong)) || findings.size >= MAX_FINDINGS) continue;
    findings.set(kindOf(wrong), { run, wrong, bytes: await minimise(target, bytes, wrong) });
  }
  return { runs: run - from, findings: [...findings.values()], grownBytes: (await heldBytes()) - early };
}

async function heldBytes(): Promise<number> {
  if (!globalThis.gc) return Number.NaN;
  globalThis.gc();
  await turn();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

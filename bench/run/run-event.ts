import type { Cell, Plan, RunResult, Trial } from '../result/schema.ts';
import type { TrialProgress } from '../trial/progress.ts';

/** Where a run stands: what is shown on a terminal, and each line of `--progress json`. */
export type RunEvent =
  | { type: 'run-start'; id: string; directory: string; plan: Plan; trials: number; estimatedMs: number }
  | ({ type: 'trial-start'; etaMs: number } & Position)
  | ({ type: 'trial-progress'; etaMs: number } & Position & TrialProgress)
  | ({ type: 'trial-end'; etaMs: number; trial: Trial } & Position)
  | { type: 'run-end'; directory: string; result: RunResult };

/** Which trial of the run: `index` counts from 0 and may exceed `trials` by repeated ones. */
export type Position = { index: number; trials: number; cell: Cell; block: number; attempt: number };

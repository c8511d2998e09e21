import type { RunResult } from '../result/schema.ts';
import { standingTrials } from './standing.ts';

/** How far a run can be relied on: the one answer for the terminal, the report and the exit code. */
export type Judgement = {
  /** `invalid`: no trial to rely on; `caution`: a standing trial is not valid, or the run was interrupted. */
  readonly status: 'valid' | 'caution' | 'invalid';
  /** How many trials were planned, attempts that repeat one not counted. */
  readonly planned: number;
  /** How many trials stand: the last attempt of each. */
  readonly trials: number;
  /** Of those that stand: without any reason, with a caution (they count too), and those that do not count. */
  readonly valid: number;
  readonly cautions: number;
  readonly invalid: number;
  /** How many attempts were run once more. They are told, but what replaced them is judged. */
  readonly repeated: number;
  readonly isInterrupted: boolean;
};

/** Judges a run by its standing trials. */
export function judgement(result: Pick<RunResult, 'trials' | 'run' | 'plan'>): Judgement {
  const standing = standingTrials(result.trials);
  const count = (status: string) => standing.filter(({ validity }) => validity.status === status).length;
  const [valid, cautions, invalid] = [count('valid'), count('caution'), count('invalid')];
  const isInterrupted = result.run.status === 'interrupted';
  const isClean = valid === standing.length && !isInterrupted;
  return {
    status: invalid === standing.length ? 'invalid' : isClean ? 'valid' : 'caution',
    planned: result.plan.cells.length * result.plan.settings.blocks,
    trials: standing.length,
    valid,
    cautions,
    invalid,
    repeated: result.trials.length - standing.length,
    isInterrupted,
  };
}

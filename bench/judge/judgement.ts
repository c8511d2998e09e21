import type { Judgement, RunResult } from '../result/schema.ts';
import { standingTrials } from './standing-trials.ts';

/** Judges a run by its standing trials: the one answer for terminal, report, list and exit code. */
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

import type { RunResult } from '../../bench/result/schema.ts';
import { plural } from '../format.ts';

/** How far the run as a whole can be relied on. */
export type Standing = {
  readonly status: 'valid' | 'caution' | 'invalid';
  /** One sentence for beside the badge. */
  readonly why: string;
  /** Why no figure can be shown at all, and what to do; `null` when there are figures. */
  readonly nothing: string | null;
};

/**
 * `invalid` when there is no trial to rely on, `caution` when any trial is not valid or the run was interrupted.
 * Invalid trials or cells do not condemn the others: the matrix and the warnings name them.
 */
export function standingOf(result: RunResult): Standing {
  const { trials, run } = result;
  const interrupted = run.status === 'interrupted';
  const planned = result.plan.cells.length * result.plan.settings.blocks;
  if (trials.length === 0) {
    const cause = interrupted ? 'The run was interrupted before its first trial ended' : 'The run holds no trial';
    return {
      status: 'invalid',
      why: `${cause}.`,
      nothing: `${cause}, so there is no figure to show. The command that repeats it is at the top of this page.`,
    };
  }
  const invalid = trials.filter((trial) => trial.validity.status === 'invalid').length;
  const caution = trials.filter((trial) => trial.validity.status === 'caution').length;
  const valid = trials.length - invalid - caution;
  const marked = [
    ...(caution > 0 ? [`${caution} with a caution`] : []),
    ...(invalid > 0 ? [`${invalid} invalid`] : []),
  ];
  const ran = [`${valid} of ${plural(trials.length, 'trial')} valid`, ...marked].join(', ');
  const rest = interrupted ? `; interrupted after ${trials.length} of ${plural(planned, 'trial')}` : '';
  if (invalid === trials.length) {
    return {
      status: 'invalid',
      why: `No trial is valid${rest}.`,
      nothing: `None of the ${plural(trials.length, 'trial')} is valid, so no figure can be relied on and none is drawn. The warnings say why and what to do; the tables keep the figures, marked.`,
    };
  }
  const clean = invalid + caution === 0 && !interrupted;
  return { status: clean ? 'valid' : 'caution', why: `${ran}${rest}.`, nothing: null };
}

import type { RunResult } from '../../bench/result/schema.ts';
import { judgement } from '../../bench/judge/judgement.ts';
import { plural } from '../../bench/basics/amounts.ts';

/** How far the run as a whole can be relied on. */
export type Standing = {
  readonly status: 'valid' | 'caution' | 'invalid';
  /** One sentence for beside the badge. */
  readonly why: string;
  /** Why no figure can be shown at all, and what to do; `null` when there are figures. */
  readonly nothing: string | null;
};

/**
 * Says the run's {@link judgement}. An attempt that was repeated is told, but what replaced it is judged.
 * Invalid trials or cells do not condemn the others: the matrix and the warnings name them.
 */
export function standingOf(result: RunResult): Standing {
  const { status, planned, trials, valid, cautions, invalid, repeated, isInterrupted } = judgement(result);
  if (trials === 0) {
    const cause = isInterrupted ? 'The run was interrupted before its first trial ended' : 'The run holds no trial';
    return {
      status: 'invalid',
      why: `${cause}.`,
      nothing: `${cause}, so there is no figure to show. The command that repeats it is at the top of this page.`,
    };
  }
  const marked = [
    ...(cautions > 0 ? [`${cautions} with a caution`] : []),
    ...(invalid > 0 ? [`${invalid} invalid`] : []),
    ...(repeated > 0 ? [`${plural(repeated, 'invalid attempt')} repeated`] : []),
  ];
  const ran = [`${valid} of ${plural(trials, 'trial')} valid`, ...marked].join(', ');
  const rest = isInterrupted ? `; interrupted after ${trials} of ${plural(planned, 'trial')}` : '';
  if (status === 'invalid') {
    return {
      status: 'invalid',
      why: `No trial is valid${rest}.`,
      nothing: `None of the ${plural(trials, 'trial')} is valid, so no figure can be relied on and none is drawn. The warnings say why and what to do; the tables keep the figures, marked.`,
    };
  }
  return { status, why: `${ran}${rest}.`, nothing: null };
}

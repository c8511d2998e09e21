import type { CapacityResult } from '../../bench/result/capacity-schema.ts';
import type { Standing } from '../figures/trust.ts';
import { enumerate, plural } from '../../bench/basics/amounts.ts';

/** Everything that a section of a search's page may show. */
export type SearchView = {
  readonly result: CapacityResult;
  readonly standing: SearchStanding;
};

/** How far the answers of a search as a whole can be relied on. */
export type SearchStanding = Pick<Standing, 'status' | 'why'> & {
  /** Labels of the transports that no step of was finished. */
  readonly unsearched: readonly string[];
};

/** `invalid` where nothing is known, `caution` where a transport is without an answer or its answer without an interval. */
export function standingOf({ run, transports, steps, answers }: CapacityResult): SearchStanding {
  const unsearched = transports
    .filter(({ id }) => answers.every(({ transport }) => transport !== id))
    .map(({ label }) => label);
  const open = answers.filter(({ outcome }) => outcome === 'enclosed').length;
  const wasCut = run.status === 'interrupted';
  const cut = wasCut ? `The search was interrupted after ${plural(steps.length, 'step')}. ` : '';
  if (answers.length === 0)
    return { status: 'invalid', why: `${cut}No step was finished: nothing is known.`, unsearched };
  const parts = [
    `${plural(answers.length - open, 'answer')} from ${plural(steps.length, 'step')}`,
    ...(open > 0 ? [`${open} without an interval`] : []),
    ...(unsearched.length > 0 ? [`${enumerate(unsearched)} not searched`] : []),
  ];
  const isWhole = open === 0 && unsearched.length === 0 && !wasCut;
  return { status: isWhole ? 'valid' : 'caution', why: `${cut}${parts.join(', ')}.`, unsearched };
}

// How many blocks it takes before anything can be declared. The answer comes from the tests themselves.
import { holm } from './holm.ts';
import { pairsOf, possibleBaselines } from './baseline.ts';
import { ALPHA, MIN_BLOCKS } from './questions.ts';
import { shiftP } from './shift.ts';
import { signedRank } from './wilcoxon.ts';
import { loadKey } from '../result/cell.ts';
import type { Plan } from '../result/schema.ts';

/**
 * The fewest blocks with which a difference can be declared where so many pairs are compared: with fewer not even one that shows
 * in every block is. Hence also the fewest with which all are declared that show in every block.
 */
export function fewestBlocks(pairs: number): number {
  for (let blocks = MIN_BLOCKS; ; blocks++) {
    const p = shiftP(signedRank(Array.from({ length: blocks }, (_, block) => 1 + block)));
    if (holm(Array<number>(pairs).fill(p), ALPHA).every(({ rejected }) => rejected)) return blocks;
  }
}

/** What verdicts of a run will rest on. */
export type Reach = {
  /** At the load that has most. */
  readonly entrants: number;
  /** Of one question, there. */
  readonly pairs: number;
  /** See {@link fewestBlocks}; null where nothing is compared. */
  readonly blocks: number | null;
  /** A baseline for which fewer blocks would do; null where there is none, or one was chosen. */
  readonly easier: { readonly baseline: string; readonly blocks: number } | null;
};

/** What the plan compares, and the blocks that takes. */
export function reachOf({ cells, settings: { baseline } }: Pick<Plan, 'cells' | 'settings'>): Reach {
  const levels = [...Map.groupBy(cells, loadKey).values()].map((level) => ({
    level,
    pairs: pairsOf(level, baseline).length,
  }));
  const { level, pairs } = levels.reduce((most, other) => (other.pairs > most.pairs ? other : most));
  if (pairs === 0) return { entrants: level.length, pairs, blocks: null, easier: null };
  const blocks = fewestBlocks(pairs);
  const [easiest] = baseline === undefined ? possibleBaselines(level) : [];
  const fewer = easiest === undefined ? blocks : fewestBlocks(pairsOf(level, easiest).length);
  return {
    entrants: level.length,
    pairs,
    blocks,
    easier: fewer < blocks ? { baseline: easiest!, blocks: fewer } : null,
  };
}

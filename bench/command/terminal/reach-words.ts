import type { Plan } from '../../result/schema.ts';
import { reachOf } from '../../judge/fewest-blocks.ts';
import { plural } from '../../basics/amounts.ts';
import { visible } from '../../basics/shown.ts';

/** What verdicts will rest on: `24 entrants, 276 pairs: a difference can be seen with 14 blocks or more`. */
export function reachText(plan: Pick<Plan, 'cells' | 'settings'>): string {
  const { entrants, pairs, blocks } = reachOf(plan);
  if (blocks === null) return 'one entrant at each load: nothing to compare';
  return `${whatText(plan, entrants, pairs)}: a difference can be seen with ${plural(blocks, 'block')} or more`;
}

/**
 * Where the blocks asked for are too few for any difference, however large: how many it takes, and what would take fewer; else null.
 * A single block is a look, of which nobody expects verdicts.
 */
export function tooFewBlocksText(plan: Pick<Plan, 'cells' | 'settings'>): string | null {
  const asked = plan.settings.blocks;
  const { entrants, pairs, blocks, easier } = reachOf(plan);
  if (blocks === null || asked === 1 || asked >= blocks) return null;
  const hint = easier === null ? '' : `, or ${easier.blocks} with --baseline ${visible(easier.baseline)}`;
  return `${whatText(plan, entrants, pairs)}: ${plural(asked, 'block')} can declare no difference, however large; it takes at least ${blocks}${hint}`;
}

function whatText({ settings: { baseline } }: Pick<Plan, 'settings'>, entrants: number, pairs: number): string {
  const what = `${plural(entrants, 'entrant')}, ${plural(pairs, 'pair')}`;
  return baseline === undefined ? what : `${what} with ${visible(baseline)}`;
}

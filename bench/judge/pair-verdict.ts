import type { Cell, Comparison, PairVerdict } from '../result/schema.ts';
import { settles } from './projection.ts';
import { MIN_BLOCKS, QUESTIONS } from './questions.ts';
import { invalidCauses, type StandingTrials } from './standing-trials.ts';
import { causesText, certainty, figureOf, loadText, outlookText, thatOf, unitOf } from './verdict-words.ts';
import { percent, plural, quantities, signed } from '../basics/amounts.ts';
import { cellKey } from '../result/cell.ts';

/** A verdict, and where it is withheld why, as part of a sentence. */
export type JudgedPair = { readonly verdict: PairVerdict; readonly shortage: string };

/**
 * The verdict on two transports from their comparison.
 *
 * @param index of the comparison among all of the run
 * @param cells of the first and the second of the two
 */
export function judgePair(
  comparison: Comparison,
  index: number,
  standing: StandingTrials,
  cells: readonly [Cell, Cell],
): JudgedPair {
  const { question, load, a, b } = comparison;
  const outcome = outcomeOf(comparison);
  const causes = outcome === 'withheld' ? invalidCauses(standing, cells) : [];
  const shortage = outcome === 'withheld' ? shortageText(comparison.blocks, blocksOfBoth(standing, cells), causes) : '';
  const sentence = `${loadText(load)}: ${statement(comparison, outcome, shortage)}`;
  return { verdict: { kind: 'pair', question, load, a, b, outcome, comparison: index, causes, sentence }, shortage };
}

function blocksOfBoth(standing: StandingTrials, [a, b]: readonly [Cell, Cell]): number {
  const other = standing.get(cellKey(b));
  return [...(standing.get(cellKey(a))?.keys() ?? [])].filter((block) => other?.has(block)).length;
}

/** How the first competitor of a comparison does against the second; lower figures are better, for every question. */
export function outcomeOf({ p, scale, ratio, difference, margin, marginUnits }: Comparison): PairVerdict['outcome'] {
  if (p === null) return 'withheld';
  const estimate = scale === 'ratio' ? ratio : difference;
  if (estimate === null || estimate.low === null || estimate.high === null) return 'cannot-tell';
  const settled =
    scale === 'ratio'
      ? settles({ low: Math.log(estimate.low), high: Math.log(estimate.high) }, Math.log1p(margin))
      : settles({ low: estimate.low, high: estimate.high }, marginUnits);
  if (settled === null) return 'cannot-tell';
  return settled === 'within' ? 'equivalent' : settled === 'below' ? 'better' : 'worse';
}

function statement(comparison: Comparison, outcome: PairVerdict['outcome'], shortage: string): string {
  const { figure } = QUESTIONS.find(({ id }) => id === comparison.question)!;
  if (outcome === 'withheld') {
    return `no verdict on the ${figure} of ${comparison.a.label} and ${comparison.b.label}: ${shortage}.`;
  }
  if (outcome === 'cannot-tell') return openText(comparison, figure);
  if (outcome === 'equivalent') return equivalentText(comparison, figure);
  return resolvedText(comparison, figure, outcome === 'better');
}

/** Shown as an amount by which the better one is lower; in per cent where differences alone would not show it. */
function resolvedText(comparison: Comparison, figure: string, isFirstBetter: boolean): string {
  const { a, b, ratio, family, blocks } = comparison;
  const [winner, loser] = isFirstBetter ? [a.label, b.label] : [b.label, a.label];
  const { value, low, high } = inward(comparison.difference!, isFirstBetter, (x) => -x);
  let { texts, unit } = quantities(unitOf(comparison.metric), value, low, high);
  if (low <= 0 && ratio !== null) {
    const share = inward(ratio, isFirstBetter, (x) => 1 / x);
    const shares = [1 - 1 / share.value, 1 - 1 / share.low, 1 - 1 / share.high] as const;
    ({ texts, unit } = quantities('ratio', ...shares));
  }
  const sure = certainty(`${texts[1]} to ${texts[2]}`, family, blocks);
  return `${figureOf(winner, figure)} was ${texts[0]}${unit} lower than ${thatOf(loser)} (${sure}${byDifference(comparison)}).`;
}

/** An estimate with its bounds as seen from the loser: how much more it has than the winner. */
function inward(
  estimate: NonNullable<Comparison['difference']>,
  isFirstBetter: boolean,
  turned: (value: number) => number,
): { value: number; low: number; high: number } {
  const { value, low, high } = estimate;
  return isFirstBetter
    ? { value: turned(value), low: turned(high!), high: turned(low!) }
    : { value, low: low!, high: high! };
}

function equivalentText(comparison: Comparison, figure: string): string {
  const { a, b, margin, family, blocks } = comparison;
  const sure = certainty(`of the difference ${differenceText(comparison)}`, family, blocks);
  return `${a.label} and ${b.label} are equivalent in ${figure} within ${percent(margin)}; not ranked (${sure}${byDifference(comparison)}).`;
}

function openText(comparison: Comparison, figure: string): string {
  const { a, b, margin, family, blocks, difference, moreBlocks } = comparison;
  const who = `cannot tell ${figureOf(a.label, figure)} from ${thatOf(b.label)}`;
  const outlook = `${outlookText(moreBlocks ?? 1)}.`;
  if (difference === null || difference.low === null) {
    const level = family > 1 ? ` at the level that ${family} comparisons need` : '';
    return `${who}: ${plural(blocks, 'block')} give no interval${level}. ${outlook}`;
  }
  const corrected = family > 1 ? `corrected for ${family} comparisons, ` : '';
  return (
    `${who}: the 95 % interval of the difference, ${differenceText(comparison)}, spans the threshold of ${percent(margin)} ` +
    `(${corrected}${plural(blocks, 'block')}${byDifference(comparison)}). ${outlook}`
  );
}

/** Why there are fewer than six blocks in which both count. */
function shortageText(blocks: number, ran: number, causes: PairVerdict['causes']): string {
  if (causes.length > 0) {
    return `${causesText(causes)}; ${blocks} of ${plural(ran, 'block')} count for both, and a verdict needs ${MIN_BLOCKS}`;
  }
  if (ran < MIN_BLOCKS)
    return `${ran === 1 ? '1 block was' : `${ran} blocks were`} run, and a verdict needs ${MIN_BLOCKS}`;
  return `only ${blocks} of ${plural(ran, 'block')} have the figure for both, and a verdict needs ${MIN_BLOCKS}`;
}

function differenceText(comparison: Comparison): string {
  const { value, low, high } = comparison.difference!;
  const ends = [low ?? value, high ?? value] as const;
  const widest = Math.max(...ends.map(Math.abs));
  const { texts, unit } = quantities(unitOf(comparison.metric), widest, ...ends);
  return `${signed(texts[1]!)} to ${signed(texts[2]!)}${unit}`;
}

function byDifference({ scale }: Comparison): string {
  return scale === 'ratio' ? '' : '; compared by difference, since a figure is zero or negative';
}

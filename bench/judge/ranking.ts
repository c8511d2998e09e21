import type { CellSummary, Comparison, Competitor, PairVerdict, RankingVerdict } from '../result/schema.ts';
import { competitor, type Contest } from './comparison.ts';
import type { JudgedPair } from './pair-verdict.ts';
import { MIN_BLOCKS, type Question } from './questions.ts';
import { loadText, lowerFirst, outlookText, unitOf } from './verdict-words.ts';
import { enumerate, percent, quantity } from '../basics/amounts.ts';
import { cellKey } from '../result/cell.ts';

/**
 * Puts competitors in order as far as their verdicts allow: cut where everyone before is better than everyone behind, so that
 * "then" is never said of two that were not told apart. Equivalence is no order: who is between two that differ joins them.
 *
 * @param medians of the competitors; they decide only how those within a tier are listed
 * @param pairs the verdicts on every two of them
 */
export function rank(
  competitors: readonly Competitor[],
  medians: readonly number[],
  pairs: readonly PairVerdict[],
): Pick<RankingVerdict, 'tiers' | 'unranked'> {
  const outcomes = new Map<string, PairVerdict['outcome']>();
  const key = (a: Competitor, b: Competitor) => JSON.stringify([a.label, b.label]);
  for (const { a, b, outcome } of pairs) {
    outcomes.set(key(a, b), outcome);
    outcomes.set(key(b, a), opposite(outcome));
  }
  const is = (a: Competitor, b: Competitor, outcome: PairVerdict['outcome']) => outcomes.get(key(a, b)) === outcome;
  const unranked = competitors.filter((a) => competitors.every((b) => b === a || is(a, b, 'withheld')));
  const wins = (a: Competitor) =>
    competitors.reduce((sum, b) => sum + (is(a, b, 'better') ? 1 : is(a, b, 'worse') ? -1 : 0), 0);
  const median = (a: Competitor) => medians[competitors.indexOf(a)]!;
  const order = competitors
    .filter((a) => !unranked.includes(a))
    .toSorted((a, b) => wins(b) - wins(a) || median(a) - median(b));

  const tiers: RankingVerdict['tiers'] = [];
  let from = 0;
  for (let to = 1; to <= order.length; to++) {
    const before = order.slice(from, to);
    if (!before.every((a) => order.slice(to).every((b) => is(a, b, 'better')))) continue;
    tiers.push({ competitors: before, relation: relationOf(before, is) });
    from = to;
  }
  return { tiers, unranked };
}

function relationOf(
  members: readonly Competitor[],
  is: (a: Competitor, b: Competitor, outcome: PairVerdict['outcome']) => boolean,
): RankingVerdict['tiers'][number]['relation'] {
  if (members.length === 1) return 'alone';
  return members.every((a) => members.every((b) => a === b || is(a, b, 'equivalent')))
    ? 'equivalent'
    : 'not-told-apart';
}

function opposite(outcome: PairVerdict['outcome']): PairVerdict['outcome'] {
  if (outcome === 'better') return 'worse';
  return outcome === 'worse' ? 'better' : outcome;
}

/**
 * The ranking of all competitors in one question at one load level, with its sentence.
 *
 * @param comparisons of every two of them
 * @param pairs the verdicts on these, in the same order
 * @param cells for the medians that are shown
 */
export function judgeRanking(
  question: Question,
  { load, entrants }: Contest,
  comparisons: readonly Comparison[],
  pairs: readonly JudgedPair[],
  cells: readonly CellSummary[],
): RankingVerdict {
  const competitors = entrants.map(competitor);
  const medians = entrants.map(({ cell }) => {
    const summary = cells.find((each) => cellKey(each.cell) === cellKey(cell));
    return summary?.metrics[question.metric]?.median ?? Number.POSITIVE_INFINITY;
  });
  const verdicts = pairs.map(({ verdict }) => verdict);
  const { tiers, unranked } = rank(competitors, medians, verdicts);
  const medianOf = (label: string) => medians[competitors.findIndex((each) => each.label === label)]!;
  const words = tiers.map((tier) =>
    describe(tier, comparisons, (label) => quantity(unitOf(question.metric), medianOf(label))),
  );
  const text = words.length === 0 ? withheldText(question, pairs) : rankedText(question, words, unranked);
  return {
    kind: 'ranking',
    question: question.id,
    load,
    outcome: outcomeOf(tiers),
    tiers,
    unranked,
    sentence: `${loadText(load)}: ${text}.`,
  };
}

function outcomeOf(tiers: RankingVerdict['tiers']): RankingVerdict['outcome'] {
  if (tiers.length === 0) return 'withheld';
  if (tiers.every(({ relation }) => relation !== 'not-told-apart')) return 'ranked';
  return tiers.length === 1 ? 'cannot-tell' : 'partly';
}

/** A tier in words. */
type TierWords = Pick<RankingVerdict['tiers'][number], 'relation'> & {
  readonly labels: readonly string[];
  readonly medians: string;
  readonly margin: string;
  /** Empty where nothing is open. */
  readonly outlook: string;
};

function describe(
  { competitors, relation }: RankingVerdict['tiers'][number],
  comparisons: readonly Comparison[],
  medianText: (label: string) => string,
): TierWords {
  const labels = competitors.map(({ label }) => label);
  const within = comparisons.filter(({ a, b }) => labels.includes(a.label) && labels.includes(b.label));
  const more = Math.max(0, ...within.map(({ moreBlocks }) => moreBlocks ?? 0));
  return {
    relation,
    labels,
    medians: enumerate(labels.map(medianText)),
    margin: percent(Math.max(0, ...within.map(({ margin }) => margin))),
    outlook: more === 0 ? '' : `; ${lowerFirst(outlookText(more))}`,
  };
}

function rankedText({ figure }: Question, tiers: readonly TierWords[], unranked: readonly Competitor[]): string {
  const rest = unranked.length > 0 ? `; no verdict on ${enumerate(unranked.map(({ label }) => label))}` : '';
  const [first, ...others] = tiers;
  if (first !== undefined && others.length === 0) {
    const { relation, labels, medians, margin, outlook } = first;
    return relation === 'equivalent'
      ? `${figure} is equivalent within ${margin} with ${enumerate(labels)} (${medians})${rest}`
      : `cannot tell which has the lowest ${figure}: ${enumerate(labels, 'or')} (${medians}${outlook})${rest}`;
  }
  const order = tiers.map(({ relation, labels, medians, margin, outlook }) => {
    if (relation === 'alone') return `${labels[0]} (${medians})`;
    if (relation === 'equivalent') return `${enumerate(labels)}, equivalent within ${margin} (${medians})`;
    const apart = labels.length === 2 ? 'not told apart' : 'not all told apart';
    return `${enumerate(labels, 'or')}, ${apart} (${medians}${outlook})`;
  });
  return `${figure} is lowest with ${order.join(', then ')}${rest}`;
}

/** Why a question has no verdict at all: the reason where all pairs share one, else what they have in common. */
export function withheldText({ figure }: Question, pairs: readonly JudgedPair[]): string {
  const [reason, ...others] = [...new Set(pairs.map(({ shortage }) => shortage))];
  if (reason !== undefined && others.length === 0) return `no verdict on ${figure}: ${reason}`;
  const codes = [...new Set(pairs.flatMap(({ verdict }) => verdict.causes.map(({ code }) => code)))];
  return `no verdict on ${figure}: fewer than ${MIN_BLOCKS} blocks count for any two (${enumerate(codes)})`;
}

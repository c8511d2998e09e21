import type { RankingVerdict, CellSummary, Comparison, PairVerdict } from '../result/schema.ts';
import { enumerate, formatFigure, percent, quantity, signed } from '../basics/amounts.ts';
import { cellKey } from '../result/cell.ts';
import { NO_PROXY, serverOf } from '../result/entrant.ts';
import type { Contest } from './comparison.ts';
import type { JudgedPair } from './pair-verdict.ts';
import type { Question } from './questions.ts';
import { withheldText } from './ranking.ts';
import { loadText, lowerFirst, outlookText, unitOf } from './verdict-words.ts';

/** How the groups of others are told, in this order. */
const WORDS = {
  better: 'lower with',
  equivalent: 'equivalent with',
  worse: 'higher with',
  'cannot-tell': 'cannot tell',
  withheld: 'no verdict on',
} as const satisfies Record<PairVerdict['outcome'], string>;

/**
 * How all others do against the baseline in one question at one load level, with its sentence.
 *
 * @param comparisons of each of the others with the baseline
 * @param pairs the verdicts on these, in the same order
 * @param cells for the medians that are shown
 */
export function judgeAgainst(
  question: Question,
  { load, pairs: compared }: Contest,
  baseline: string,
  comparisons: readonly Comparison[],
  pairs: readonly JudgedPair[],
  cells: readonly CellSummary[],
): RankingVerdict {
  const groups = (Object.keys(WORDS) as PairVerdict['outcome'][]).flatMap((outcome) => {
    const own = comparisons.filter((_, at) => pairs[at]!.verdict.outcome === outcome);
    return own.length === 0 ? [] : [{ outcome, comparisons: own }];
  });
  const medianOf = (cell: CellSummary['cell']) =>
    cells.find((each) => cellKey(each.cell) === cellKey(cell))?.metrics[question.metric]?.median;
  const shown = (comparison: Comparison) => {
    const cell = compared[comparisons.indexOf(comparison)]![0].cell;
    return `${comparison.a.label} (${[amount(question, medianOf(cell)), changeText(comparison)].filter(Boolean).join(', ')})`;
  };
  const told = groups.map(({ outcome, comparisons: own }) => groupText(outcome, own, shown));
  const [reference, ...others] = new Set(compared.map(([, b]) => b));
  const { transport } = reference!.cell;
  const known = others.length === 0 ? ` (${amount(question, medianOf(reference!.cell))})` : '';
  const against =
    transport === baseline
      ? `${others.length === 0 ? reference!.label : baseline}${known}`
      : sameOf(transport, baseline);
  const isJudged = groups.some(({ outcome }) => outcome !== 'withheld');
  const text = isJudged ? `${question.figure} against ${against}: ${told.join('; ')}` : withheldText(question, pairs);
  return {
    kind: 'against',
    question: question.id,
    load,
    outcome: outcomeOf(groups.map(({ outcome }) => outcome)),
    baseline,
    tiers: [],
    unranked: [],
    sentence: `${loadText(load)}: ${text}.`,
  };
}

/** What each of the others is held against, where that is another one for each. */
function sameOf(transport: string, baseline: string): string {
  if (serverOf(transport) === baseline) return `the same transport of ${baseline}`;
  return baseline === NO_PROXY ? 'the same without a proxy' : `the same via ${baseline}`;
}

const amount = ({ metric }: Question, median: number | undefined) =>
  median === undefined ? '' : quantity(unitOf(metric), median);

/** `+15.2 %`, from twice on `3.10 times`; empty where there is no ratio. */
function changeText({ ratio }: Comparison): string {
  if (ratio === null) return '';
  const { value } = ratio;
  if (value < 0.5 || value >= 2) return `${formatFigure(value)} times`;
  return `${signed(formatFigure((value - 1) * 100))} %`;
}

function outcomeOf(outcomes: readonly PairVerdict['outcome'][]): RankingVerdict['outcome'] {
  const judged = outcomes.filter((outcome) => outcome !== 'withheld');
  if (judged.length === 0) return 'withheld';
  if (!judged.includes('cannot-tell')) return 'ranked';
  return judged.length === 1 ? 'cannot-tell' : 'partly';
}

function groupText(
  outcome: PairVerdict['outcome'],
  comparisons: readonly Comparison[],
  shown: (comparison: Comparison) => string,
): string {
  const labels = comparisons.map(({ a }) => a.label);
  if (outcome === 'withheld') return `${WORDS[outcome]} ${enumerate(labels)}`;
  if (outcome === 'cannot-tell') {
    const more = Math.max(...comparisons.map(({ moreBlocks }) => moreBlocks ?? 1));
    return `${WORDS[outcome]} ${enumerate(comparisons.map(shown), 'or')}; ${lowerFirst(outlookText(more))}`;
  }
  const margin = percent(Math.max(...comparisons.map((each) => each.margin)));
  const words = outcome === 'equivalent' ? `equivalent within ${margin} with` : WORDS[outcome];
  return `${words} ${enumerate(comparisons.map(shown))}`;
}

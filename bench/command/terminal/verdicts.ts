import type { AssertionResult } from '../../judge/assertion.ts';
import type { RankingVerdict, Verdict } from '../../result/schema.ts';
import { loadText, withoutLoad } from '../../judge/verdict-words.ts';
import { fit, hang, wrap, type Paint } from './style.ts';
import { visible } from '../../basics/shown.ts';

/** What says something first. */
const ORDER = {
  ranked: 0,
  partly: 0,
  'cannot-tell': 1,
  withheld: 2,
} as const satisfies Record<RankingVerdict['outcome'], number>;

/**
 * The rankings of a run, or how all do against its baseline, what says something first, below a heading with the load level where all share it, and how many
 * verdicts more stand in the report. None is cut in the middle; where not all fit, the medians are left out of the
 * sentences, since they stand in the matrix.
 *
 * @param budget how many lines there may be in all, at least 2
 */
export function verdictLines(verdicts: readonly Verdict[], width: number, budget: number, paint: Paint): string[] {
  const rankings = verdicts
    .filter((verdict): verdict is RankingVerdict => verdict.kind === 'ranking' || verdict.kind === 'against')
    .toSorted((a, b) => ORDER[a.outcome] - ORDER[b.outcome]);
  const loads = new Set(rankings.map(({ load }) => loadText(load)));
  const [load = ''] = loads;
  const shared = loads.size === 1;
  const reason = sharedReason(rankings);
  if (reason !== null) return wrap(`No verdicts: ${visible(reason)}`, width).slice(0, budget);

  const heading = (shown: number) => {
    const at = shared ? ` ${load.charAt(0).toLowerCase()}${load.slice(1)}` : '';
    const more = verdicts.length - shown;
    return wrap(`Verdicts${at}${more > 0 ? ` (${more} more in the report)` : ''}:`, width);
  };
  const sentences = rankings.map((ranking) => visible(shared ? withoutLoad(ranking.sentence) : ranking.sentence));
  const blocks = (texts: readonly string[]) =>
    texts.map((text) => hang(wrap(text, width - 4), '  ').map((line) => fit(`  ${line}`, width)));

  const free = budget - heading(0).length;
  const whole = blocks(sentences);
  const chosen = whole.flat().length <= free ? whole : blocks(sentences.map(withoutMedians));
  const shown: string[][] = [];
  for (const block of chosen) {
    if (shown.flat().length + block.length > free) break;
    shown.push(block);
  }
  return [...heading(shown.length).map((line) => paint('dim', fit(line, width))), ...shown.flat()];
}

/** `SSE (1.20 ms)` becomes `SSE`; of `(1.20 ms and 1.30 ms; 6 more blocks would settle it)` the outlook stays. */
function withoutMedians(sentence: string): string {
  return sentence
    .replaceAll(/\([^();]*; ([^()]*)\)/g, '[$1]')
    .replaceAll(/ \([^()]*\)/g, '')
    .replaceAll(/\[([^[\]]*)\]/g, '($1)');
}

/** Why no question has a verdict, where one reason holds for all; else null. */
function sharedReason(rankings: readonly RankingVerdict[]): string | null {
  if (rankings.some(({ outcome }) => outcome !== 'withheld')) return null;
  const sentences = rankings.map(({ sentence }) => withoutLoad(sentence));
  const reasons = new Set(sentences.map((sentence) => sentence.replace(/^no verdict on [^:]*: /, '')));
  const [reason] = reasons;
  return reasons.size === 1 && reason !== undefined ? reason : null;
}

/** A line for each assertion, in the order in which they were given; they were asked for, so that none is left out. */
export function assertionLines(results: readonly AssertionResult[], paint: Paint): string[] {
  return results.map(({ passed, sentence }) => paint(passed ? 'green' : 'red', `Assert ${visible(sentence)}`));
}

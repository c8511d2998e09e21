import type { RankingVerdict, Verdict } from '../result/schema.ts';
import { loadText } from '../stats/wording.ts';
import { fit, visible, wrap, type Paint } from './style.ts';

/** Most decisive first. */
const DECISIVE: readonly RankingVerdict['outcome'][] = ['ranked', 'partly', 'cannot-tell', 'withheld'];

/**
 * The rankings of a run, most decisive first and never cut in the middle, below a heading with the load level where all share
 * it; then how many verdicts more stand in the report.
 *
 * @param budget how many lines there may be in all, at least 2
 */
export function verdictLines(verdicts: readonly Verdict[], width: number, budget: number, paint: Paint): string[] {
  const rankings = verdicts
    .filter((verdict) => verdict.kind === 'ranking')
    .toSorted((a, b) => DECISIVE.indexOf(a.outcome) - DECISIVE.indexOf(b.outcome));
  const loads = new Set(rankings.map(({ load }) => loadText(load)));
  const [load = ''] = loads;
  const shared = loads.size === 1;
  const reason = sharedReason(rankings);
  if (reason !== null) return wrap(`No verdicts: ${visible(reason)}`, width).slice(0, budget);

  const heading = shared ? `Verdicts ${load.charAt(0).toLowerCase()}${load.slice(1)}:` : 'Verdicts:';
  const lines: string[] = [];
  let shown = 0;
  for (const ranking of rankings) {
    const block = wrap(visible(shared ? withoutLoad(ranking) : ranking.sentence), width - 4);
    // room must stay for the heading and for the line that says what is left out
    if (lines.length + block.length > budget - 2) break;
    lines.push(...block.map((line, index) => fit(`${index === 0 ? '  ' : '    '}${line}`, width)));
    shown++;
  }
  lines.push(fit(`  … ${verdicts.length - shown} more verdicts stand in the report`, width));
  return [paint('dim', fit(heading, width)), ...lines];
}

function withoutLoad({ load, sentence }: RankingVerdict): string {
  const prefix = `${loadText(load)}: `;
  return sentence.startsWith(prefix) ? sentence.slice(prefix.length) : sentence;
}

/** Why no question has a verdict, where one reason holds for all; else null. */
function sharedReason(rankings: readonly RankingVerdict[]): string | null {
  if (rankings.some(({ outcome }) => outcome !== 'withheld')) return null;
  const reasons = new Set(rankings.map((ranking) => withoutLoad(ranking).replace(/^no verdict on [^:]*: /, '')));
  const [reason] = reasons;
  return reasons.size === 1 && reason !== undefined ? reason : null;
}

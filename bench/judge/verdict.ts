import type { Cell, CellSummary, Comparison, Trial, TransportLook, Verdict } from '../result/schema.ts';
import { formatDuration, quantity } from '../basics/amounts.ts';
import { judgeAgainst } from './against.ts';
import { compareCells, contests } from './comparison.ts';
import { judgePair } from './pair-verdict.ts';
import { QUESTIONS } from './questions.ts';
import { judgeRanking } from './ranking.ts';
import { standingByCell } from './standing-trials.ts';

/**
 * What a run's trials say about each question: all comparisons, and the verdicts that follow from them: for each question and
 * load level a ranking, or where there is a baseline how the others do against it, then every pair; last what polling costs by
 * design. Pure.
 *
 * @param baseline see {@link compareCells}
 */
export function judgeRun(
  cells: readonly CellSummary[],
  trials: readonly Trial[],
  looks: readonly TransportLook[],
  baseline?: string,
): { comparisons: Comparison[]; verdicts: Verdict[] } {
  const plain = cells.map(({ cell }) => cell);
  const comparisons = compareCells(plain, trials, looks, baseline);
  const standing = standingByCell(trials);
  const verdicts: Verdict[] = [];
  let next = 0; // comparisons stand in the order in which this loop meets their pairs
  for (const contest of contests(plain, looks, baseline)) {
    for (const question of QUESTIONS) {
      if (contest.pairs.length === 0) continue;
      const own = comparisons.slice(next, next + contest.pairs.length);
      const pairs = own.map((comparison, i) => {
        const [a, b] = contest.pairs[i]!;
        return judgePair(comparison, next + i, standing, [a.cell, b.cell]);
      });
      next += contest.pairs.length;
      const summary =
        baseline === undefined
          ? judgeRanking(question, contest, own, pairs, cells)
          : judgeAgainst(question, contest, baseline, own, pairs, cells);
      verdicts.push(summary, ...pairs.map(({ verdict }) => verdict));
    }
  }
  return { comparisons, verdicts: [...verdicts, ...byDesign(plain, looks)] };
}

/** A poll that comes every P finds, on average, what has been there for P / 2; see "What theory says" in bench/README.md. */
function byDesign(cells: readonly Cell[], looks: readonly TransportLook[]): Verdict[] {
  const seen = new Map<string, Verdict>();
  for (const { transport, pollIntervalMs } of cells) {
    if (pollIntervalMs === null) continue;
    const label = looks.find(({ id }) => id === transport)?.label ?? transport;
    const name = label.charAt(0).toUpperCase() + label.slice(1);
    const every = formatDuration(pollIntervalMs).replace(/(?<=\d)(?=[a-z])/, ' ');
    const half = quantity('us', pollIntervalMs * 500).replace(/\.0+(?= )/, '');
    seen.set(`${transport} ${pollIntervalMs}`, {
      kind: 'by-design',
      question: 'staleness',
      transport,
      pollIntervalMs,
      sentence: `${name} every ${every} is ${half} stale on average whatever the server does.`,
    });
  }
  return [...seen.values()];
}

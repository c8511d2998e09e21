import type { Cell, Comparison, Competitor, LoadLevel, Trial, TransportLook } from '../result/schema.ts';
import { formatDuration } from '../basics/amounts.ts';
import { loadKey, loadOf } from '../result/cell.ts';
import { pairsOf } from './baseline.ts';
import { holm } from './holm.ts';
import { METRICS } from './metrics.ts';
import { moreBlocks } from './projection.ts';
import { ALPHA, CLOCK_ERROR_US, MIN_BLOCKS, QUESTIONS, type Question } from './questions.ts';
import { estimateAt, evidenceOf, shiftP } from './shift.ts';
import { soundTrials, standingByCell } from './standing-trials.ts';
import { signedRank } from './wilcoxon.ts';

/** A cell as one of several at the same load. */
type Entrant = Competitor & { readonly cell: Cell };

/** One family of cells that differ in nothing but how ticks are brought. */
export type Contest = {
  readonly load: LoadLevel;
  readonly entrants: readonly Entrant[];
  /** Whose differences are judged; see {@link pairsOf}. */
  readonly pairs: readonly (readonly [a: Entrant, b: Entrant])[];
};

/** The cells by load level, in their order; each named by its transport, and by its poll interval where there are several. */
export function contests(cells: readonly Cell[], looks: readonly TransportLook[], baseline?: string): Contest[] {
  return [...Map.groupBy(cells, loadKey).values()].map((level) => {
    const entrants = level.map((cell) => {
      const { transport, pollIntervalMs } = cell;
      const name = looks.find((look) => look.id === transport)?.label ?? transport;
      const several = level.filter((other) => other.transport === transport).length > 1;
      const label = several && pollIntervalMs !== null ? `${name} @ ${formatDuration(pollIntervalMs)}` : name;
      return { transport, pollIntervalMs, label, cell };
    });
    return { load: loadOf(level[0]!), entrants, pairs: pairsOf(entrants, baseline) };
  });
}

/**
 * Compares every pair of transports at each load level, or each with a baseline, for each question: by block, over the blocks in
 * which both have a trial that is not invalid (of repeated trials the last one). The pairs of one question at one load level are one
 * family for Holm's correction. Pure.
 *
 * @param baseline see {@link pairsOf}
 * @param clockErrorUs of a latency or an age, for the margin
 */
export function compareCells(
  cells: readonly Cell[],
  trials: readonly Trial[],
  looks: readonly TransportLook[],
  baseline?: string,
  clockErrorUs: number = CLOCK_ERROR_US,
): Comparison[] {
  const standing = standingByCell(trials);
  return contests(cells, looks, baseline).flatMap(({ load, entrants, pairs }) => {
    const sound = new Map(entrants.map(({ cell }) => [cell, soundTrials(standing, cell)]));
    return QUESTIONS.flatMap((question) =>
      judgeFamily(
        question,
        load,
        pairs.map(([a, b]) => {
          const figures = pairedFigures(question, sound.get(a.cell)!, sound.get(b.cell)!);
          return { a, b, evidence: gather(question, figures, clockErrorUs) };
        }),
      ),
    );
  });
}

type Figures = readonly (readonly [a: number, b: number])[];

function pairedFigures(question: Question, a: ReadonlyMap<number, Trial>, b: ReadonlyMap<number, Trial>): Figures {
  const metric = METRICS.find(({ id }) => id === question.metric)!;
  const figures: [number, number][] = [];
  for (const [block, trial] of a) {
    const other = b.get(block);
    const [x, y] = [metric.of(trial), other === undefined ? null : metric.of(other)];
    if (x !== null && y !== null) figures.push([x, y]);
  }
  return figures;
}

/** Both of each block: what decides about a pair, and its p. */
function gather({ clocked }: Question, figures: Figures, clockErrorUs: number) {
  const [a, b] = [figures.map(([first]) => first), figures.map(([, second]) => second)];
  const paired = (x: readonly number[], y: readonly number[]) => signedRank(x.map((value, at) => value - y[at]!));
  const evidence = evidenceOf(a, b, paired, clocked, clockErrorUs);
  const { deciding, edge } = evidence;
  const p = deciding === null || figures.length < MIN_BLOCKS ? null : shiftP(deciding, edge);
  const scale: Comparison['scale'] = figures.every((pair) => Math.min(...pair) > 0) ? 'ratio' : 'difference';
  return { ...evidence, blocks: figures.length, scale, p };
}

type Pair = { readonly a: Entrant; readonly b: Entrant; readonly evidence: ReturnType<typeof gather> };

/** Pairs with too few blocks are not tested, so they are not corrected for; gates decide that, not figures. */
function judgeFamily(question: Question, load: LoadLevel, pairs: readonly Pair[]): Comparison[] {
  const tested = pairs.filter(({ evidence }) => evidence.p !== null);
  const steps = holm(
    tested.map(({ evidence }) => evidence.p!),
    ALPHA,
  );
  return pairs.map((pair) => {
    const { logRatios, differences, deciding, edge, ...data } = pair.evidence;
    const level = steps[tested.indexOf(pair)]?.level ?? null;
    return {
      question: question.id,
      metric: question.metric,
      load,
      a: competitor(pair.a),
      b: competitor(pair.b),
      ...data,
      ratio: estimateAt(logRatios, level, Math.exp),
      difference: estimateAt(differences, level, (value) => value),
      level,
      family: tested.length,
      moreBlocks: level === null ? null : moreBlocks(deciding!, edge, level, data.blocks),
    };
  });
}

/** Without its cell. */
export function competitor({ transport, pollIntervalMs, label }: Entrant): Competitor {
  return { transport, pollIntervalMs, label };
}

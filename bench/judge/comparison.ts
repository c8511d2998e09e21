import type { Cell, Comparison, Competitor, LoadLevel, Trial, TransportLook } from '../result/schema.ts';
import { formatDuration } from '../basics/amounts.ts';
import { loadKey, loadOf } from '../result/cell.ts';
import { holm } from './holm.ts';
import { METRICS } from './metrics.ts';
import { moreBlocks } from './projection.ts';
import { ALPHA, CLOCK_ERROR_US, equivalenceMargin, MIN_BLOCKS, QUESTIONS, type Question } from './questions.ts';
import { estimateAt, shiftP, type ShiftEvidence } from './shift.ts';
import { soundTrials, standingByCell } from './standing-trials.ts';
import { summarise } from './summary.ts';
import { signedRank } from './wilcoxon.ts';

/** A cell as one of several at the same load. */
type Entrant = Competitor & { readonly cell: Cell };

/** One family of cells that differ in nothing but how ticks are brought. */
export type Contest = { readonly load: LoadLevel; readonly entrants: readonly Entrant[] };

/** The cells by load level, in their order; each named by its transport, and by its poll interval where there are several. */
export function contests(cells: readonly Cell[], looks: readonly TransportLook[]): Contest[] {
  return [...Map.groupBy(cells, loadKey).values()].map((level) => ({
    load: loadOf(level[0]!),
    entrants: level.map((cell) => {
      const { transport, pollIntervalMs } = cell;
      const name = looks.find((look) => look.id === transport)?.label ?? transport;
      const several = level.filter((other) => other.transport === transport).length > 1;
      const label = several && pollIntervalMs !== null ? `${name} @ ${formatDuration(pollIntervalMs)}` : name;
      return { transport, pollIntervalMs, label, cell };
    }),
  }));
}

/**
 * Compares every pair of transports at each load level, for each question: by block, over the blocks in which both have a
 * trial that is not invalid (of repeated trials the last one). The pairs of one question at one load level are one family
 * for Holm's correction. Pure.
 *
 * @param clockErrorUs of a latency or an age, for the margin
 */
export function compareCells(
  cells: readonly Cell[],
  trials: readonly Trial[],
  looks: readonly TransportLook[],
  clockErrorUs: number = CLOCK_ERROR_US,
): Comparison[] {
  const standing = standingByCell(trials);
  return contests(cells, looks).flatMap(({ load, entrants }) => {
    const sound = entrants.map(({ cell }) => soundTrials(standing, cell));
    return QUESTIONS.flatMap((question) => {
      const pairs = entrants.flatMap((a, i) =>
        entrants.slice(i + 1).map((b, offset) => {
          const figures = pairedFigures(question, sound[i]!, sound[i + 1 + offset]!);
          return { a, b, evidence: gather(question, figures, clockErrorUs) };
        }),
      );
      return judgeFamily(question, load, pairs);
    });
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

/** What decides about a pair, before the level is known. */
type Evidence = Pick<Comparison, 'blocks' | 'scale' | 'margin' | 'marginUnits' | 'p'> & {
  readonly logRatios: ShiftEvidence | null;
  readonly differences: ShiftEvidence | null;
  /** The margin on the scale that decides. */
  readonly edge: number;
};

/** Memory can be zero or negative, since it is a growth: then there is no ratio, and differences decide. */
function gather({ clocked }: Question, figures: Figures, clockErrorUs: number): Evidence {
  const blocks = figures.length;
  const level = (side: 0 | 1) => (blocks === 0 ? 0 : Math.abs(summarise(figures.map((pair) => pair[side])).median));
  const margin = equivalenceMargin(clocked, Math.min(level(0), level(1)), clockErrorUs);
  const marginUnits = (margin * (level(0) + level(1))) / 2;
  const differences = blocks === 0 ? null : signedRank(figures.map(([a, b]) => a - b));
  const scale = figures.every(([a, b]) => a > 0 && b > 0) ? 'ratio' : 'difference';
  const logRatios =
    blocks > 0 && scale === 'ratio' ? signedRank(figures.map(([a, b]) => Math.log(a) - Math.log(b))) : null;
  const deciding = logRatios ?? differences;
  const edge = logRatios === null ? marginUnits : Math.log1p(margin);
  const p = deciding === null || blocks < MIN_BLOCKS ? null : shiftP(deciding, edge);
  return { blocks, scale, margin, marginUnits, p, logRatios, differences, edge };
}

type Pair = { readonly a: Entrant; readonly b: Entrant; readonly evidence: Evidence };

/** Pairs with too few blocks are not tested, so they are not corrected for; gates decide that, not figures. */
function judgeFamily(question: Question, load: LoadLevel, pairs: readonly Pair[]): Comparison[] {
  const tested = pairs.filter(({ evidence }) => evidence.p !== null);
  const steps = holm(
    tested.map(({ evidence }) => evidence.p!),
    ALPHA,
  );
  return pairs.map((pair) => {
    const { logRatios, differences, edge, ...data } = pair.evidence;
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
      moreBlocks: level === null ? null : moreBlocks((logRatios ?? differences)!, edge, level, data.blocks),
    };
  });
}

/** Without its cell. */
export function competitor({ transport, pollIntervalMs, label }: Entrant): Competitor {
  return { transport, pollIntervalMs, label };
}

// Which of many figures differ between two groups of blocks, by relabelling whole blocks.
import { randomFrom, shuffled } from '../basics/random.ts';
import { rankSumCdf } from './mann-whitney.ts';

/** One figure in the blocks of both groups, on the scale that decides; null: a block has none that counts. */
export type Grouped = {
  readonly before: readonly (number | null)[];
  readonly after: readonly (number | null)[];
  /** Half the width of the margin: a shift of up to so much is none. */
  readonly edge: number;
};

/** Up to so many ways of dividing the blocks are all tried; of more of them as many are drawn. */
const MAX_DIVISIONS = 20_000;

/**
 * Which figures differ beyond their margins, with at most a chance of alpha for even one false claim: the step-down minP of
 * Westfall and Young (1993, algorithm 2.8), over the exact rank-sum p of each figure. How small the smallest p gets by chance is
 * not bounded by their number, as Holm does, but looked up: the blocks of both groups are divided anew in every way, each with all
 * of its figures, so that figures that go together, or that hardly vary within the margin, cost the others little.
 *
 * The two directions are two tests at alpha / 2, each with the first group moved to its edge of the margin, where the blocks of
 * both may change places.
 *
 * @returns for each figure the error level at which it is told to differ: its two-sided p is at or below it; null: it is not told
 */
export function minP(figures: readonly Grouped[], alpha: number): (number | null)[] {
  const [first] = figures;
  if (first === undefined) return [];
  const ways = divisionsOf(first.before.length, first.after.length);
  const sided = figures.map((figure) => [1, -1].map((side) => sidedP(figure, side as 1 | -1, ways)));
  // the first division is the one that was measured
  const observed = sided.map((sides) => Math.min(...sides.map((ps) => ps[0]!)));
  const order = figures.map((_, index) => index).toSorted((a, b) => observed[b]! - observed[a]!);

  const least = [1, -1].map(() => new Float64Array(ways.length).fill(1));
  const levels = new Map<number, number>();
  for (const index of order) {
    for (const [side, ps] of sided[index]!.entries()) {
      const running = least[side]!;
      for (let at = 0; at < running.length; at++) running[at] = Math.min(running[at]!, ps[at]!);
    }
    levels.set(index, 2 * criticalP(least, alpha));
  }
  const told: (number | null)[] = figures.map(() => null);
  let level = 0;
  let before = Number.NaN;
  for (const index of order.toReversed()) {
    // of equal ones each is judged as the first of them, so that no level rests on their order
    if (observed[index] !== before) level = levels.get(index)!;
    before = observed[index]!;
    if (2 * before > level) break;
    told[index] = level;
  }
  return told;
}

/** The largest p that so rare a division reaches, of both directions together; 0 where none is rare enough. */
function criticalP(least: readonly Float64Array[], alpha: number): number {
  const ascending = least.flatMap((ps) => Array.from(ps.filter((p) => p <= alpha))).toSorted((a, b) => a - b);
  const allowed = Math.floor(alpha * least[0]!.length + 1e-9);
  let critical = 0;
  for (let at = 0; at < allowed; at++) if (ascending[at] !== ascending[at + 1]) critical = ascending[at]!;
  return critical;
}

/** Of one figure in each division the one-sided p that the second group is above the first, or below it, beyond the margin. */
function sidedP({ before, after, edge }: Grouped, side: 1 | -1, divisions: readonly Uint8Array[]): Float64Array {
  const moved = [
    ...before.map((value) => (value === null ? null : value * side + edge)),
    ...after.map((value) => (value === null ? null : value * side)),
  ];
  const ps = new Float64Array(divisions.length).fill(1);
  const values = [...before, ...after].filter((value) => value !== null);
  if (Math.max(...values) - Math.min(...values) <= edge) return ps; // however they are divided
  const falling = [...moved.keys()].filter((at) => moved[at] !== null).toSorted((a, b) => moved[b]! - moved[a]!);
  const endOfTies = falling.map((at) => falling.findLastIndex((other) => moved[other] === moved[at]) + 1);
  const cdfs = Array.from({ length: falling.length + 1 }, (_, first) =>
    first === 0 || first === falling.length ? null : rankSumCdf(falling.length - first, first),
  );
  for (const [division, isAfter] of divisions.entries()) {
    let first = 0; // of the first group, as large as the present value or larger
    let pairs = 0; // in which the second group's is not above: ties count against a difference
    for (let at = 0, to = 0; at < falling.length; at++) {
      for (; to < endOfTies[at]!; to++) first += 1 - isAfter[falling[to]!]!;
      pairs += isAfter[falling[at]!]! * first;
    }
    ps[division] = cdfs[first]?.[pairs] ?? 1;
  }
  return ps;
}

const divisions = new Map<string, Uint8Array[]>();

/** Ways of dividing the blocks into groups of these sizes: for each block 1 if it is of the second; first as they were measured. */
function divisionsOf(before: number, after: number): Uint8Array[] {
  const key = `${before} ${after}`;
  const known = divisions.get(key);
  if (known) return known;
  const made = makeDivisions(before, after);
  divisions.set(key, made);
  return made;
}

function makeDivisions(before: number, after: number): Uint8Array[] {
  const total = before + after;
  const measured = Uint8Array.from({ length: total }, (_, at) => (at < before ? 0 : 1));
  if (waysOf(total, after) <= MAX_DIVISIONS) {
    return [measured, ...choices(total, after).filter((way) => way.some((mark, at) => mark !== measured[at]))];
  }
  const random = randomFrom(0);
  return [
    measured,
    ...Array.from({ length: MAX_DIVISIONS - 1 }, () => Uint8Array.from(shuffled([...measured], random))),
  ];
}

/** How many ways there are to choose some of all. */
function waysOf(all: number, some: number): number {
  let ways = 1;
  for (let at = 1; at <= some; at++) ways = (ways * (all - some + at)) / at;
  return ways;
}

/** Every choice of some of all, as marks. */
function choices(all: number, some: number): Uint8Array[] {
  if (some === 0 || some === all) return [new Uint8Array(all).fill(some === 0 ? 0 : 1)];
  const withFirst = (mark: 0 | 1) => choices(all - 1, some - mark).map((rest) => Uint8Array.of(mark, ...rest));
  return [...withFirst(0), ...withFirst(1)];
}

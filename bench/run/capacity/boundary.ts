import { summarise } from '../../judge/summary.ts';
import { thresholdOf } from './threshold.ts';
import { meanOf } from '../../basics/numbers.ts';

/** What the search knows of one step. `score`: 0 at the limit, positive where it is broken; see SloFigure. */
export type Observation = {
  readonly level: number;
  readonly outcome: 'pass' | 'fail';
  readonly score: number;
  /** What it was made for: the method `figures` judges by `confirm` alone, since where the others stand depends on their luck. */
  readonly stage: Stage;
  /** Share of the server's cores that were busy, 0 to 1. */
  readonly busy: number;
};

/** Growing; bisecting; trials around the boundary for their figures; the same for their outcomes. */
export type Stage = 'grow' | 'bisect' | 'confirm' | 'prove';

/** The largest load that a trial meets the objectives at more often than not, with its interval. */
export type Boundary = {
  /** `figures`: from how far the figures are from their limits; `outcomes`: from what passed and what failed alone. */
  readonly method: 'figures' | 'outcomes';
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** How sure it is that the boundary lies between low and high. */
  readonly confidence: number;
  /** Confirmations that it rests on. */
  readonly trials: number;
};

/** Confirmations of the method `figures`: the smallest and the largest of eight enclose their median at 99.2 %. */
export const CONFIRMATIONS = 8;

/** The slope is taken from steps between the boundary divided by this and multiplied by it. */
const NEIGHBOURHOOD = 2.5;
/** A boundary a little beyond the largest load, or below the smallest, rests on trials that reached these. */
export const CEILING = 1.25;
/** Flatter than this, a few per cent of noise would move the boundary anywhere. */
const MIN_SLOPE = 0.05;
/** Beyond this distance from the limit, a factor of e^2, a figure says no more than that it is far. */
const MAX_SCORE = 2;

/**
 * How much the score rises from one level to another that is e times as large, near a level: the weighted median of the
 * slopes of all pairs of steps, each pair weighing as much as its levels are apart (Jaeckel 1972, Theil and Sen's estimate
 * weighted), so that single disturbed trials do not bend it.
 *
 * @returns null where fewer than three pairs differ in level, or where it hardly rises
 */
export function slopeNear(observations: readonly Observation[], level: number): number | null {
  const slope = medianSlope(observations, level);
  return slope === null || slope < MIN_SLOPE ? null : slope;
}

/**
 * Whether what held near a level shows no rise: a figure with a floor, as polling's wait for the next poll, tells nothing of
 * how far the limit is until it breaks.
 */
export function isFlatBelow(observations: readonly Observation[], level: number): boolean {
  const held = observations.filter(({ outcome }) => outcome === 'pass');
  const slope = medianSlope(held, level);
  return slope !== null && slope < MIN_SLOPE;
}

/** Null where fewer than three pairs differ in level. */
function medianSlope(observations: readonly Observation[], level: number): number | null {
  const near = observations.filter(
    (step) => Number.isFinite(step.score) && Math.abs(Math.log(step.level / level)) <= Math.log(NEIGHBOURHOOD),
  );
  const pairs = near.flatMap((a, index) => near.slice(index + 1).map((b) => [a, b] as const));
  const slopes = pairs.map(([a, b]) => {
    const apart = Math.log(a.level / b.level);
    return { slope: (clamp(a.score) - clamp(b.score)) / apart, weight: Math.abs(apart) };
  });
  const telling = slopes.filter(({ weight }) => weight >= 0.01);
  return telling.length < 3 ? null : weightedMedian(telling);
}

/**
 * Where each trial by itself would put the boundary, given the slope: a trial at n whose score is s has it at n e^(-s/slope).
 */
export function projected({ level, score }: Pick<Observation, 'level' | 'score'>, slope: number): number {
  return level * Math.exp(-clamp(score) / slope);
}

/**
 * The boundary by the method `figures`; null where too few confirmations have a figure, or where the slope is unknown.
 *
 * Each confirmation projects the boundary from its own figure; the median of these and its order-statistic interval (exact
 * for independent trials of any distribution, were the slope known; see stats/summary.ts) are estimate and interval. With
 * eight confirmations the interval reaches from the smallest to the largest, 99.2 %: the room above 95 % is for the slope's
 * own error, and test/bench/run/capacity/coverage.test.ts counts how often the truth lies within.
 */
export function boundaryByFigures(observations: readonly Observation[]): Boundary | null {
  const confirmations = observations.filter(({ stage }) => stage === 'confirm');
  if (confirmations.length < CONFIRMATIONS || confirmations.some(({ score }) => !Number.isFinite(score))) return null;
  const slope = slopeNear(observations, Math.exp(meanOf(confirmations.map(({ level }) => Math.log(level)))));
  if (slope === null) return null;
  const { median, low, high } = summarise(confirmations.map((step) => projected(step, slope)));
  if (low === null || high === null) return null;
  return { method: 'figures', estimate: median, low, high, confidence: 0.95, trials: confirmations.length };
}

/** The narrowest pair of levels that no step contradicts. */
export type Bracket = {
  /** The highest level at and below which nothing failed; null: there is none. */
  readonly low: number | null;
  /** The lowest level at and above which nothing passed; null: there is none. */
  readonly high: number | null;
  /** Halfway, on a scale of ratios, between the highest level that passed and the lowest that failed. */
  readonly middle: number;
};

/** What the steps enclose; proofs are left out, since they are made to judge what the others found. */
export function bracketOf(observations: readonly Observation[]): Bracket {
  const found = observations.filter(({ stage }) => stage !== 'prove');
  const passes = found.filter(({ outcome }) => outcome === 'pass').map(({ level }) => level);
  const fails = found.filter(({ outcome }) => outcome === 'fail').map(({ level }) => level);
  const highestPass = Math.max(...passes);
  const lowestFail = Math.min(...fails);
  const low = Math.max(...passes.filter((level) => level < lowestFail));
  const high = Math.min(...fails.filter((level) => level > highestPass));
  return {
    low: Number.isFinite(low) ? low : null,
    high: Number.isFinite(high) ? high : null,
    middle: Math.sqrt(highestPass * lowestFail),
  };
}

/** Proofs after which the method `outcomes` answers with what it has, and before which it does not. */
const MOST_PROOFS = 14;
const FEWEST_PROOFS = 4;
/** An interval of outcomes that is narrow enough. */
const NARROW_RATIO = 1.15;

/** The threshold may lie as far outside of what the steps enclose, as a ratio: trials of like loads differ. */
const DOUBT_RATIO = Math.E;

/**
 * What passed and failed says of the boundary: the method `outcomes`, which needs no model of the figures, so that it serves
 * counts, gates and cliffs.
 *
 * @param range the loads that may be tried
 * @returns `boundary`, once it is narrow enough or has been looked for long enough; until then `level`, what to try next
 */
export function boundaryByOutcomes(
  observations: readonly Observation[],
  range: { readonly min: number; readonly max: number },
): { readonly boundary: Boundary } | { readonly level: number } {
  const { low, high } = bracketOf(observations);
  const { median, mostTelling, ...interval } = thresholdOf(observations, {
    low: Math.max(range.min / CEILING, (low ?? range.min) / DOUBT_RATIO),
    high: Math.min(range.max * CEILING, (high ?? range.max) * DOUBT_RATIO),
  });
  const proofs = observations.filter(({ stage }) => stage === 'prove').length;
  const isNarrow = proofs >= FEWEST_PROOFS && interval.high / interval.low <= NARROW_RATIO;
  if (!isNarrow && proofs < MOST_PROOFS) return { level: mostTelling };
  return { boundary: { method: 'outcomes', estimate: median, ...interval, confidence: 0.95, trials: proofs } };
}

function weightedMedian(items: { slope: number; weight: number }[]): number {
  const sorted = items.toSorted((a, b) => a.slope - b.slope);
  const half = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let sum = 0;
  for (const { slope, weight } of sorted) {
    sum += weight;
    if (sum >= half) return slope;
  }
  return sorted.at(-1)!.slope;
}

function clamp(score: number): number {
  return Math.max(-MAX_SCORE, Math.min(MAX_SCORE, score));
}

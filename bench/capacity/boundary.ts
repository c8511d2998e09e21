import { summarise } from '../stats/summary.ts';

/** What the search knows of one step. `score`: 0 at the limit, positive where it is broken; see SloFigure. */
export type Observation = {
  readonly level: number;
  readonly outcome: 'pass' | 'fail';
  readonly score: number;
  /** What it was made for: only `confirm` and `prove` are judged by, since where the others stand depends on their luck. */
  readonly stage: Stage;
};

/** Doubling; bisecting; trials around the boundary for its figures; trials at both its ends for their outcomes. */
export type Stage = 'grow' | 'bisect' | 'confirm' | 'prove';

/** The largest load that a trial meets the objectives at more often than not, with its interval. */
export type Boundary = {
  /** `figures`: from how far the figures are from their limits; `outcomes`: from what passed and what failed alone. */
  readonly method: 'figures' | 'outcomes';
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** At least this sure that the boundary lies between low and high. */
  readonly confidence: number;
  /** Confirmations that it rests on. */
  readonly trials: number;
};

/** Confirmations of the method `figures`: the smallest and the largest of eight enclose their median at 99.2 %. */
export const CONFIRMATIONS = 8;

/** The slope is taken from steps between the boundary divided by this and multiplied by it. */
const NEIGHBOURHOOD = 2.5;
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
  const near = observations.filter(
    (step) => Number.isFinite(step.score) && Math.abs(Math.log(step.level / level)) <= Math.log(NEIGHBOURHOOD),
  );
  const slopes: { slope: number; weight: number }[] = [];
  for (const [index, a] of near.entries()) {
    for (const b of near.slice(index + 1)) {
      const weight = Math.abs(Math.log(a.level / b.level));
      if (weight < 0.01) continue;
      slopes.push({ slope: (clamp(a.score) - clamp(b.score)) / Math.log(a.level / b.level), weight });
    }
  }
  if (slopes.length < 3) return null;
  const slope = weightedMedian(slopes);
  return slope < MIN_SLOPE ? null : slope;
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
 * own error, and test/bench/capacity/coverage.test.ts counts how often the truth lies within.
 */
export function boundaryByFigures(observations: readonly Observation[]): Boundary | null {
  const confirmations = observations.filter(({ stage }) => stage === 'confirm');
  if (confirmations.length < CONFIRMATIONS || confirmations.some(({ score }) => !Number.isFinite(score))) return null;
  const slope = slopeNear(observations, Math.exp(mean(confirmations.map(({ level }) => Math.log(level)))));
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

/** How far from the middle an end is tried, as ratios: further out each time that a trial contradicts it. */
const OFFSETS = [1.05, 1.15, 1.5] as const;

/** Like outcomes in a row that show that a level is below, or above, the boundary: by luck once in 64. */
const RUN_LENGTH = 6;

/** An end of the boundary that is being shown, or was. */
export type ProvenEnd = { readonly level: number; readonly has: number; readonly needs: number };

/**
 * How far the proof of one end has come: at the first level that no proof contradicts.
 *
 * @returns null where every level was contradicted
 */
export function provenEnd(
  observations: readonly Observation[],
  outcome: 'pass' | 'fail',
  place: (level: number) => number,
): ProvenEnd | null {
  const { middle } = bracketOf(observations);
  const proofs = observations.filter(({ stage }) => stage === 'prove');
  for (const [tried, offset] of OFFSETS.entries()) {
    const level = place(outcome === 'pass' ? middle / offset : middle * offset);
    const own = proofs.filter((step) => step.level === level);
    // Each level that was tried before was another chance to be lucky: two more in a row.
    if (own.every((step) => step.outcome === outcome)) return { level, has: own.length, needs: RUN_LENGTH + 2 * tried };
  }
  return null;
}

/**
 * The boundary by the method `outcomes`, from two ends whose runs are long enough.
 *
 * Were the boundary not between them, one of the levels would show the rarer of its two outcomes every time, whose
 * probability is at most 1 / 2 to the power of the run's length (sign test): over all levels that may be tried at most
 * 2.1 % for each end. No model of the figures is needed, so this serves counts, gates and cliffs.
 */
export function boundaryByOutcomes(low: ProvenEnd, high: ProvenEnd): Boundary | null {
  if (low.has < low.needs || high.has < high.needs) return null;
  return {
    method: 'outcomes',
    estimate: Math.sqrt(low.level * high.level),
    low: low.level,
    high: high.level,
    confidence: 0.95,
    trials: low.has + high.has,
  };
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

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

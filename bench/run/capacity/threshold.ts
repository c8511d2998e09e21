// Where something stops holding, from what passed and what failed alone.
import { sumOf } from '../../basics/numbers.ts';

/** One trial at a level. */
export type Attempt = { readonly level: number; readonly outcome: 'pass' | 'fail' };

/**
 * Where the threshold may lie, given attempts: the level at which one passes as often as not.
 *
 * Levels are on a logarithmic scale. The probability of passing falls from one to zero along a logistic curve around the
 * threshold, of a width that is not known either, but for lapses: a disturbed trial fails anywhere. Every threshold within
 * the range and every width of {@link WIDTHS} is as likely at first (Bayesian estimation of threshold and slope: Kontsevich
 * and Tyler, Vision Research 39, 1999). It needs no figures, and every attempt counts, whatever made it be tried.
 */
export type Threshold = {
  readonly median: number;
  /** The 95 % interval: 2.5 % of the probability lies below, 2.5 % above. */
  readonly low: number;
  readonly high: number;
  /** The level to try next: the one whose outcome is expected to leave the least variance. */
  readonly mostTelling: number;
};

/** Of the logistic curve, in natural logarithms: from a cliff to a slope on which the load doubles from 76 to 24 %. */
const WIDTHS = [0.01, 0.03, 0.1, 0.3] as const;

/** Trials whose outcome has nothing to do with the load. */
const LAPSE_RATE = 0.02;

/** Between two thresholds that are told apart, in natural logarithms: 2 %. */
const STEP = 0.02;

/** Where the next attempt may be made: at these parts of what is known. */
const CANDIDATES = [0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97] as const;

/** @param range what the threshold lies between for sure */
export function thresholdOf(attempts: readonly Attempt[], range: { low: number; high: number }): Threshold {
  const [from, to] = [Math.log(range.low), Math.log(range.high)];
  const count = Math.max(2, Math.ceil((to - from) / STEP));
  const places = Array.from({ length: count }, (_, index) => from + ((index + 0.5) * (to - from)) / count);
  const joint = normalised(places.map((place) => WIDTHS.map((width) => likelihood(attempts, place, width))));
  const beliefs = joint.map(sumOf);
  const quantile = (share: number) => quantileOf(places, beliefs, share);
  const candidates = CANDIDATES.map(quantile);
  const variances = candidates.map((level) => expectedVariance(places, joint, level));
  return {
    median: Math.exp(quantile(0.5)),
    low: Math.exp(quantile(0.025)),
    high: Math.exp(quantile(0.975)),
    mostTelling: Math.exp(candidates[variances.indexOf(Math.min(...variances))]!),
  };
}

/** Probability that an attempt passes. Levels and thresholds as logarithms. */
function passes(level: number, place: number, width: number): number {
  return LAPSE_RATE + (1 - 2 * LAPSE_RATE) / (1 + Math.exp((level - place) / width));
}

function likelihood(attempts: readonly Attempt[], place: number, width: number): number {
  return attempts.reduce((product, { level, outcome }) => {
    const pass = passes(Math.log(level), place, width);
    return product * (outcome === 'pass' ? pass : 1 - pass);
  }, 1);
}

function normalised(joint: readonly (readonly number[])[]): number[][] {
  const all = sumOf(joint.map(sumOf));
  return joint.map((row) => row.map((each) => each / all));
}

/** Variance of the threshold that is to be expected once a level has been tried. */
function expectedVariance(places: readonly number[], joint: readonly (readonly number[])[], level: number): number {
  const passed = joint.map((row, at) =>
    sumOf(row.map((each, width) => each * passes(level, places[at]!, WIDTHS[width]!))),
  );
  const failed = joint.map((row, at) => sumOf(row) - passed[at]!);
  return sumOf([passed, failed].map((beliefs) => sumOf(beliefs) * varianceOf(places, beliefs)));
}

function varianceOf(places: readonly number[], beliefs: readonly number[]): number {
  const all = sumOf(beliefs);
  const mean = sumOf(places.map((place, at) => (place * beliefs[at]!) / all));
  return sumOf(places.map((place, at) => ((place - mean) ** 2 * beliefs[at]!) / all));
}

/** Within a place, beliefs are spread evenly. */
function quantileOf(places: readonly number[], beliefs: readonly number[], share: number): number {
  const step = places[1]! - places[0]!;
  let below = 0;
  for (const [at, belief] of beliefs.entries()) {
    if (below + belief >= share) return places[at]! + step * ((share - below) / belief - 0.5);
    below += belief;
  }
  return places.at(-1)! + step / 2;
}

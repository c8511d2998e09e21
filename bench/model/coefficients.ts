import { amountsAt, useOf, type Fit, type TermId } from './cost-model.ts';
import { dot, leastSquares } from './least-squares.ts';
import { byCell, type Observation } from './observation.ts';
import { meanOf } from '../basics/numbers.ts';

/** What is fitted, and what one server can use of it at most. */
export type Quantity = { readonly of: (each: Observation) => number; readonly capacity: Fit['capacity'] };

/** Coefficients, of which none is negative, and by how much they miss: the sum of squared relative deviations. */
type Values = { readonly values: readonly number[]; readonly misfit: number };

/**
 * Least squares with coefficients that are not negative: nothing costs less than nothing. Each observation weighs as the
 * inverse of its cell's mean, so that what counts is by how many per cent the model is off. All coefficients but that of a
 * wake-up are linear once that one is chosen; it is searched (separable least squares: Golub and Pereyra 1973).
 *
 * @returns null where the terms cannot be told apart. `values` are the best of which none is negative; `full`, with negative
 *   ones, is what intervals are taken from: one Gauss-Newton step further, of a model that is linear the best fit itself
 */
export function solve(terms: readonly TermId[], observations: readonly Observation[], { of, capacity }: Quantity) {
  const means = new Map(
    byCell(observations).flatMap((cell) => {
      const mean = meanOf(cell.map(of));
      return cell.map((each) => [each, mean] as const);
    }),
  );
  const weights = observations.map((each) => 1 / Math.max(means.get(each)!, Number.MIN_VALUE));
  const linear = terms.filter((term) => term !== 'wake');
  /** With L for the other terms: used (1 + w R / capacity) - w R = L. */
  const given = (wakeUs: number): Values | null => {
    const bound = capacity ?? Number.POSITIVE_INFINITY;
    const damping = observations.map(({ load }) => 1 + (wakeUs * load.requests) / bound);
    const others = observations.map((each, at) => of(each) * damping[at]! - wakeUs * each.load.requests);
    const damped = weights.map((weight, at) => weight / damping[at]!);
    const solved = notNegative(linear, observations, others, damped);
    if (solved === null) return null;
    const values = terms.map((term) => (term === 'wake' ? wakeUs : solved.values[linear.indexOf(term)]!));
    return { ...solved, values };
  };
  const best = terms.includes('wake') ? leastMisfit(given) : given(0);
  if (best === null) return null;

  const { values } = best;
  const uses = observations.map(({ load }) => useOf(formOf(terms, values, capacity), load));
  const step = leastSquares(
    uses.map(({ amounts, sensitivity }) => terms.map((term) => amounts[term] * sensitivity)),
    observations.map((each, at) => of(each) - uses[at]!.value),
    weights,
  );
  if ('dependent' in step) return null;
  const { coefficients, covariance, degrees } = step.fit;
  return { values, full: { coefficients: coefficients.map((move, at) => values[at]! + move), covariance, degrees } };
}

/** What predicts with these coefficients. */
export function formOf(terms: readonly TermId[], values: readonly number[], capacity: Fit['capacity']) {
  return { coefficients: terms.map((term, at) => ({ term, value: values[at]! })), capacity };
}

/**
 * Least squares in which no coefficient is negative: with all terms or, where that makes one negative, with the best subset of
 * them, all others being zero; with four terms there are fifteen.
 */
function notNegative(
  terms: readonly TermId[],
  observations: readonly Observation[],
  y: readonly number[],
  weights: readonly number[],
): Values | null {
  const all = observations.map(({ load }) => terms.map((term) => amountsAt(load, 0)[term]));
  const fitTo = (chosen: readonly number[]): Values | null => {
    const rows = all.map((row) => chosen.map((index) => row[index]!));
    const solved = leastSquares(rows, y, weights);
    if (!('fit' in solved) || solved.fit.coefficients.some((value) => value < 0)) return null;
    const values = terms.map((_, index) => solved.fit.coefficients[chosen.indexOf(index)] ?? 0);
    const misfit = all.reduce((sum, row, at) => sum + (weights[at]! * (dot(row, values) - y[at]!)) ** 2, 0);
    return { values, misfit };
  };
  const indices = terms.map((_, index) => index);
  const whole = fitTo(indices);
  if (whole !== null) return whole;
  const subsets = Array.from({ length: 2 ** terms.length - 2 }, (_, bits) =>
    indices.filter((index) => ((bits + 1) >> index) % 2 === 1),
  );
  return subsets
    .map(fitTo)
    .filter((found) => found !== null)
    .reduce<Values | null>((best, found) => (best === null || found.misfit < best.misfit ? found : best), null);
}

/** What a wake-up may cost, in microseconds. */
const WAKE_UPS = { least: 1, most: 1000 } as const;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** Each narrows what is left by a third: a thousandth remains of the factor of a thousand. */
const NARROWINGS = 18;

/** The best wake-up, by golden section on a scale of ratios, or none where none is better. */
function leastMisfit(given: (wakeUs: number) => Values | null): Values | null {
  const tried = (logUs: number) => given(Math.exp(logUs));
  const misfitOf = (found: Values | null) => found?.misfit ?? Number.POSITIVE_INFINITY;
  let [from, to] = [Math.log(WAKE_UPS.least), Math.log(WAKE_UPS.most)];
  let [left, right] = [tried(to - GOLDEN * (to - from)), tried(from + GOLDEN * (to - from))];
  for (let step = 0; step < NARROWINGS; step++) {
    if (misfitOf(left) <= misfitOf(right)) {
      [to, right] = [from + GOLDEN * (to - from), left];
      left = tried(to - GOLDEN * (to - from));
    } else {
      [from, left] = [to - GOLDEN * (to - from), right];
      right = tried(from + GOLDEN * (to - from));
    }
  }
  return [given(0), left, right].reduce((a, b) => (misfitOf(b) < misfitOf(a) ? b : a));
}

/** What became of one hypothesis of a family. */
export type HolmStep = {
  readonly rejected: boolean;
  /** The error level at which it was judged; an interval at this level agrees with the decision. */
  readonly level: number;
  /** Smallest family-wide error level at which it would be rejected. */
  readonly adjusted: number;
};

/**
 * Holm's step-down correction (Holm 1979): the smallest p of m is judged at alpha / m, the next at alpha / (m - 1), and so
 * on until one is not rejected; from there on none is. The chance of even one false rejection in the family is at most
 * alpha, however the hypotheses depend on each other. Equal p are judged at the strictest of their levels, and what is not
 * rejected at the level at which rejecting ended, so that no level rests on the order of the input.
 *
 * @returns in the order of the input
 */
export function holm(ps: readonly number[], alpha: number): HolmStep[] {
  const m = ps.length;
  const ascending = ps.map((p, index) => ({ p, index })).toSorted((a, b) => a.p - b.p);
  const steps: HolmStep[] = [];
  let rejecting = true;
  let level = alpha;
  let adjusted = 0;
  for (const [step, { p, index }] of ascending.entries()) {
    const tied = step > 0 && ascending[step - 1]!.p === p;
    if (rejecting && !tied) {
      level = alpha / (m - step);
      rejecting = p <= level;
    }
    adjusted = Math.min(1, Math.max(adjusted, (m - step) * p));
    steps[index] = { rejected: rejecting, level, adjusted };
  }
  return steps;
}

import type { ShiftEvidence } from './shift.ts';

const distributions = new Map<number, Float64Array>();

/**
 * The exact null distribution of Wilcoxon's signed-rank statistic: `cdf[w]` = P(W <= w) for w from 0 to n(n+1)/2. Each rank
 * from 1 to n is in the sum or not with probability 1/2, independently; the ranks are added one after the other
 * (Wilcoxon 1945; the recursion as in Hollander, Wolfe, Chicken 2014, comment 3.5).
 *
 * @param n number of differences, from 1 to 1,000
 */
export function signedRankCdf(n: number): Float64Array {
  const known = distributions.get(n);
  if (known) return known;
  const probability = new Float64Array((n * (n + 1)) / 2 + 1);
  probability[0] = 1;
  for (let rank = 1, top = 1; rank <= n; rank++, top += rank) {
    for (let w = top; w >= rank; w--) probability[w] = (probability[w]! + probability[w - rank]!) / 2;
    for (let w = rank - 1; w >= 0; w--) probability[w]! /= 2;
  }
  const cdf = accumulate(probability);
  distributions.set(n, cdf);
  return cdf;
}

/**
 * Paired differences as evidence of a shift. Their Walsh averages (of every difference with every other and with itself)
 * above zero are as many as Wilcoxon's rank sum where nothing is tied (Tukey 1949), so the averages stand for the test.
 * Ties and zeros: see `shift.ts`.
 *
 * @param differences one a block, at least one
 */
export function signedRank(differences: readonly number[]): ShiftEvidence {
  const n = differences.length;
  const ordered = new Float64Array((n * (n + 1)) / 2);
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) ordered[at++] = (differences[i]! + differences[j]!) / 2;
  }
  return { ordered: ordered.toSorted(), cdf: signedRankCdf(n) };
}

/** The fewest differences with which any interval at that error level exists: both tails of one in 2^n. */
export function fewestForLevel(level: number): number {
  return Math.ceil(1 - Math.log2(level));
}

/** Probabilities summed up from the first. */
export function accumulate(probability: Float64Array): Float64Array {
  let sum = 0;
  return probability.map((p) => (sum += p));
}

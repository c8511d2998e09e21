import type { ShiftEvidence } from './shift.ts';
import { accumulate } from './wilcoxon.ts';

const distributions = new Map<string, Float64Array>();

/** Above it the recursion takes longer than a reader waits, and the normal distribution is near enough. */
const MAX_EXACT_PAIRS = 10_000;

/**
 * The exact null distribution of Mann and Whitney's U: `cdf[u]` = P(U <= u) for u from 0 to m n. The largest of all values is
 * one of the m with probability m / (m + n), and then exceeds all n; else it says nothing (recursion of Mann and Whitney
 * 1947). Of more than 10,000 pairs the normal approximation with continuity correction.
 *
 * @param m size of the one sample, at least 1
 * @param n size of the other, at least 1
 */
export function rankSumCdf(m: number, n: number): Float64Array {
  const key = `${m} ${n}`;
  const known = distributions.get(key);
  if (known) return known;
  const cdf = m * n > MAX_EXACT_PAIRS ? normalCdf(m, n) : exactCdf(m, n);
  distributions.set(key, cdf);
  return cdf;
}

/**
 * Two independent samples as evidence of a shift from b to a: all differences of a value of a and one of b. Ties: see
 * `shift.ts`.
 *
 * @param a at least one value
 * @param b at least one value
 */
export function rankSum(a: readonly number[], b: readonly number[]): ShiftEvidence {
  const ordered = new Float64Array(a.length * b.length);
  let at = 0;
  for (const x of a) for (const y of b) ordered[at++] = x - y;
  return { ordered: ordered.toSorted(), cdf: rankSumCdf(a.length, b.length) };
}

function exactCdf(m: number, n: number): Float64Array {
  // row[j]: the distribution for i of the one sample and j of the other
  let row = Array.from({ length: n + 1 }, () => Float64Array.of(1));
  for (let i = 1; i <= m; i++) {
    const next = [Float64Array.of(1)];
    for (let j = 1; j <= n; j++) {
      const share = i / (i + j);
      const without = next[j - 1]!;
      const probability = new Float64Array(i * j + 1);
      for (let u = 0; u < without.length; u++) probability[u] = (1 - share) * without[u]!;
      const above = row[j]!;
      for (let u = 0; u < above.length; u++) probability[u + j]! += share * above[u]!;
      next.push(probability);
    }
    row = next;
  }
  return accumulate(row[n]!);
}

function normalCdf(m: number, n: number): Float64Array {
  const deviation = Math.sqrt((m * n * (m + n + 1)) / 12);
  return Float64Array.from({ length: m * n + 1 }, (_, u) => standardNormal((u + 0.5 - (m * n) / 2) / deviation));
}

/** P(Z <= z), within 1e-7 (Abramowitz and Stegun 1964, 26.2.17). */
function standardNormal(z: number): number {
  const t = 1 / (1 + 0.231_641_9 * Math.abs(z));
  const series =
    t * (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return z > 0 ? 1 - tail : tail;
}

// Runs in a browser too: no import of Node.

export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** The arithmetic mean; not a number where there are no values. */
export function meanOf(values: readonly number[]): number {
  return sumOf(values) / values.length;
}

/** The median; null where there are no values. */
export function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/** Four significant digits, unless more are asked for: finer than a histogram's own three, and short in a page. */
export function rounded(value: number, digits = 4): number {
  return Number(value.toPrecision(digits));
}

/** Four significant digits, unless more are asked for: finer than the histogram's own three, and short in the page. */
export function rounded(value: number, digits = 4): number {
  return Number(value.toPrecision(digits));
}

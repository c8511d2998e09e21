// Runs in a browser too: no import of Node.

export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** The arithmetic mean; not a number where there are no values. */
export function meanOf(values: readonly number[]): number {
  return sumOf(values) / values.length;
}

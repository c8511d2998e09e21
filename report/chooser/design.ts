// What a transport costs by its design, whatever a server does. Measured figures are carried to other loads as what they
// add to this, so that a slower feed or a larger payload is not mistaken for a slower server.

const P99_REST = 0.01;

/**
 * The p99 age of information in ms where nothing takes any time. Between two ticks the age rises from 0 to the feed's
 * period; a poll finds a tick after a time that is uniform on the poll interval, so that age is the sum of two independent
 * uniform variables. The quantile of their trapezoidal density: the last `t` before the end a + b holds t^2 / 2ab of it as
 * long as t is at most the shorter of the two, and (t - a / 2) / b beyond.
 *
 * @param pollIntervalMs `null` for what is pushed
 */
export function designAgeP99Ms(periodMs: number, pollIntervalMs: number | null): number {
  if (pollIntervalMs === null) return periodMs * (1 - P99_REST);
  const [a, b] = [Math.min(periodMs, pollIntervalMs), Math.max(periodMs, pollIntervalMs)];
  const inTriangle = Math.sqrt(2 * P99_REST * a * b);
  return a + b - (inTriangle <= a ? inTriangle : P99_REST * b + a / 2);
}

/**
 * The longest poll interval in whole ms whose p99 age is within a budget, given what server and network add to the design;
 * `null` where none is.
 */
export function longestPollIntervalMs(periodMs: number, addedMs: number, budgetMs: number): number | null {
  const fits = (intervalMs: number) => designAgeP99Ms(periodMs, intervalMs) + addedMs <= budgetMs;
  let [low, high] = [1, Math.ceil(budgetMs)];
  if (!fits(low)) return null;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return fits(high) ? high : low;
}

const FIRST_MS = 250;
const LONGEST_MS = 4000;

const COUNTERS_MS = 1000;
const COUNTERS_BUSY_MS = 200;

/**
 * How long a page waits before it asks for the server's counters again: seldom, oftener while something goes on that they show,
 * and ever more seldom while nobody answers, whatever went on before.
 *
 * @param failures in a row
 * @param random uniform on [0, 1)
 */
export function askAgainMs(failures: number, isBusy: boolean, random: number): number {
  if (failures > 0) return Math.max(COUNTERS_MS, backoffMs(failures, random));
  return isBusy ? COUNTERS_BUSY_MS : COUNTERS_MS;
}

/**
 * How long a client waits before attempt number `attempt` (from 0) to reconnect: a ceiling that doubles up to 4 s, of which
 * the upper half is drawn at random. Without the randomness all clients of a server that comes back would ask at once.
 *
 * @param random uniform on [0, 1)
 */
export function backoffMs(attempt: number, random: number): number {
  const ceilingMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return ceilingMs * (0.5 + random / 2);
}

import type { Slots } from '../agent/measure/slot-means.ts';
import { formatDuration } from '../basics/amounts.ts';
import { medianOf } from '../basics/numbers.ts';
import { rankSumCdf } from '../judge/mann-whitney.ts';
import type { Settings } from '../result/schema.ts';

/** What the warm-up lasts at least. */
export const LEAST_MS = 1000;

/** By how much it is prolonged: whole seconds, so that those of the timeline go on as they began. */
export const PROLONG_MS = 1000;

/** So long before the window it is decided whether it begins. */
export const DECISION_MS = 60;

/** However latency moves, it is measured then. */
const LONGEST_MS = 8000;

/** Where ticks are so few that nobody can tell; each finds the queues empty then. */
const LONGEST_BLIND_MS = 3000;

/** Slots of a side: fewer cannot tell a trend from chance, and more would reach back to where it still moved. */
const LEAST_SLOTS = 4;
const MOST_SLOTS = 10;

/** The share of steady warm-ups that a look takes for one that still moves, where slots do not depend on each other. */
const FALSE_ALARMS = 0.05;

/** What moves by less is steady enough for a window that is much longer than these slots. */
const SMALL_SHARE = 0.1;
const SMALL_US = 1000;

/** In which latency is looked at: a tenth of a second, but at least a tick. */
export function warmUpSlots(startUs: number, rateHz: number): Slots {
  return { startUs, slotUs: Math.max(1e5, 1e6 / rateHz) };
}

/**
 * Whether latency has come to rest: the newest slots are as those before them, by a two-sided test of ranks (Mann and Whitney
 * 1947) at 5 %, or differ in their medians by less than a tenth, or a millisecond. Slots next to each other share what happens
 * to the machine, so that false alarms are more than 5 %: each costs a second.
 *
 * @param meansUs of the slots in which anything was received, in their order
 * @returns null where there are too few of them
 */
export function hasSettled(meansUs: readonly number[]): boolean | null {
  const side = Math.min(MOST_SLOTS, Math.floor(meansUs.length / 2));
  if (side < LEAST_SLOTS) return null;
  const newer = meansUs.slice(-side);
  const older = meansUs.slice(-2 * side, -side);
  const [now, then] = [medianOf(newer)!, medianOf(older)!];
  const moved = Math.abs(now - then);
  if (moved < SMALL_US || moved < SMALL_SHARE * Math.max(now, then)) return true;
  const above = newer.reduce((sum, x) => sum + older.reduce((wins, y) => wins + (x > y ? 1 : x === y ? 0.5 : 0), 0), 0);
  const extreme = Math.floor(Math.min(above, side * side - above));
  return 2 * rankSumCdf(side, side)[extreme]! > FALSE_ALARMS;
}

/** Whether the window begins, so long after the ramp. */
export function isOver(settled: boolean | null, waitedMs: number): boolean {
  return settled === true || waitedMs >= (settled === null ? LONGEST_BLIND_MS : LONGEST_MS);
}

/** How the warm-up of a trial is told, in words. */
export function warmUpText(warmupMs: Settings['warmupMs'], format: (ms: number) => string = formatDuration): string {
  return warmupMs === 'auto' ? `until latency settles, ${format(LEAST_MS)} to ${format(LONGEST_MS)}` : format(warmupMs);
}

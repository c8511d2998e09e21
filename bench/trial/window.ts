import { dueUs, firstDueFrom, type Schedule } from '../../server/feed/schedule.ts';
import type { MeasuredWindow } from '../agent/measure/recorder.ts';
import { formatDuration } from '../basics/amounts.ts';

/**
 * How many ticks a window holds that is to last `durationMs`: the nearest whole number, at least one. Bytes and CPU time of
 * a window are divided by the ticks that count in it, so one that ended on a tick would charge it to the others.
 */
export function windowTicks(durationMs: number, rateHz: number): number {
  return Math.max(1, Math.round((durationMs * rateHz) / 1000));
}

/** How long that window lasts, in milliseconds. */
export function windowMs(durationMs: number, rateHz: number): number {
  return (windowTicks(durationMs, rateHz) * 1000) / rateHz;
}

/**
 * The first window that begins at or after `earliestUs`. It lasts `lengthUs` to the nearest whole tick, and begins and ends
 * halfway between two ticks: so the samples of CPU and bytes at its ends fall where nothing is being sent, and what they
 * differ by is of the ticks that count.
 */
export function nextWindow(schedule: Schedule, earliestUs: number, lengthUs: number): MeasuredWindow {
  const halfTickUs = 5e5 / schedule.rateHz;
  const firstSeq = firstDueFrom(schedule, earliestUs + halfTickUs);
  const nextSeq = firstSeq + windowTicks(lengthUs / 1000, schedule.rateHz);
  const halfwayTo = (seq: number) => Math.round(dueUs(schedule, seq) - halfTickUs);
  return { startUs: halfwayTo(firstSeq), endUs: halfwayTo(nextSeq), firstSeq, lastSeq: nextSeq - 1 };
}

/**
 * The length of the windows of cells with these rates, as it is measured: `3s`, or `3s to 3200ms, whole ticks`.
 *
 * @param ratesHz `null` for one that is searched
 */
export function windowText(durationMs: number, ratesHz: readonly (number | null)[]): string {
  const lengths = ratesHz.map((rateHz) => (rateHz === null ? durationMs : windowMs(durationMs, rateHz)));
  const [shortest, longest] = [Math.min(...lengths), Math.max(...lengths)].map((ms) => formatDuration(Math.round(ms)));
  const range = shortest === longest ? shortest! : `${shortest} to ${longest}`;
  const isAsked = lengths.every((length) => length === durationMs) && !ratesHz.includes(null);
  return isAsked ? range : `${range}, whole ticks`;
}

/** Why the slowest of these feeds could not be measured: the window as it was asked for holds none of its ticks. */
export function windowMistakes(durationMs: number, ratesHz: readonly number[], isGiven: boolean): string[] {
  const slowest = Math.min(...ratesHz);
  if (durationMs * slowest >= 1000) return [];
  const least = formatDuration(Math.ceil(1000 / slowest));
  const shown = `${formatDuration(durationMs)}${isGiven ? '' : ' (the default)'}`;
  return [`--duration ${shown}: holds no tick at ${slowest} ticks/s; allowed: from ${least} on`];
}

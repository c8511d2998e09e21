import { logTicks } from './log-ticks.ts';

/** Places of values on a logarithmic axis, and where its lines stand. */
export type LogAxis = { readonly place: (value: number) => number; readonly ticks: readonly number[] };

/**
 * A logarithmic axis from one place to another, in pixels or in percent of a width.
 *
 * @param range the least and the most that it shows; what is below the least, as zero is, stands at it
 */
export function logAxis(range: { min: number; max: number }, from: number, to: number, most: number): LogAxis {
  const { min, max } = range;
  const place = (value: number) => {
    const share = Math.log(Math.max(min, value) / min) / Math.log(max / min);
    return Math.round((from + share * (to - from)) * 100) / 100;
  };
  return { place, ticks: logTicks(range, most) };
}

import { summarise } from '../../judge/summary.ts';

/** Bytes per client: the slope of memory over client counts, and the least and the greatest between successive counts. */
export type Slope = { bytes: number; least: number; greatest: number };

/**
 * Memory per client as a slope: what a process holds before its first client does not count. The median of the slopes
 * between every two counts (Theil 1950, Sen 1968), which one disturbed count does not move.
 *
 * @param points at least two, with different client counts, in ascending order of clients
 */
export function slopeOf(points: readonly { clients: number; bytes: number }[]): Slope {
  const slope = (a: (typeof points)[number], b: (typeof points)[number]) =>
    (b.bytes - a.bytes) / (b.clients - a.clients);
  const all = points.flatMap((a, index) => points.slice(index + 1).map((b) => slope(a, b)));
  const successive = points.slice(1).map((b, index) => slope(points[index]!, b));
  return { bytes: summarise(all).median, least: Math.min(...successive), greatest: Math.max(...successive) };
}

import { shiftEstimate, shiftInterval, type ShiftEvidence, type ShiftInterval } from './shift.ts';
import { fewestForLevel } from './wilcoxon.ts';

/** More than anyone would add to see; stands for "more than 100". */
export const MANY_BLOCKS = 101;

/** Whether an interval settles a question: wholly beyond the margin, wholly within it, or neither. */
export function settles(interval: ShiftInterval, edge: number): 'above' | 'below' | 'within' | null {
  if (interval.low > edge) return 'above';
  if (interval.high < -edge) return 'below';
  return interval.low >= -edge && interval.high <= edge ? 'within' : null;
}

/**
 * About how many more blocks would settle an open comparison, if further blocks are like those so far: the estimate stays
 * and the interval shrinks around it with the square root of their number, until it leaves the margin's edge behind or
 * fits inside. Never fewer than an interval at the error level needs at all.
 *
 * @param edge half the width of the margin, on the scale of the evidence
 * @returns at most {@link MANY_BLOCKS}; null where it is settled
 */
export function moreBlocks(evidence: ShiftEvidence, edge: number, level: number, blocks: number): number | null {
  const interval = shiftInterval(evidence, level);
  if (interval !== null && settles(interval, edge) !== null) return null;
  const { ordered } = evidence;
  const { low, high } = interval ?? { low: ordered[0]!, high: ordered.at(-1)! };
  const estimate = shiftEstimate(evidence);
  let shrink: number;
  if (estimate > edge) shrink = part(estimate - low, estimate - edge);
  else if (estimate < -edge) shrink = part(high - estimate, -edge - estimate);
  else shrink = Math.max(part(high - estimate, edge - estimate), part(estimate - low, estimate + edge));
  const needed = Math.max(Math.ceil(blocks * shrink ** 2), fewestForLevel(level), blocks + 1);
  return Math.min(MANY_BLOCKS, needed - blocks);
}

/** How many times too wide; an end without width fits anywhere. */
function part(width: number, room: number): number {
  return width === 0 ? 0 : width / room;
}

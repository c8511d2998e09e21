import type { Arrival } from './channel.ts';

/** A mark on a lane, in pixels from the lane's left and from its ground. */
export type LaneMark = { readonly x: number; readonly up: number };

export type LaneFrame = {
  readonly width: number;
  readonly nowUs: number;
  readonly spanUs: number;
  /** Distance between marks that came with one read and stand on each other. */
  readonly stepPx: number;
  readonly maxUpPx: number;
};

/** Where the arrivals of the frame's span stand: each at the time of its receipt, those of one read on each other. */
export function laneMarks(arrivals: readonly Arrival[], frame: LaneFrame): LaneMark[] {
  const fromUs = frame.nowUs - frame.spanUs;
  const marks: LaneMark[] = [];
  for (let index = arrivals.length - 1; index >= 0; index--) {
    const { receivedUs, place } = arrivals[index]!;
    if (receivedUs < fromUs) break;
    marks.push({
      x: ((receivedUs - fromUs) / frame.spanUs) * frame.width,
      up: Math.min(frame.maxUpPx, place * frame.stepPx),
    });
  }
  return marks;
}

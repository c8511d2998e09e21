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
  return arrivals
    .filter(({ receivedUs }) => receivedUs >= fromUs)
    .map(({ receivedUs, place }) => ({
      x: ((receivedUs - fromUs) / frame.spanUs) * frame.width,
      up: Math.min(frame.maxUpPx, place * frame.stepPx),
    }));
}

/** What a small chart of latencies shows: times in microseconds, sizes in pixels. */
export type SparkFrame = {
  readonly width: number;
  readonly height: number;
  /** The right edge. */
  readonly nowUs: number;
  readonly spanUs: number;
  readonly minUs: number;
  readonly maxUs: number;
};

/** Distance from the top; logarithmic, what lies outside stands on the edge. */
export function logY(us: number, { height, minUs, maxUs }: Pick<SparkFrame, 'height' | 'minUs' | 'maxUs'>): number {
  const clamped = Math.min(maxUs, Math.max(minUs, us));
  return height * (1 - Math.log(clamped / minUs) / Math.log(maxUs / minUs));
}

export type Point = { readonly x: number; readonly y: number };

/** The samples that are within the frame's span, as points; oldest first. */
export function sparkPoints(
  samples: readonly { readonly receivedUs: number; readonly latencyUs: number }[],
  frame: SparkFrame,
): Point[] {
  const fromUs = frame.nowUs - frame.spanUs;
  return samples
    .filter(({ receivedUs }) => receivedUs >= fromUs)
    .map(({ receivedUs, latencyUs }) => ({
      x: ((receivedUs - fromUs) / frame.spanUs) * frame.width,
      y: logY(latencyUs, frame),
    }));
}

import type { LaneFigures } from './lane-counts.ts';

/** From the controller to the wire. */
export type ToWire =
  | { type: 'measure'; fromUs: number; untilUs: number }
  /** What was found in the window. */
  | { type: 'finish' };

export type WireReport = {
  towardsServer: LaneFigures;
  towardsClients: LaneFigures;
  /** Of the whole process in the measured window. */
  cpuUs: number;
};

export type FromWire = { type: 'ready' } | { type: 'report'; report: WireReport };

import type { RunEvent } from '../../run/run-event.ts';

/** Shows a run while it lasts. */
export type Progress = {
  handle: (event: RunEvent) => void;
  /** Leaves the terminal as it was found. May be called at any time, and more than once. */
  stop: () => void;
};

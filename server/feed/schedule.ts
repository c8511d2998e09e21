/** When ticks are due. Pure: every process that knows these two figures knows the whole schedule. */
export type Schedule = {
  /** When tick 1 is due, integer microseconds on the host's monotonic clock. */
  readonly startUs: number;
  /** Ticks per second, above 0. */
  readonly rateHz: number;
};

/**
 * When tick `seq` is due: `startUs + (seq - 1) / rate`, in integer microseconds. Computed from the start, never from the
 * tick before, so that neither rounding nor a late event loop accumulates.
 */
export function dueUs(schedule: Schedule, seq: number): number {
  return schedule.startUs + Math.round(((seq - 1) * 1e6) / schedule.rateHz);
}

/** The newest tick that is due at `nowUs`; 0 before the first. */
export function newestDue(schedule: Schedule, nowUs: number): number {
  if (nowUs < schedule.startUs) return 0;
  let seq = Math.floor(((nowUs - schedule.startUs) * schedule.rateHz) / 1e6) + 1;
  // The quotient rounds: step to the exact boundary.
  while (dueUs(schedule, seq) > nowUs) seq--;
  while (dueUs(schedule, seq + 1) <= nowUs) seq++;
  return seq;
}

/** The first tick that is due at or after `fromUs`. */
export function firstDueFrom(schedule: Schedule, fromUs: number): number {
  return newestDue(schedule, fromUs - 1) + 1;
}

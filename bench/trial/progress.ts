/** The phases of a trial, in order. `start` is the time until server and agents are ready. */
export type Phase = 'start' | 'ramp' | 'warmup' | 'measure' | 'drain';

/** Live figures of the running trial, from the agents' last reports. Figures that are not known yet are null. */
export type TrialProgress = {
  phase: Phase;
  /** Time in this phase, and how long it will take (ramp: at the planned pace). */
  phaseMs: number;
  phaseTotalMs: number;
  connected: number;
  target: number;
  /** Since the start of the measured window. */
  delivered: number;
  deliveredPerSecond: number;
  missed: number;
  p50Us: number | null;
  p99Us: number | null;
  /** Cores in use by all server processes. */
  serverCores: number | null;
  /** Highest event loop utilisation of any agent, 0 to 1. */
  agentUtilisation: number | null;
};

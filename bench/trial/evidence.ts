import type { ServerSample } from '../../server/control.ts';
import type { Schedule } from '../../server/feed/schedule.ts';
import type { MeasuredWindow } from '../agent/measure/recorder.ts';
import type { AgentReport } from '../agent/messages.ts';
import type { HostSample } from '../machine/host.ts';
import type { LostAgent } from './agent-group.ts';
import type { Loss } from './roster.ts';
import type { TrialSpec } from './spec.ts';

/** Samples of each server process, in order; undefined of one that was lost before. */
type Samples = (ServerSample | undefined)[];

/**
 * Everything that a trial's processes have told, before it becomes figures. What a trial never came to, because a process
 * was lost, is absent.
 */
export type TrialEvidence = {
  spec: TrialSpec;
  startedAt: string;
  window?: MeasuredWindow;
  schedule: Schedule;
  rampStartUs?: number;
  rampEndUs?: number;
  drainEndUs: number;
  server: { baseline?: Samples; start?: Samples; end?: Samples; held?: Samples };
  /** At both ends of the ramp and of the measured window; also how long the controller had no turn in the window, at a time. */
  host: {
    rampStart?: HostSample;
    rampEnd?: HostSample;
    start?: HostSample;
    end?: HostSample;
    standstillUs?: number;
  };
  /** Of the agents that lived to the end. */
  reports: { pid: number; report: AgentReport }[];
  lostAgents: LostAgent[];
  losses: (Loss & { code: 'AGENT_LOST' | 'SERVER_LOST' })[];
  /** Of the canary cohort, where there was one. */
  canaryReport: AgentReport | null;
};

import type { AttachedSample, ForeignSample, ServerSample } from '../../server/control.ts';
import type { Schedule } from '../../server/feed/schedule.ts';
import type { MeasuredWindow } from '../agent/measure/recorder.ts';
import type { AgentReport } from '../agent/messages.ts';
import type { HostSample } from '../machine/host.ts';
import type { MachineProcess } from '../machine/processes.ts';
import type { ProxySample } from '../proxy/run-proxy.ts';
import type { LostAgent } from './agent-group.ts';
import type { Loss } from './roster.ts';
import type { TrialSpec } from './spec.ts';

/** Samples of each server process, in order; undefined of one that was lost before. */
type Samples = (ServerSample | ForeignSample | undefined)[];

/** What a sample tells of a server that ran before; undefined of others. */
export function attachedOf(sample: Samples[number]): AttachedSample | undefined {
  return sample && 'attached' in sample ? sample.attached : undefined;
}

/**
 * Everything that a trial's processes have told, before it becomes figures. What a trial never came to, because a process
 * was lost, is absent.
 */
export type TrialEvidence = {
  spec: TrialSpec;
  startedAt: string;
  window?: MeasuredWindow;
  /** Whether latency had come to rest by then; null where that could not be told, absent where nobody looked. */
  settled?: boolean | null;
  schedule: Schedule;
  rampStartUs?: number;
  rampEndUs?: number;
  drainEndUs: number;
  server: { baseline?: Samples; start?: Samples; end?: Samples; held?: Samples };
  /** Of what stood between clients and server, where anything did: before the first client, and at both ends of the window. */
  proxy?: { baseline?: ProxySample; start?: ProxySample; end?: ProxySample };
  /** At both ends of the ramp and of the measured window; also how long the controller had no turn in the window, at a time. */
  host: {
    rampStart?: HostSample;
    rampEnd?: HostSample;
    start?: HostSample;
    end?: HostSample;
    standstillUs?: number;
    /** What programs that are none of the run's used from shortly before the window to its end, as far as the system tells. */
    others?: MachineProcess[];
  };
  /** Of the agents that lived to the end. */
  reports: { pid: number; report: AgentReport }[];
  /** Of the witnesses, whose clients are the cell's as well; null where there were none, or they were lost. */
  witnessReport: { pid: number; report: AgentReport } | null;
  lostAgents: LostAgent[];
  losses: (Loss & { code: 'AGENT_LOST' | 'SERVER_LOST' | 'PROXY_LOST' })[];
  /** Of the canary cohort, where there was one. */
  canaryReport: AgentReport | null;
};

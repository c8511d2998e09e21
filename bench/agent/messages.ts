// What the controller and a load agent say to each other: one union each way, plain data only, so that it can travel over
// child-process IPC or a network alike. What a server process says stands in server/control.ts.
import type { ProcessSample } from '../../server/probe.ts';
import type { Schedule } from '../../server/feed/schedule.ts';
import type { TransportId } from '../../server/transports/traits.ts';
import type { Door } from '../result/target.ts';
import type { SocketBytes } from './contract.ts';
import type { MeasuredWindow, Recording } from './measure/recorder.ts';
import type { Slots, SlotSums } from './measure/slot-means.ts';
import type { ConnectError, DriverKind } from '../result/schema.ts';

/** Who the clients are; `control` reads and does nothing else, records nothing, and is in no result. */
export type AgentDriver = DriverKind | 'control';

/** Everything that an agent must know about its share of a trial. */
export type Assignment = {
  transport: TransportId;
  /** Where the server has it. */
  path: string;
  /** Of a server that is not ours, which may send other messages than ticks. */
  door?: Door;
  driver: AgentDriver;
  host: string;
  port: number;
  /** This agent's clients, and how many of the trial's come before them. */
  clients: number;
  firstClient: number;
  /** After so many clients of the trial the next source address begins. */
  clientsPerAddress: number;
  /** Connections that this agent opens per second. */
  rampPerSecond: number;
  schedule: Schedule;
  payloadBytes: number;
  seed: number;
  pollIntervalMs: number;
  pollLatest: boolean;
  /**
   * Who goes first where processes want the same core: `witness` before all, `load` after all, `canary` between them, as far as
   * the system permits.
   */
  precedence: Precedence;
};

export type Precedence = 'witness' | 'canary' | 'usual' | 'load';

export type ToAgent =
  | { type: 'assign'; assignment: Assignment }
  /** Begin the ramp at that time. */
  | { type: 'open'; startUs: number }
  /**
   * Everyone is connected: measure that window. Said again while latency has not settled, with a later window. `warmUp`: the
   * slots to tell the course of the latency in, the last time {@link SETTLE_NOTICE_MS} before the window.
   */
  | { type: 'measure'; window: MeasuredWindow; warmUp: Slots | null }
  /** The drain is over: report what was recorded. */
  | { type: 'finish' }
  | { type: 'stop' };

export type FromAgent =
  | { type: 'ready'; pid: number }
  /** Each client has either connected or failed. */
  | { type: 'opened' }
  | { type: 'progress'; progress: AgentProgress }
  /** Every measured tick that is recorded has arrived at every connected client. */
  | { type: 'complete' }
  | { type: 'report'; report: AgentReport }
  | { type: 'failed'; code: string; message: string };

/** Sent {@link PROGRESS_HZ} times a second. */
export type AgentProgress = {
  atUs: number;
  connected: number;
  failed: number;
  delivered: number;
  gaps: number;
  p50Us: number | null;
  p99Us: number | null;
  /** Of the agent's event loop since its last progress, 0 to 1. */
  utilisation: number;
  /** Null where nobody asked for it. */
  warmUp: SlotSums | null;
};

/** So long before a window agents tell how the warm-up went. */
export const SETTLE_NOTICE_MS = 120;

export const PROGRESS_HZ = 4;

/** Connections of an agent that may wait for their handshake at a time: more would overflow the server's listen queue. */
export const MAX_OPENING = 512;

/** The place that a process has among those that want the same core. */
export type Place = {
  /** setpriority(2): from -20, before all others, to 19. */
  niceness: number;
  /** Whether it runs as soon as it has something to do (SCHED_FIFO, sched(7)), not when the time slice of another is over. */
  isRealTime: boolean;
};

export type AgentReport = Place & {
  recording: Recording;
  clients: { connected: number; failed: number; dropped: number };
  errors: ConnectError[];
  connectHdr: string;
  pollLatenessHdr: string | null;
  /** Null for drivers that cannot tell. */
  readLagHdr: string | null;
  /** At the sockets in the measured window, of what TCP carries; null for drivers that cannot tell. */
  bytes: SocketBytes | null;
  /** Connected clients over time, at most {@link PROGRESS_HZ} points a second while they changed. */
  connections: { atUs: number; connected: number }[];
  /** Of the agent process: before its first client, and at both ends of the measured window. */
  baseline: ProcessSample;
  measureStart: ProcessSample;
  measureEnd: ProcessSample;
  /** When all was over, after a full collection. */
  held: ProcessSample;
};

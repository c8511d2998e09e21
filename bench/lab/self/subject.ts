import type { FanOutMode } from '../../../server/fan-out-mode.ts';
import { asksAtInterval, type TransportId } from '../../../server/transports/traits.ts';
import type { AgentDriver, AgentReport } from '../../agent/messages.ts';
import type { UnjudgedTrial } from '../../judge/gates.ts';
import { composeTrial } from '../../trial/figures.ts';
import type { TrialSpec } from '../../trial/spec.ts';
import { measureTrial } from '../../trial/trial.ts';
import { USUAL_SETTINGS } from '../verify/check.ts';

/** Who serves and who receives in one trial: each side is the real one or its control. */
export type Subject = {
  readonly transport: TransportId;
  /** `control`: `trial/control-server.ts`, which only writes. */
  readonly server: FanOutMode | 'control';
  /** `control`: `bench/agent/control.ts`, which only reads. */
  readonly agent: AgentDriver;
};

export type Load = {
  readonly clients: number;
  readonly rateHz: number;
  readonly payloadBytes: number;
  readonly pollIntervalMs: number;
  readonly warmupMs: number;
  readonly measureMs: number;
  readonly rampPerSecond: number;
  readonly seed: number;
};

/** What both sides used in the measured window, and held at its end. */
export type Usage = {
  /** Ticks delivered; for short polling polls answered. */
  messages: number;
  serverCpuUs: number;
  agentCpuUs: number;
  /** Event loop utilisation, 0 to 1. */
  serverUtilisation: number;
  agentUtilisation: number;
  /** Growth since before the first client: resident set, and heap and external memory after full collections. */
  server: { rssBytes: number; heldBytes: number };
  agent: { rssBytes: number; heldBytes: number };
  /** From the first connect until the last client was open, and the 99th percentile of one connect. */
  openMs: number;
  connectP99Us: number;
  /** Sent by the server for each message. */
  bytesPerMessage: number;
};

/** How long clients may take to open as fast as they go. */
const RAMP_GRACE_MS = 60_000;

/**
 * One server and one agent, each on a core of its own: the trial of a subject under a load.
 *
 * @param pin whether they are put on cores
 */
export function specOf({ transport, server, agent }: Subject, load: Load, pin: boolean): TrialSpec {
  const { clients, rateHz, payloadBytes, pollIntervalMs, warmupMs, measureMs, rampPerSecond, seed } = load;
  return {
    cell: {
      transport,
      clients,
      rateHz,
      payloadBytes,
      pollIntervalMs: asksAtInterval(transport) ? pollIntervalMs : null,
      driver: agent === 'control' ? 'lean' : agent,
      fanOut: server === 'control' ? 'prepared' : server,
    },
    settings: { ...USUAL_SETTINGS, warmupMs, durationMs: measureMs, rampPerSecond, pin, seed },
    block: 0,
    order: 0,
    attempt: 1,
    port: 0,
    control: {
      ...(server === 'control' ? { server: ['bench/trial/control-server.ts', transport] } : {}),
      driver: agent,
      rampGraceMs: RAMP_GRACE_MS,
    },
  };
}

/** Runs the trial of a subject. Throws as {@link usageOf} does. */
export async function measure(subject: Subject, load: Load, pin: boolean): Promise<Usage> {
  const never = new AbortController().signal;
  const evidence = await measureTrial(specOf(subject, load, pin), () => undefined, never);
  try {
    return usageOf(composeTrial(evidence), evidence.reports[0]?.report);
  } catch (error) {
    throw new Error(`${describe(subject)}: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * What was used in a trial of one server and one agent.
 *
 * @param report of the agent: what it held is no figure of a trial
 * @throws Error where a process was lost, not every client connected, or a tick was not emitted in time: no figure rather
 *   than a wrong one
 */
export function usageOf(
  { cell, phases, clients, connectUs, server, bytes, agents: [agent], losses = [] }: UnjudgedTrial,
  report: Pick<AgentReport, 'baseline' | 'held'> | undefined,
): Usage {
  if (losses.length > 0) throw new Error(losses[0]!.message);
  if (agent === undefined || report === undefined) throw new Error('the agent did not report');
  if (clients.connected !== clients.target) {
    throw new Error(`${clients.connected} of ${clients.target} clients connected`);
  }
  const ticks = phases.lastSeq - phases.firstSeq + 1;
  const { emitted } = server.feed!;
  if (Math.abs(emitted - ticks) > 1) {
    throw new Error(`${emitted} ticks were emitted in the window instead of ${ticks}`);
  }
  const each = cell.pollIntervalMs === null ? ticks : phases.measureMs / cell.pollIntervalMs;
  const messages = clients.connected * each;
  return {
    messages,
    serverCpuUs: server.cpuUserUs! + server.cpuSystemUs!,
    agentCpuUs: agent.cpuUserUs + agent.cpuSystemUs,
    serverUtilisation: server.eventLoop!.utilisation,
    agentUtilisation: agent.utilisation,
    server: {
      rssBytes: server.rssPerClientBytes! * clients.connected,
      heldBytes: server.heapPerClientBytes! * clients.connected,
    },
    agent: {
      rssBytes: agent.rssPerClientBytes * clients.connected,
      heldBytes: report.held.heldBytes - report.baseline.heldBytes,
    },
    openMs: phases.rampMs,
    connectP99Us: connectUs.p99,
    bytesPerMessage: bytes.applicationSent / messages,
  };
}

/** Busier than this a process may have fallen behind. */
const MOST_BUSY = 0.95;

/**
 * Whether both sides did all that they were given: of a process without time to spare, messages that it did not get to would
 * count as cheap ones.
 */
export function hasTimeToSpare({ serverUtilisation, agentUtilisation }: Usage): boolean {
  return Math.max(serverUtilisation, agentUtilisation) <= MOST_BUSY;
}

/** As tables name it. */
export function describe({ transport, server, agent }: Subject): string {
  return `${transport}: ${server} server, ${agent} agent`;
}

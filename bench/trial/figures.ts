import type { ServerSample } from '../../server/control.ts';
import { newestDue, type Schedule } from '../../server/feed/schedule.ts';
import type { ProcessSample } from '../../server/probe.ts';
import { cpuShares, grown, type HostSample } from '../machine/host.ts';
import { decode, distribution, merge } from '../agent/measure/histogram.ts';
import { mergeRecordings, type MergedRecording } from '../agent/measure/merge.ts';
import type { MeasuredWindow } from '../agent/measure/recorder.ts';
import type { LostAgent } from './agent-group.ts';
import type { AgentReport } from '../agent/messages.ts';
import type { Loss } from './roster.ts';
import type {
  AgentFigures,
  BytesFigures,
  CanaryFigures,
  Cell,
  ConnectError,
  ServerFigures,
  Trial,
} from '../result/schema.ts';
import type { UnjudgedTrial } from '../judge/gates.ts';
import { summarise } from '../judge/summary.ts';
import { CLIENT_TRANSPORTS } from '../agent/index.ts';
import { isTransportId, traitsOf } from '../../server/transports/traits.ts';
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

/** A chart needs no more points than this. */
const MAX_CONNECTION_POINTS = 120;

/** Computes a trial's figures from its evidence. Pure. */
export function composeTrial(evidence: TrialEvidence): UnjudgedTrial {
  const { spec, reports } = evidence;
  const times = timesOf(evidence);
  const { window } = times;
  const agentReports = reports.map(({ report }) => report);
  const latenessUs = greatestLatenessUs(evidence);
  const recorded = mergeRecordings(
    agentReports.map((report) => report.recording),
    latenessUs,
  );
  const { delivered } = recorded.ledger;
  const clients = clientCounts(evidence, agentReports);
  const canary = evidence.canaryReport && mergeRecordings([evidence.canaryReport.recording], latenessUs);
  // The server does not tell the canary's clients from the others.
  const served = {
    clients: clients.connected + (evidence.canaryReport?.clients.connected ?? 0),
    delivered: delivered + (canary?.ledger.delivered ?? 0),
  };
  const lateness = agentReports.map((report) => report.pollLatenessHdr).filter((hdr) => hdr !== null);
  return {
    cell: spec.cell,
    block: spec.block,
    order: spec.order,
    attempt: spec.attempt,
    startedAt: evidence.startedAt,
    phases: {
      rampMs: (times.rampEndUs - times.rampStartUs) / 1000,
      warmupMs: (window.startUs - times.rampEndUs) / 1000,
      measureMs: (window.endUs - window.startUs) / 1000,
      // of a trial that ended in its window there was none
      drainMs: Math.max(0, evidence.drainEndUs - window.endUs) / 1000,
      firstSeq: window.firstSeq,
      lastSeq: window.lastSeq,
    },
    clients,
    errors: mergeErrors(agentReports.flatMap((report) => report.errors)),
    connectUs: distribution(merge(agentReports.map((report) => report.connectHdr))),
    connectionsOverTime: connectionsOverTime(evidence, times.rampStartUs),
    ledger: recorded.ledger,
    latencyUs: recorded.latencyUs,
    ageUs: recorded.ageUs,
    fanOutSpreadUs: recorded.fanOutSpreadUs,
    pollLatenessUs: lateness.length === 0 ? null : distribution(merge(lateness)),
    server: serverFigures(evidence, served),
    bytes: bytesFigures(evidence, served, window),
    agents: reports.map(({ pid, report }) => agentFigures(pid, report)),
    canary: canary && canaryFigures(evidence, recorded, canary),
    steadiness: steadiness(recorded.tickMeansUs),
    host: hostFigures(evidence.host),
    timeline: recorded.timeline,
    ...(evidence.losses.length > 0 ? { losses: lossFigures(evidence, times) } : {}),
  };
}

type Times = { rampStartUs: number; rampEndUs: number; window: MeasuredWindow };

/** When the phases began; those that a trial never came to last no time, at its end. */
function timesOf({ rampStartUs, rampEndUs, window, drainEndUs }: TrialEvidence): Times {
  const endUs = Math.round(drainEndUs);
  return {
    rampStartUs: rampStartUs ?? endUs,
    rampEndUs: rampEndUs ?? endUs,
    window: window ?? { startUs: endUs, endUs, firstSeq: 1, lastSeq: 0 },
  };
}

/** The clients of an agent that was lost have lost their connection, or never had one. */
function clientCounts({ spec, lostAgents }: TrialEvidence, reports: readonly AgentReport[]): Trial['clients'] {
  const target = spec.cell.clients;
  const connected = sumOf(reports, (report) => report.clients.connected);
  const dropped = sumOf(reports, (report) => report.clients.dropped) + sumOf(lostAgents, (agent) => agent.connected);
  const failed = sumOf(reports, (report) => report.clients.failed);
  // A ramp that was cut short leaves clients of which nobody has said anything.
  return { target, connected, dropped, failed: Math.max(failed, target - connected - dropped) };
}

function lossFigures(
  { losses }: TrialEvidence,
  { rampStartUs, rampEndUs, window }: Times,
): NonNullable<Trial['losses']> {
  const phaseAt = (atUs: number) => {
    if (atUs < rampStartUs) return 'start';
    if (atUs < rampEndUs) return 'ramp';
    if (atUs < window.startUs) return 'warmup';
    return atUs < window.endUs ? 'measure' : 'drain';
  };
  return losses
    .toSorted((a, b) => a.atUs - b.atUs)
    .map(({ code, atUs, message }) => ({ code, phase: phaseAt(atUs), atMs: (atUs - window.startUs) / 1000, message }));
}

function hostFigures({ rampStart, rampEnd, start, end, standstillUs }: TrialEvidence['host']): Trial['host'] {
  const listenOverflows = grown(rampStart?.listenOverflows ?? null, rampEnd?.listenOverflows ?? null);
  if (!start || !end) return { cpu: null, throttledUs: null, swappedPages: null, listenOverflows };
  return {
    cpu: cpuShares(start, end),
    throttledUs: grown(start.throttledUs, end.throttledUs),
    throttledCores: end.allowedCores,
    swappedPages: grown(start.swappedPages, end.swappedPages),
    ...(standstillUs === undefined ? {} : { standstillUs }),
    asleepUs: Math.max(0, end.uptimeUs - start.uptimeUs - (end.atUs - start.atUs)),
    listenOverflows,
  };
}

/** Clients of the server, and ticks delivered to them in the measured window, the canary's included. */
type Served = { clients: number; delivered: number };

/** What a server process said at both ends of the window, and before and after. */
type Witness = { baseline: ServerSample; start: ServerSample; end: ServerSample; held: ServerSample | undefined };

/** The server processes that lived through the window. */
function witnesses({ server: { baseline, start, end, held } }: TrialEvidence): Witness[] {
  return (baseline ?? []).flatMap((before, worker) => {
    const [first, last] = [start?.[worker], end?.[worker]];
    return before && first && last ? [{ baseline: before, start: first, end: last, held: held?.[worker] }] : [];
  });
}

/**
 * How long after it was due any tick from the start of the window on was emitted, in microseconds, and what the histograms on
 * both sides may have rounded away; Infinity where not every server process has told.
 */
function greatestLatenessUs(evidence: TrialEvidence): number {
  const known = witnesses(evidence);
  if (known.length < evidence.spec.settings.serverWorkers) return Number.POSITIVE_INFINITY;
  const latest = known.flatMap(({ end, held }) => [
    end.feed.latenessMaxUs,
    held?.feed.latenessMaxUs ?? Number.POSITIVE_INFINITY,
  ]);
  return Math.max(...latest) * 1.002 + LATENESS_MARGIN_US;
}

/** Beyond a doubt for clocks, which agree to a few microseconds. */
const LATENESS_MARGIN_US = 100;

/** Of processes that were lost nothing is known: sums are of the others, and nothing is divided among clients. */
function serverFigures(evidence: TrialEvidence, { clients, delivered }: Served): ServerFigures {
  const workers = evidence.spec.settings.serverWorkers;
  const known = witnesses(evidence);
  const isWhole = known.length === workers;
  const spent = usage(
    known.map(({ start }) => start.process),
    known.map(({ end }) => end.process),
  );
  const rssBytes = sumOf(known, ({ end }) => end.process.rssBytes);
  const baselineRssBytes = sumOf(known, ({ baseline }) => baseline.process.rssBytes);
  // The feed's ring fills during the trial, more or less of it by rate, payload and time: that growth is no client's.
  const ringGrowth = ({ baseline }: Witness, sample: ServerSample) => sample.feed.ringBytes - baseline.feed.ringBytes;
  const feedRingBytes = sumOf(known, (witness) => ringGrowth(witness, witness.end));
  const heldBytes = sumOf(known, (witness) =>
    witness.held
      ? witness.held.process.heldBytes - witness.baseline.process.heldBytes - ringGrowth(witness, witness.held)
      : 0,
  );
  return {
    workers,
    connectionsPerWorker: known.map(({ end }) => end.connections.open),
    cpuUserUs: spent.cpuUserUs,
    cpuSystemUs: spent.cpuSystemUs,
    cpuPerDeliveryUs: isWhole ? perDelivery(spent.cpuUserUs + spent.cpuSystemUs, delivered) : null,
    rssBytes,
    baselineRssBytes,
    feedRingBytes,
    rssPerClientBytes: clients === 0 || !isWhole ? 0 : (rssBytes - baselineRssBytes - feedRingBytes) / clients,
    heapPerClientBytes: clients === 0 || !isWhole ? 0 : heldBytes / clients,
    kernelSocketBytes: evidence.host.end?.kernelSocketBytes ?? null,
    eventLoop: spent.eventLoop,
    gc: spent.gc,
    feed: feedFigures(known, evidence.schedule),
    slowConsumersCut: sumOf(known, ({ end }) => end.slowConsumersCut),
  };
}

/** The worst worker speaks for all: a feed that is late anywhere is late for someone. */
function feedFigures(known: readonly Witness[], schedule: Schedule): ServerFigures['feed'] {
  if (known.length === 0) {
    return { emitted: 0, achievedRateHz: 0, latenessP50Us: 0, latenessP99Us: 0, latenessMaxUs: 0 };
  }
  const shares = known.map(({ start, end }) => {
    const emitted = end.feed.emitted - start.feed.emitted;
    const due = newestDue(schedule, end.process.atUs) - newestDue(schedule, start.process.atUs);
    // A tick that falls due just as a sample is taken may be counted in it or not: that one is no deviation.
    const missing = Math.max(0, Math.abs(due - emitted) - 1);
    return { emitted, share: due === 0 ? 1 : 1 - Math.sign(due - emitted) * (missing / due) };
  });
  return {
    emitted: Math.min(...shares.map(({ emitted }) => emitted)),
    achievedRateHz: schedule.rateHz * Math.min(...shares.map(({ share }) => share)),
    latenessP50Us: Math.max(...known.map(({ end }) => end.feed.latenessP50Us)),
    latenessP99Us: Math.max(...known.map(({ end }) => end.feed.latenessP99Us)),
    latenessMaxUs: Math.max(...known.map(({ end }) => end.feed.latenessMaxUs)),
  };
}

function bytesFigures(evidence: TrialEvidence, served: Served, window: MeasuredWindow): BytesFigures {
  const known = witnesses(evidence);
  const applicationSent = sumOf(known, ({ start, end }) => end.connections.bytesSent - start.connections.bytesSent);
  const applicationReceived = sumOf(
    known,
    ({ start, end }) => end.connections.bytesReceived - start.connections.bytesReceived,
  );
  const tcp = { start: evidence.host.start?.tcp, end: evidence.host.end?.tcp };
  const delivered = known.length === evidence.spec.settings.serverWorkers ? served.delivered : 0;
  return {
    applicationSent,
    applicationReceived,
    perDeliverySent: perDelivery(applicationSent, delivered),
    perDeliveryReceived: perDelivery(applicationReceived, delivered),
    perDelivery:
      delivered === 0 ? null : divideBytes(evidence.spec.cell, window, applicationSent, applicationReceived, served),
    segments: tcp.start && tcp.end ? tcp.end.segmentsSent - tcp.start.segmentsSent : null,
    retransmitted: tcp.start && tcp.end ? tcp.end.retransmitted - tcp.start.retransmitted : null,
  };
}

/**
 * What one delivered tick costs on the wire, by kind. Streams have no heads in the measured window: all that is not
 * payload is framing. An answer to a poll is a JSON array: two brackets, and a comma between ticks; the rest is heads.
 */
function divideBytes(
  cell: Cell,
  window: MeasuredWindow,
  sent: number,
  received: number,
  { clients, delivered }: Served,
): NonNullable<BytesFigures['perDelivery']> {
  const payload = cell.payloadBytes;
  const requests = received / delivered;
  const overhead = sent / delivered - payload;
  const isPushed = traitsOf(cell.transport)?.asks === 'never';
  if (isPushed) return { payload, framing: overhead, headers: 0, requests };
  const polls =
    cell.pollIntervalMs === null ? delivered : (clients * (window.endUs - window.startUs)) / 1000 / cell.pollIntervalMs;
  const framing = 1 + Math.min(delivered, polls) / delivered;
  return { payload, framing, headers: overhead - framing, requests };
}

function agentFigures(pid: number, report: AgentReport): AgentFigures {
  const spent = usage([report.measureStart], [report.measureEnd]);
  const { connected } = report.clients;
  return {
    pid,
    clients: connected,
    cpuUserUs: spent.cpuUserUs,
    cpuSystemUs: spent.cpuSystemUs,
    cpuPerDeliveryUs: perDelivery(spent.cpuUserUs + spent.cpuSystemUs, report.recording.ledger.delivered),
    utilisation: spent.eventLoop.utilisation,
    lagP99Us: spent.eventLoop.delayP99Us,
    lagMaxUs: spent.eventLoop.delayMaxUs,
    readLagP99Us: report.readLagHdr === null ? null : distribution(decode(report.readLagHdr)).p99,
    gc: spent.gc,
    rssBytes: report.measureEnd.rssBytes,
    rssPerClientBytes: connected === 0 ? 0 : (report.measureEnd.rssBytes - report.baseline.rssBytes) / connected,
  };
}

/** How far the canary's clients may be off by their own work for each message, and as a share of what they measure. */
const CANARY_MARGIN_US = 2000;
const CANARY_MARGIN_SHARE = 0.25;

/**
 * Compares what library clients saw with what the load saw, tick by tick, since all deliveries of a tick share every
 * pause: the median over the ticks of the difference of the two means, with its order-statistic interval. They disagree
 * where the whole interval lies beyond the margin.
 */
function canaryFigures(
  { spec, canaryReport }: TrialEvidence,
  load: MergedRecording,
  canary: MergedRecording,
): CanaryFigures {
  const differences = canary.tickMeansUs
    .map((meanUs, tick) => (meanUs === null ? null : meanUs - (load.tickMeansUs[tick] ?? Number.NaN)))
    .filter((us): us is number => us !== null && !Number.isNaN(us));
  const { median, low, high } = differences.length === 0 ? NO_DIFFERENCE : summarise(differences);
  const isKnown = low !== null && high !== null;
  const { connected, failed, dropped } = canaryReport?.clients ?? { connected: 0, failed: 0, dropped: 0 };
  const marginUs = Math.max(CANARY_MARGIN_US, CANARY_MARGIN_SHARE * load.latencyUs.mean);
  return {
    library: libraryOf(spec.cell.transport),
    clients: connected,
    target: connected + failed + dropped,
    errors: canaryReport?.errors ?? [],
    latencyUs: canary.latencyUs,
    ledger: canary.ledger,
    differenceUs: isKnown ? { median, low, high } : null,
    marginUs,
    agrees: isKnown ? low <= marginUs && high >= -marginUs : null,
  };
}

function libraryOf(transport: string): string {
  return isTransportId(transport) ? CLIENT_TRANSPORTS[transport].libraryName : 'unknown';
}

const NO_DIFFERENCE = { median: 0, low: null, high: null } as const;

/** Fewer ticks than this in a half say nothing of a trend. */
const MIN_HALF_TICKS = 3;

/** Typical latency in the first and in the second half of the window: is the system keeping up, or falling behind? */
function steadiness(tickMeansUs: readonly (number | null)[]): Trial['steadiness'] {
  const half = Math.floor(tickMeansUs.length / 2);
  const first = tickMeansUs.slice(0, half).filter((us) => us !== null);
  const second = tickMeansUs.slice(-half).filter((us) => us !== null);
  if (Math.min(first.length, second.length) < MIN_HALF_TICKS) return null;
  return { firstHalfUs: summarise(first).median, secondHalfUs: summarise(second).median };
}

/** What processes used between two samples of each: sums, and the worst event loop. All zero for no process. */
function usage(start: readonly ProcessSample[], end: readonly ProcessSample[]) {
  const spent = (of: (sample: ProcessSample) => number) => sumOf(end, of) - sumOf(start, of);
  const utilisation = end.map((sample, index) => {
    const activeMs = sample.loop.activeMs - start[index]!.loop.activeMs;
    const idleMs = sample.loop.idleMs - start[index]!.loop.idleMs;
    return activeMs + idleMs <= 0 ? 0 : activeMs / (activeMs + idleMs);
  });
  return {
    cpuUserUs: spent((sample) => sample.cpuUserUs),
    cpuSystemUs: spent((sample) => sample.cpuSystemUs),
    eventLoop: {
      utilisation: Math.max(0, ...utilisation),
      delayP99Us: Math.max(0, ...end.map((sample) => sample.sinceLast.loopDelayP99Us)),
      delayMaxUs: Math.max(0, ...end.map((sample) => sample.sinceLast.loopDelayMaxUs)),
    },
    gc: {
      count: spent((sample) => sample.gc.count),
      totalUs: spent((sample) => sample.gc.totalUs),
      maxUs: Math.max(0, ...end.map((sample) => sample.sinceLast.gcMaxUs)),
    },
  };
}

/** Adds up the agents' counts at every time at which one of them changed. */
function connectionsOverTime(
  { spec, reports, lostAgents }: TrialEvidence,
  rampStartUs: number,
): Trial['connectionsOverTime'] {
  const agents = [...reports.map(({ report }) => report), ...lostAgents];
  const current = agents.map(() => 0);
  const points = agents
    .flatMap(({ connections }, agent) => connections.map((point) => ({ ...point, agent })))
    .toSorted((a, b) => a.atUs - b.atUs)
    .map(({ atUs, agent, connected }) => {
      current[agent] = connected;
      const atMs = (atUs - rampStartUs) / 1000;
      const target = Math.min(spec.cell.clients, Math.ceil((Math.max(0, atMs) / 1000) * spec.settings.rampPerSecond));
      return { atMs, connected: current.reduce((sum, count) => sum + count, 0), target };
    });
  const every = Math.ceil(points.length / MAX_CONNECTION_POINTS);
  return points.filter((_, index) => index % every === 0 || index === points.length - 1);
}

function mergeErrors(errors: readonly ConnectError[]): ConnectError[] {
  const merged = new Map<string, ConnectError>();
  for (const error of errors) {
    const key = `${error.phase} ${error.code}`;
    const known = merged.get(key);
    if (known) known.count += error.count;
    else merged.set(key, { ...error });
  }
  return [...merged.values()];
}

function perDelivery(amount: number, delivered: number): number | null {
  return delivered === 0 ? null : amount / delivered;
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}

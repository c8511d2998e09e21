import type { ServerSample } from '../server/control.ts';
import { newestDue, type Schedule } from '../server/feed/schedule.ts';
import type { ProcessSample } from '../server/probe.ts';
import { cpuShares, grown, type HostSample } from './host.ts';
import { decode, distribution, merge } from './measure/histogram.ts';
import { mergeRecordings, type MergedRecording } from './measure/merge.ts';
import type { MeasuredWindow } from './measure/recorder.ts';
import type { AgentReport } from './process/messages.ts';
import type { AgentFigures, BytesFigures, CanaryFigures, ConnectError, ServerFigures, Trial } from './result/schema.ts';
import type { UnjudgedTrial } from './stats/gates.ts';
import { summarise } from './stats/summary.ts';
import { CLIENT_TRANSPORTS, isTransportId } from './transports/index.ts';
import type { TrialSpec } from './trial-spec.ts';

/** Everything that a trial's processes have told, before it becomes figures. Samples: one for each server process. */
export type TrialEvidence = {
  spec: TrialSpec;
  startedAt: string;
  window: MeasuredWindow;
  schedule: Schedule;
  rampStartUs: number;
  rampEndUs: number;
  drainEndUs: number;
  server: { baseline: ServerSample[]; start: ServerSample[]; end: ServerSample[]; held: ServerSample[] };
  host: { start: HostSample; end: HostSample };
  reports: { pid: number; report: AgentReport }[];
  /** Of the canary cohort, where there was one. */
  canaryReport: AgentReport | null;
};

/** A chart needs no more points than this. */
const MAX_CONNECTION_POINTS = 120;

/** Computes a trial's figures from its evidence. Pure. */
export function composeTrial(evidence: TrialEvidence): UnjudgedTrial {
  const { spec, window, reports } = evidence;
  const agentReports = reports.map(({ report }) => report);
  const recorded = mergeRecordings(agentReports.map((report) => report.recording));
  const { delivered } = recorded.ledger;
  const clients = {
    target: spec.cell.clients,
    connected: sumOf(agentReports, (report) => report.clients.connected),
    failed: sumOf(agentReports, (report) => report.clients.failed),
    dropped: sumOf(agentReports, (report) => report.clients.dropped),
  };
  const canary = evidence.canaryReport && mergeRecordings([evidence.canaryReport.recording]);
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
      rampMs: (evidence.rampEndUs - evidence.rampStartUs) / 1000,
      warmupMs: (window.startUs - evidence.rampEndUs) / 1000,
      measureMs: (window.endUs - window.startUs) / 1000,
      drainMs: (evidence.drainEndUs - window.endUs) / 1000,
      firstSeq: window.firstSeq,
      lastSeq: window.lastSeq,
    },
    clients,
    errors: mergeErrors(agentReports.flatMap((report) => report.errors)),
    connectUs: distribution(merge(agentReports.map((report) => report.connectHdr))),
    connectionsOverTime: connectionsOverTime(evidence),
    ledger: recorded.ledger,
    latencyUs: recorded.latencyUs,
    ageUs: recorded.ageUs,
    fanOutSpreadUs: recorded.fanOutSpreadUs,
    pollLatenessUs: lateness.length === 0 ? null : distribution(merge(lateness)),
    server: serverFigures(evidence, served),
    bytes: bytesFigures(evidence, served),
    agents: reports.map(({ pid, report }) => agentFigures(pid, report)),
    canary: canary && canaryFigures(evidence, recorded, canary),
    steadiness: steadiness(recorded.tickMeansUs),
    host: {
      cpu: cpuShares(evidence.host.start, evidence.host.end),
      throttledUs: grown(evidence.host.start.throttledUs, evidence.host.end.throttledUs),
      swappedPages: grown(evidence.host.start.swappedPages, evidence.host.end.swappedPages),
    },
    timeline: recorded.timeline,
  };
}

/** Clients of the server, and ticks delivered to them in the measured window, the canary's included. */
type Served = { clients: number; delivered: number };

function serverFigures(evidence: TrialEvidence, { clients, delivered }: Served): ServerFigures {
  const { baseline, start, end, held } = evidence.server;
  const spent = usage(
    start.map((sample) => sample.process),
    end.map((sample) => sample.process),
  );
  const rssBytes = sumOf(end, (sample) => sample.process.rssBytes);
  const baselineRssBytes = sumOf(baseline, (sample) => sample.process.rssBytes);
  const heldBytes = sumOf(held, (s) => s.process.heldBytes) - sumOf(baseline, (s) => s.process.heldBytes);
  return {
    workers: start.length,
    connectionsPerWorker: end.map((sample) => sample.connections.open),
    cpuUserUs: spent.cpuUserUs,
    cpuSystemUs: spent.cpuSystemUs,
    cpuPerDeliveryUs: perDelivery(spent.cpuUserUs + spent.cpuSystemUs, delivered),
    rssBytes,
    baselineRssBytes,
    rssPerClientBytes: clients === 0 ? 0 : (rssBytes - baselineRssBytes) / clients,
    heapPerClientBytes: clients === 0 ? 0 : heldBytes / clients,
    kernelSocketBytes: evidence.host.end.kernelSocketBytes,
    eventLoop: spent.eventLoop,
    gc: spent.gc,
    feed: feedFigures(evidence),
    slowConsumersCut: sumOf(end, (sample) => sample.slowConsumersCut),
  };
}

/** The worst worker speaks for all: a feed that is late anywhere is late for someone. */
function feedFigures({ server: { start, end }, schedule }: TrialEvidence): ServerFigures['feed'] {
  const shares = end.map((sample, worker) => {
    const emitted = sample.feed.emitted - start[worker]!.feed.emitted;
    const due = newestDue(schedule, sample.process.atUs) - newestDue(schedule, start[worker]!.process.atUs);
    // A tick that falls due just as a sample is taken may be counted in it or not: that one is no deviation.
    const missing = Math.max(0, Math.abs(due - emitted) - 1);
    return { emitted, share: due === 0 ? 1 : 1 - Math.sign(due - emitted) * (missing / due) };
  });
  return {
    emitted: Math.min(...shares.map(({ emitted }) => emitted)),
    achievedRateHz: schedule.rateHz * Math.min(...shares.map(({ share }) => share)),
    latenessP50Us: Math.max(...end.map((sample) => sample.feed.latenessP50Us)),
    latenessP99Us: Math.max(...end.map((sample) => sample.feed.latenessP99Us)),
    latenessMaxUs: Math.max(...end.map((sample) => sample.feed.latenessMaxUs)),
  };
}

function bytesFigures(evidence: TrialEvidence, served: Served): BytesFigures {
  const { delivered } = served;
  const { start, end } = evidence.server;
  const applicationSent = sumOf(end, (s) => s.connections.bytesSent) - sumOf(start, (s) => s.connections.bytesSent);
  const applicationReceived =
    sumOf(end, (s) => s.connections.bytesReceived) - sumOf(start, (s) => s.connections.bytesReceived);
  const tcp = { start: evidence.host.start.tcp, end: evidence.host.end.tcp };
  return {
    applicationSent,
    applicationReceived,
    perDeliverySent: perDelivery(applicationSent, delivered),
    perDeliveryReceived: perDelivery(applicationReceived, delivered),
    perDelivery: delivered === 0 ? null : divideBytes(evidence, applicationSent, applicationReceived, served),
    segments: tcp.start && tcp.end ? tcp.end.segmentsSent - tcp.start.segmentsSent : null,
    retransmitted: tcp.start && tcp.end ? tcp.end.retransmitted - tcp.start.retransmitted : null,
  };
}

/**
 * What one delivered tick costs on the wire, by kind. Streams have no heads in the measured window: all that is not
 * payload is framing. An answer to a poll is a JSON array: two brackets, and a comma between ticks; the rest is heads.
 */
function divideBytes(
  { spec: { cell }, window }: TrialEvidence,
  sent: number,
  received: number,
  { clients, delivered }: Served,
): NonNullable<BytesFigures['perDelivery']> {
  const payload = cell.payloadBytes;
  const requests = received / delivered;
  const overhead = sent / delivered - payload;
  const isPolled = cell.transport === 'polling' || cell.transport === 'long-polling';
  if (!isPolled) return { payload, framing: overhead, headers: 0, requests };
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
  const marginUs = Math.max(CANARY_MARGIN_US, CANARY_MARGIN_SHARE * load.latencyUs.mean);
  return {
    library: libraryOf(spec.cell.transport),
    clients: canaryReport?.clients.connected ?? 0,
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

/** What processes used between two samples of each: sums, and the worst event loop. */
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
      utilisation: Math.max(...utilisation),
      delayP99Us: Math.max(...end.map((sample) => sample.sinceLast.loopDelayP99Us)),
      delayMaxUs: Math.max(...end.map((sample) => sample.sinceLast.loopDelayMaxUs)),
    },
    gc: {
      count: spent((sample) => sample.gc.count),
      totalUs: spent((sample) => sample.gc.totalUs),
      maxUs: Math.max(...end.map((sample) => sample.sinceLast.gcMaxUs)),
    },
  };
}

/** Adds up the agents' counts at every time at which one of them changed. */
function connectionsOverTime({ spec, reports, rampStartUs }: TrialEvidence): Trial['connectionsOverTime'] {
  const current = reports.map(() => 0);
  const points = reports
    .flatMap(({ report }, agent) => report.connections.map((point) => ({ ...point, agent })))
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

import { decode, distribution, merge, shareAbove } from '../agent/measure/histogram.ts';
import { mergeRecordings } from '../agent/measure/merge.ts';
import type { MeasuredWindow } from '../agent/measure/recorder.ts';
import type { AgentReport } from '../agent/messages.ts';
import type { UnjudgedTrial } from '../judge/gates.ts';
import { summarise } from '../judge/summary.ts';
import { cpuShares, grown } from '../machine/host.ts';
import { otherPrograms, type OtherPrograms } from '../machine/other-programs.ts';
import { asksAtInterval } from '../../server/transports/traits.ts';
import { targetOf } from '../result/entrant.ts';
import type { AgentFigures, ConnectError, Latency, Trial } from '../result/schema.ts';
import { bytesFigures } from './bytes-figures.ts';
import { canaryFigures } from './canary-figures.ts';
import type { TrialEvidence } from './evidence.ts';
import { greatestLatenessUs, serverFigures, wholeWorkers, type Served } from './server-figures.ts';
import { publishFigures, receiptFigures } from './split-figures.ts';
import { witnessedTimeline, witnessFigures } from './witness-figures.ts';
import { serverProcesses } from './spec.ts';
import { cpuUsage, knownCpuUsage, perDelivery, sumOf, usage } from './usage.ts';

/** Computes a trial's figures from its evidence. Pure. */
export function composeTrial(evidence: TrialEvidence): UnjudgedTrial {
  const { spec, reports } = evidence;
  const times = timesOf(evidence);
  const isForeign = targetOf(spec.cell.transport, spec.settings) !== undefined;
  const { window } = times;
  const witness = evidence.witnessReport;
  const load = reports.map(({ report }) => report);
  const agentReports = witness ? [...load, witness.report] : load;
  const latenessUs = greatestLatenessUs(evidence);
  const recorded = mergeRecordings(
    agentReports.map((report) => report.recording),
    latenessUs,
  );
  // Of what all clients received, the witnesses tell when.
  const seen = witness ? mergeRecordings([witness.report.recording], latenessUs) : recorded;
  const { delivered } = recorded.ledger;
  const clients = clientCounts(evidence, agentReports);
  const canary = evidence.canaryReport && mergeRecordings([evidence.canaryReport.recording], latenessUs);
  // The server does not tell the canary's clients from the others.
  const served = {
    clients: clients.connected + (evidence.canaryReport?.clients.connected ?? 0),
    delivered: delivered + (canary?.ledger.delivered ?? 0),
  };
  const lateness = (witness ? [witness.report] : load)
    .map((report) => report.pollLatenessHdr)
    .filter((hdr) => hdr !== null);
  return {
    cell: spec.cell,
    block: spec.block,
    order: spec.order,
    attempt: spec.attempt,
    startedAt: evidence.startedAt,
    phases: {
      rampMs: (times.rampEndUs - times.rampStartUs) / 1000,
      warmupMs: (window.startUs - times.rampEndUs) / 1000,
      settled: evidence.settled ?? null,
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
    ...(isForeign ? { controlMessages: recorded.controlMessages } : {}),
    latencyUs: seen.latencyUs,
    ageUs: seen.ageUs,
    fanOutSpreadUs: seen.fanOutSpreadUs,
    ...receiptFigures(seen, evidence.schedule, window.firstSeq),
    publish: publishFigures(evidence),
    pollLatenessUs: lateness.length === 0 ? null : distribution(merge(lateness)),
    server: serverFigures(evidence, served),
    bytes: bytesFigures(evidence, { served, received: agentReports, delivered }, window),
    agents: reports.map(({ pid, report }) => agentFigures(pid, report)),
    witnesses: witness && witnessFigures(witness.report, load, seen),
    canary: canary && canaryFigures(evidence, seen, canary),
    ...proxyFigures(evidence, served, seen.latencyUs),
    steadiness: steadiness(seen.tickMeansUs),
    host: hostFigures(evidence),
    timeline: witness ? witnessedTimeline(recorded.timeline, seen.timeline) : recorded.timeline,
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

/** Of the cores' work in the window what no process of the run did; null where a part of that is not known. */
function othersFigures(evidence: TrialEvidence): OtherPrograms | null {
  const { start, end, others = [] } = evidence.host;
  const workers = wholeWorkers(evidence);
  const agents = reportsOf(evidence);
  const isWhole = workers.length === serverProcesses(evidence.spec) && evidence.losses.length === 0;
  if (!isWhole || !start || !end) return null;
  const { start: before, end: after } = evidence.proxy ?? {};
  const [proxyStart, proxyEnd] = before && after ? [[before.process], [after.process]] : [[], []];
  const own = knownCpuUsage(
    [
      ...workers.map((worker) => worker.start.process),
      ...agents.map(({ measureStart }) => measureStart),
      ...proxyStart,
    ],
    [...workers.map((worker) => worker.end.process), ...agents.map(({ measureEnd }) => measureEnd), ...proxyEnd],
  );
  return own && otherPrograms(start, end, own.cpuUserUs + own.cpuSystemUs, others);
}

/** Of a proxy that lived through the window. */
function proxyFigures(
  { proxy, spec }: TrialEvidence,
  { clients, delivered }: Served,
  latencyUs: Latency,
): Pick<Trial, 'proxy'> {
  const { baseline, start, end } = proxy ?? {};
  if (!baseline || !start || !end) return {};
  const spent = cpuUsage([start.process], [end.process]);
  const grownBytes = end.process.rssBytes - baseline.process.rssBytes;
  return {
    proxy: {
      processes: end.processes,
      sockets: end.sockets,
      ...spent,
      cpuPerDeliveryUs: perDelivery(spent.cpuUserUs + spent.cpuSystemUs, delivered),
      lateShare: asksAtInterval(spec.cell.transport) ? null : shareAbove(latencyUs, 1e6 / spec.cell.rateHz),
      rssBytes: end.process.rssBytes,
      rssPerClientBytes: clients === 0 ? 0 : grownBytes / clients,
    },
  };
}

/** Of all that had clients and lived to the end. */
function reportsOf({ reports, witnessReport, canaryReport }: TrialEvidence): AgentReport[] {
  return [...reports.map(({ report }) => report), witnessReport?.report, canaryReport].filter((report) => !!report);
}

function hostFigures(evidence: TrialEvidence): Trial['host'] {
  const { rampStart, rampEnd, start, end, standstillUs } = evidence.host;
  const listenOverflows = grown(rampStart?.listenOverflows ?? null, rampEnd?.listenOverflows ?? null);
  if (!start || !end) return { cpu: null, throttledUs: null, swappedPages: null, listenOverflows };
  return {
    cpu: cpuShares(start, end),
    ...(evidence.spec.settings.shared ? {} : { others: othersFigures(evidence) }),
    throttledUs: grown(start.throttledUs, end.throttledUs),
    throttledCores: end.allowedCores,
    swappedPages: grown(start.swappedPages, end.swappedPages),
    ...(standstillUs === undefined ? {} : { standstillUs }),
    asleepUs: Math.max(0, end.uptimeUs - start.uptimeUs - (end.atUs - start.atUs)),
    listenOverflows,
  };
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

/** A chart needs no more points than this. */
const MAX_CONNECTION_POINTS = 120;

/** Adds up the agents' counts at every time at which one of them changed. */
function connectionsOverTime(
  { spec, reports, witnessReport, lostAgents }: TrialEvidence,
  rampStartUs: number,
): Trial['connectionsOverTime'] {
  const known = witnessReport ? [...reports, witnessReport] : reports;
  const agents = [...known.map(({ report }) => report), ...lostAgents];
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

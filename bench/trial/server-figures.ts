import type { ForeignSample, ServerSample } from '../../server/control.ts';
import type { ProcessSample } from '../../server/probe.ts';
import { newestDue, type Schedule } from '../../server/feed/schedule.ts';
import type { ServerFigures } from '../result/schema.ts';
import { attachedOf, type TrialEvidence } from './evidence.ts';
import { serverProcesses } from './spec.ts';
import { knownCpuUsage, perDelivery, sumOf, usage } from './usage.ts';

/** Clients of the server, and ticks delivered to them in the measured window, the canary's included. */
export type Served = { clients: number; delivered: number };

/** What a server process said at both ends of the window, and before and after. */
type Sample = ServerSample | ForeignSample;
type Worker = { baseline: Sample; start: Sample; end: Sample; held: Sample | undefined };

/** The server processes that lived through the window. */
export function wholeWorkers({ server: { baseline, start, end, held } }: TrialEvidence): Worker[] {
  return (baseline ?? []).flatMap((before, worker) => {
    const [first, last] = [start?.[worker], end?.[worker]];
    return before && first && last ? [{ baseline: before, start: first, end: last, held: held?.[worker] }] : [];
  });
}

/**
 * How long after it was due any tick from the start of the window on was emitted, in microseconds, and what the histograms on
 * both sides may have rounded away; Infinity where not every server process has told.
 */
export function greatestLatenessUs(evidence: TrialEvidence): number {
  const known = wholeWorkers(evidence);
  if (known.length < serverProcesses(evidence.spec)) return Number.POSITIVE_INFINITY;
  const latest = known.flatMap(({ end, held }) =>
    [end.feed, held?.feed].map((feed) => feed?.latenessMaxUs ?? Number.POSITIVE_INFINITY),
  );
  return Math.max(...latest) * 1.002 + LATENESS_MARGIN_US;
}

/** Beyond a doubt for clocks, which agree to a few microseconds. */
const LATENESS_MARGIN_US = 100;

/** Of processes that were lost nothing is known: sums are of the others, and nothing is divided among clients. */
export function serverFigures(evidence: TrialEvidence, { clients, delivered }: Served): ServerFigures {
  const workers = serverProcesses(evidence.spec);
  const known = wholeWorkers(evidence);
  const isWhole = known.length === workers;
  const spent = knownCpuUsage(
    known.map(({ start }) => start.process),
    known.map(({ end }) => end.process),
  );
  const node = nodeFigures(known);
  const rssBytes = knownSum(known.map(({ end }) => end.process.rssBytes));
  const baselineRssBytes = knownSum(known.map(({ baseline }) => baseline.process.rssBytes));
  // The feed's ring fills during the trial, more or less of it by rate, payload and time: that growth is no client's.
  const ringOf = ({ feed }: Sample) => feed?.ringBytes ?? 0;
  const ringGrowth = ({ baseline }: Worker, sample: Sample) => ringOf(sample) - ringOf(baseline);
  const feedRingBytes = sumOf(known, (worker) => ringGrowth(worker, worker.end));
  const heldBytes = sumOf(known, (worker) =>
    worker.held ? heldOf(worker.held) - heldOf(worker.baseline) - ringGrowth(worker, worker.held) : 0,
  );
  return {
    workers,
    connectionsPerWorker: known.flatMap(({ end }) => end.connections?.open ?? []),
    cpuUserUs: spent && spent.cpuUserUs,
    cpuSystemUs: spent && spent.cpuSystemUs,
    cpuPerDeliveryUs: spent && isWhole ? perDelivery(spent.cpuUserUs + spent.cpuSystemUs, delivered) : null,
    ...stepFigures(known),
    rssBytes,
    baselineRssBytes,
    feedRingBytes,
    rssPerClientBytes: growthPerClient(rssBytes, baselineRssBytes, feedRingBytes, isWhole ? clients : 0),
    heapPerClientBytes: node === null ? null : clients === 0 || !isWhole ? 0 : heldBytes / clients,
    kernelSocketBytes: evidence.host.end?.kernelSocketBytes ?? null,
    eventLoop: node?.eventLoop ?? null,
    gc: node?.gc ?? null,
    feed: feedFigures(known, evidence.schedule),
    slowConsumersCut: node === null ? null : sumOf(known, ({ end }) => end.slowConsumersCut ?? 0),
    ...attachedFigures(evidence),
  };
}

/** Null where the system does not tell all of them. */
function knownSum(values: readonly (number | null)[]): number | null {
  return values.reduce((sum, value) => (sum === null || value === null ? null : sum + value), 0);
}

function growthPerClient(
  bytes: number | null,
  before: number | null,
  ringBytes: number,
  clients: number,
): number | null {
  if (bytes === null || before === null) return null;
  return clients === 0 ? 0 : (bytes - before - ringBytes) / clients;
}

/** Ours count finer than anybody asks. */
function stepFigures(known: readonly Worker[]): Pick<ServerFigures, 'cpuStepUs'> {
  const steps = known.map(({ end }) => ('cpuStepUs' in end.process ? end.process.cpuStepUs : null));
  const step = steps.length === 0 ? null : knownSum(steps);
  return step === null ? {} : { cpuStepUs: step };
}

/** What became of a server that ran before: what is worst of what any sample tells. */
function attachedFigures({ server }: TrialEvidence): Pick<ServerFigures, 'attached'> {
  const samples = [server.baseline, server.start, server.end, server.held].flatMap((each) => each ?? []);
  const known = samples.map(attachedOf).filter((attached) => attached !== undefined);
  const [first] = known;
  if (!first) return {};
  const changed = known.find(({ process }) => process === 'restarted' || process === 'gone');
  return { attached: { meter: first.meter, process: (changed ?? first).process } };
}

/** What only processes of ours tell; null of another server. */
function nodeFigures(known: readonly Worker[]): Pick<ReturnType<typeof usage>, 'eventLoop' | 'gc'> | null {
  const [start, end] = [known.map((worker) => worker.start.process), known.map((worker) => worker.end.process)];
  return start.every(isOurs) && end.every(isOurs) ? usage(start, end) : null;
}

function heldOf({ process }: Sample): number {
  return isOurs(process) ? process.heldBytes : 0;
}

function isOurs(process: Sample['process']): process is ProcessSample {
  return 'heldBytes' in process;
}

/** The worst worker speaks for all: a feed that is late anywhere is late for someone. */
function feedFigures(known: readonly Worker[], schedule: Schedule): ServerFigures['feed'] {
  const feeds = known.flatMap(({ start, end }) =>
    start.feed && end.feed
      ? [{ start: { ...start.process, feed: start.feed }, end: { ...end.process, feed: end.feed } }]
      : [],
  );
  if (feeds.length < known.length) return null;
  if (known.length === 0) {
    return { emitted: 0, achievedRateHz: 0, latenessP50Us: 0, latenessP99Us: 0, latenessMaxUs: 0 };
  }
  const shares = feeds.map(({ start, end }) => {
    const emitted = end.feed.emitted - start.feed.emitted;
    const due = newestDue(schedule, end.atUs) - newestDue(schedule, start.atUs);
    // A tick that falls due just as a sample is taken may be counted in it or not: that one is no deviation.
    const missing = Math.max(0, Math.abs(due - emitted) - 1);
    return { emitted, share: due === 0 ? 1 : 1 - Math.sign(due - emitted) * (missing / due) };
  });
  return {
    emitted: Math.min(...shares.map(({ emitted }) => emitted)),
    achievedRateHz: schedule.rateHz * Math.min(...shares.map(({ share }) => share)),
    latenessP50Us: Math.max(...feeds.map(({ end }) => end.feed.latenessP50Us)),
    latenessP99Us: Math.max(...feeds.map(({ end }) => end.feed.latenessP99Us)),
    latenessMaxUs: Math.max(...feeds.map(({ end }) => end.feed.latenessMaxUs)),
  };
}

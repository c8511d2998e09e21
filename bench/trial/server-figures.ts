import type { ForeignSample, ServerSample } from '../../server/control.ts';
import type { ProcessSample } from '../../server/probe.ts';
import { newestDue, type Schedule } from '../../server/feed/schedule.ts';
import type { ServerFigures } from '../result/schema.ts';
import type { TrialEvidence } from './evidence.ts';
import { serverProcesses } from './spec.ts';
import { cpuUsage, perDelivery, sumOf, usage } from './usage.ts';

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
  const latest = known.flatMap(({ end, held }) => [
    end.feed.latenessMaxUs,
    held?.feed.latenessMaxUs ?? Number.POSITIVE_INFINITY,
  ]);
  return Math.max(...latest) * 1.002 + LATENESS_MARGIN_US;
}

/** Beyond a doubt for clocks, which agree to a few microseconds. */
const LATENESS_MARGIN_US = 100;

/** Of processes that were lost nothing is known: sums are of the others, and nothing is divided among clients. */
export function serverFigures(evidence: TrialEvidence, { clients, delivered }: Served): ServerFigures {
  const workers = serverProcesses(evidence.spec);
  const known = wholeWorkers(evidence);
  const isWhole = known.length === workers;
  const spent = cpuUsage(
    known.map(({ start }) => start.process),
    known.map(({ end }) => end.process),
  );
  const node = nodeFigures(known);
  const rssBytes = sumOf(known, ({ end }) => end.process.rssBytes);
  const baselineRssBytes = sumOf(known, ({ baseline }) => baseline.process.rssBytes);
  // The feed's ring fills during the trial, more or less of it by rate, payload and time: that growth is no client's.
  const ringGrowth = ({ baseline }: Worker, sample: Sample) => sample.feed.ringBytes - baseline.feed.ringBytes;
  const feedRingBytes = sumOf(known, (worker) => ringGrowth(worker, worker.end));
  const heldBytes = sumOf(known, (worker) =>
    worker.held ? heldOf(worker.held) - heldOf(worker.baseline) - ringGrowth(worker, worker.held) : 0,
  );
  return {
    workers,
    connectionsPerWorker: known.flatMap(({ end }) => end.connections?.open ?? []),
    cpuUserUs: spent.cpuUserUs,
    cpuSystemUs: spent.cpuSystemUs,
    cpuPerDeliveryUs: isWhole ? perDelivery(spent.cpuUserUs + spent.cpuSystemUs, delivered) : null,
    rssBytes,
    baselineRssBytes,
    feedRingBytes,
    rssPerClientBytes: clients === 0 || !isWhole ? 0 : (rssBytes - baselineRssBytes - feedRingBytes) / clients,
    heapPerClientBytes: node === null ? null : clients === 0 || !isWhole ? 0 : heldBytes / clients,
    kernelSocketBytes: evidence.host.end?.kernelSocketBytes ?? null,
    eventLoop: node?.eventLoop ?? null,
    gc: node?.gc ?? null,
    feed: feedFigures(known, evidence.schedule),
    slowConsumersCut: node === null ? null : sumOf(known, ({ end }) => end.slowConsumersCut ?? 0),
  };
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

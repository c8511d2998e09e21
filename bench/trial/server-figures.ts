import type { ServerSample } from '../../server/control.ts';
import { newestDue, type Schedule } from '../../server/feed/schedule.ts';
import type { ServerFigures } from '../result/schema.ts';
import type { TrialEvidence } from './evidence.ts';
import { perDelivery, sumOf, usage } from './usage.ts';

/** Clients of the server, and ticks delivered to them in the measured window, the canary's included. */
export type Served = { clients: number; delivered: number };

/** What a server process said at both ends of the window, and before and after. */
type Worker = { baseline: ServerSample; start: ServerSample; end: ServerSample; held: ServerSample | undefined };

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
export function serverFigures(evidence: TrialEvidence, { clients, delivered }: Served): ServerFigures {
  const workers = evidence.spec.settings.serverWorkers;
  const known = wholeWorkers(evidence);
  const isWhole = known.length === workers;
  const spent = usage(
    known.map(({ start }) => start.process),
    known.map(({ end }) => end.process),
  );
  const rssBytes = sumOf(known, ({ end }) => end.process.rssBytes);
  const baselineRssBytes = sumOf(known, ({ baseline }) => baseline.process.rssBytes);
  // The feed's ring fills during the trial, more or less of it by rate, payload and time: that growth is no client's.
  const ringGrowth = ({ baseline }: Worker, sample: ServerSample) => sample.feed.ringBytes - baseline.feed.ringBytes;
  const feedRingBytes = sumOf(known, (worker) => ringGrowth(worker, worker.end));
  const heldBytes = sumOf(known, (worker) =>
    worker.held
      ? worker.held.process.heldBytes - worker.baseline.process.heldBytes - ringGrowth(worker, worker.held)
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

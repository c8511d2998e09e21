import type { Age, Distribution, Latency, Trial } from '../../result/schema.ts';
import { createHistogram, decode, distribution, merge, record } from './histogram.ts';
import type { LedgerCounts } from './ledger.ts';
import { lossesAmong } from './owed-ticks.ts';
import type { Recording } from './recorder.ts';
import { sumOf } from '../../basics/numbers.ts';

/** What all agents of a trial have recorded together. */
export type MergedRecording = {
  ledger: LedgerCounts;
  latencyUs: Latency;
  ageUs: Age;
  fanOutSpreadUs: Distribution;
  timeline: Trial['timeline'];
  /** When each measured tick was first and last received, on the monotonic clock; null where no client received it. */
  firstReceiptsUs: (number | null)[];
  lastReceiptsUs: (number | null)[];
  controlMessages: number;
  /** Mean delivery latency of each measured tick in microseconds; null where no client received it. */
  tickMeansUs: (number | null)[];
};

/**
 * Merges agents' recordings: histograms are added, never their percentiles averaged.
 *
 * @param latenessUs how late the feed was at most: a tick that a poll should have brought by then is missed, not coalesced.
 *   Where nobody knows, none is
 */
export function mergeRecordings(
  recordings: readonly Recording[],
  latenessUs: number = Number.POSITIVE_INFINITY,
): MergedRecording {
  const { firstReceiptsUs, lastReceiptsUs } = receiptsOf(recordings);
  return {
    ledger: mergeLedgers(recordings, latenessUs),
    controlMessages: sumOf(recordings.map((recording) => recording.controlMessages)),
    latencyUs: {
      ...distribution(merge(recordings.map((recording) => recording.latencyHdr))),
      negative: {
        count: sumOf(recordings.map((recording) => recording.negative.count)),
        minUs: Math.min(0, ...recordings.map((recording) => recording.negative.minUs)),
      },
    },
    ageUs: mergeAge(recordings),
    fanOutSpreadUs: fanOutSpread(firstReceiptsUs, lastReceiptsUs),
    firstReceiptsUs,
    lastReceiptsUs,
    timeline: mergeSeconds(recordings),
    tickMeansUs: tickMeans(recordings),
  };
}

function mergeLedgers(recordings: readonly Recording[], latenessUs: number): LedgerCounts {
  const total = { expected: 0, delivered: 0, missed: 0, duplicate: 0, outOfOrder: 0, coalesced: 0, corrupt: 0 };
  for (const { ledger, owedMarginsUs } of recordings) {
    for (const key of Object.keys(total) as (keyof LedgerCounts)[]) total[key] += ledger[key];
    const losses = lossesAmong(owedMarginsUs, latenessUs);
    total.missed += losses;
    total.coalesced -= losses;
  }
  return total;
}

function mergeAge(recordings: readonly Recording[]): Age {
  const parts = recordings.map((recording) => recording.age);
  const clientSeconds = sumOf(parts.map((part) => part.clientSeconds));
  const peaks = sumOf(parts.map((part) => part.peaks));
  return {
    ...distribution(merge(parts.map((part) => part.hdr))),
    mean: clientSeconds === 0 ? 0 : sumOf(parts.map((part) => part.ageSecondsUs)) / clientSeconds,
    meanPeak: peaks === 0 ? 0 : sumOf(parts.map((part) => part.peakSumUs)) / peaks,
    observedClientSeconds: clientSeconds,
  };
}

/** First and last receipt of each tick, over the clients of all agents. */
function receiptsOf(recordings: readonly Recording[]): Pick<MergedRecording, 'firstReceiptsUs' | 'lastReceiptsUs'> {
  const ticks = Array.from({ length: recordings[0]?.receipts.length ?? 0 }, (_, tick) => tick);
  const known = (key: 'firstReceiptUs' | 'lastReceiptUs', tick: number) =>
    recordings.map((recording) => recording[key][tick] ?? 0).filter((us) => us > 0);
  const outermost = (of: (...us: number[]) => number, us: readonly number[]) => (us.length === 0 ? null : of(...us));
  return {
    firstReceiptsUs: ticks.map((tick) => outermost(Math.min, known('firstReceiptUs', tick))),
    lastReceiptsUs: ticks.map((tick) => outermost(Math.max, known('lastReceiptUs', tick))),
  };
}

/** Last minus first receipt of each tick. */
function fanOutSpread(firstUs: readonly (number | null)[], lastUs: readonly (number | null)[]): Distribution {
  const spreads = createHistogram();
  for (const [tick, first] of firstUs.entries()) if (first !== null) record(spreads, lastUs[tick]! - first);
  return distribution(spreads);
}

function tickMeans(recordings: readonly Recording[]): (number | null)[] {
  return Array.from({ length: recordings[0]?.receipts.length ?? 0 }, (_, tick) => {
    const receipts = sumOf(recordings.map((recording) => recording.receipts[tick] ?? 0));
    return receipts === 0 ? null : sumOf(recordings.map((recording) => recording.latencySumUs[tick] ?? 0)) / receipts;
  });
}

function mergeSeconds(recordings: readonly Recording[]): Trial['timeline'] {
  const bySecond = new Map<number, string[]>();
  for (const { second, hdr } of recordings.flatMap((recording) => recording.seconds)) {
    bySecond.set(second, [...(bySecond.get(second) ?? []), hdr]);
  }
  return [...bySecond]
    .toSorted(([a], [b]) => a - b)
    .map(([second, encoded]) => {
      const histogram = encoded.length === 1 ? decode(encoded[0]!) : merge(encoded);
      return {
        second,
        delivered: histogram.totalCount,
        p50Us: histogram.getValueAtPercentile(50),
        p99Us: histogram.getValueAtPercentile(99),
      };
    });
}

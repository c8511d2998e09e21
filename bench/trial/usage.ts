import type { ForeignUse } from '../../server/control.ts';
import type { ProcessSample, ProcessUse } from '../../server/probe.ts';

/** The CPU time that processes used between two samples of each, in sum. */
export function cpuUsage(start: readonly KnownCpuUse[], end: readonly KnownCpuUse[]) {
  const spent = (of: (sample: KnownCpuUse) => number) => sumOf(end, of) - sumOf(start, of);
  return { cpuUserUs: spent((sample) => sample.cpuUserUs), cpuSystemUs: spent((sample) => sample.cpuSystemUs) };
}

/** The same of servers that may not be ours; null where the system does not tell of all of them. */
export function knownCpuUsage(start: readonly CpuUse[], end: readonly CpuUse[]): ReturnType<typeof cpuUsage> | null {
  return start.every(isKnown) && end.every(isKnown) ? cpuUsage(start, end) : null;
}

type CpuUse = Pick<ForeignUse, 'cpuUserUs' | 'cpuSystemUs'>;
type KnownCpuUse = Pick<ProcessUse, 'cpuUserUs' | 'cpuSystemUs'>;

function isKnown(use: CpuUse): use is KnownCpuUse {
  return use.cpuUserUs !== null && use.cpuSystemUs !== null;
}

/** What processes of Node used between two samples of each: sums, and the worst event loop. All zero for no process. */
export function usage(start: readonly ProcessSample[], end: readonly ProcessSample[]) {
  const spent = (of: (sample: ProcessSample) => number) => sumOf(end, of) - sumOf(start, of);
  const utilisation = end.map((sample, index) => {
    const activeMs = sample.loop.activeMs - start[index]!.loop.activeMs;
    const idleMs = sample.loop.idleMs - start[index]!.loop.idleMs;
    return activeMs + idleMs <= 0 ? 0 : activeMs / (activeMs + idleMs);
  });
  return {
    ...cpuUsage(start, end),
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

/** Null where nothing was delivered. */
export function perDelivery(amount: number, delivered: number): number | null {
  return delivered === 0 ? null : amount / delivered;
}

export function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}

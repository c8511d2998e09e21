import {
  createHistogram,
  monitorEventLoopDelay,
  performance,
  PerformanceObserver,
  type EventLoopUtilization,
} from 'node:perf_hooks';
import { nowUs } from './clock.ts';

/** What a process has used. Counters run from its start, so that two samples give what lies between them. */
export type ProcessUse = {
  /** When it was taken, on the monotonic clock. */
  atUs: number;
  cpuUserUs: number;
  cpuSystemUs: number;
  rssBytes: number;
};

/** What a process of Node tells of itself besides. */
export type ProcessSample = ProcessUse & {
  /** Heap and external memory in use; after a collection, what is really held. */
  heldBytes: number;
  loop: { idleMs: number; activeMs: number };
  gc: { count: number; totalUs: number };
  /** Since the sample before: these two cannot be told apart afterwards. */
  sinceLast: { loopDelayP99Us: number; loopDelayMaxUs: number; gcMaxUs: number };
};

/** How often the event loop's delay is looked at; longer stalls than this are seen whole. */
const DELAY_RESOLUTION_MS = 10;

/** Watches the process that it is made in. */
export class Probe {
  readonly #delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  readonly #observer: PerformanceObserver;
  readonly #gc = { count: 0, totalUs: 0, maxUs: 0 };
  readonly #loopAtStart: EventLoopUtilization = performance.eventLoopUtilization();

  constructor() {
    this.#delay.enable();
    this.#observer = new PerformanceObserver((list) => this.#note(list));
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  /**
   * Takes a sample. With `collect` full collections come first, where the process was started with `--expose-gc`; it
   * stops the process for tens of milliseconds, so only when nothing is measured.
   */
  sample(options: { collect?: boolean } = {}): ProcessSample {
    if (options.collect) {
      globalThis.gc?.();
      // Buffers that the first one found dead are given back beside it, and count as external memory until the next.
      globalThis.gc?.();
    }
    for (const entry of this.#observer.takeRecords()) this.#add(entry.duration);
    const cpu = process.cpuUsage();
    const memory = process.memoryUsage();
    const loop = performance.eventLoopUtilization(this.#loopAtStart);
    const sample: ProcessSample = {
      atUs: nowUs(),
      cpuUserUs: cpu.user,
      cpuSystemUs: cpu.system,
      rssBytes: memory.rss,
      heldBytes: memory.heapUsed + memory.external,
      loop: { idleMs: loop.idle, activeMs: loop.active },
      gc: { count: this.#gc.count, totalUs: this.#gc.totalUs },
      sinceLast: {
        loopDelayP99Us: delayUs(this.#delay.percentile(99)),
        loopDelayMaxUs: delayUs(this.#delay.max),
        gcMaxUs: this.#gc.maxUs,
      },
    };
    this.#delay.reset();
    this.#gc.maxUs = 0;
    return sample;
  }

  stop(): void {
    this.#delay.disable();
    this.#observer.disconnect();
  }

  #note(list: { getEntries(): { duration: number }[] }): void {
    for (const entry of list.getEntries()) this.#add(entry.duration);
  }

  #add(durationMs: number): void {
    const us = durationMs * 1000;
    this.#gc.count++;
    this.#gc.totalUs += us;
    this.#gc.maxUs = Math.max(this.#gc.maxUs, us);
  }
}

/** The monitor records the whole interval between two looks, in nanoseconds: the delay is what exceeds the interval. */
function delayUs(intervalNs: number): number {
  return Math.max(0, intervalNs / 1000 - DELAY_RESOLUTION_MS * 1000);
}

/** Counts durations in whole microseconds, one at least; a thin name for Node's own recordable histogram. */
export function durationHistogram() {
  return createHistogram({ lowest: 1, highest: 3_600_000_000, figures: 3 });
}

import { nowUs } from '../clock.ts';
import { block, corrupted, emissionOf, type Faults, isEvery, NO_FAULTS } from './faults.ts';
import type { FeedSource } from './source.ts';
import { dueUs, newestDue, type Schedule } from './schedule.ts';
import { tickEncoder, type Tick } from './tick.ts';

/** Its schedule and what it sends; a server's whole configuration holds them. */
export type FeedOptions = Schedule & {
  readonly payloadBytes: number;
  readonly seed: number;
  /** How many recent ticks stay available to cursors and to resumption. */
  readonly ringTicks: number;
  /** Whether it makes its ticks, as it does where this is absent, or is given them. */
  readonly feed?: FeedSource;
  /** What to do wrong on purpose. */
  readonly faults?: Faults;
};

/** How far emission lags behind the schedule: `onEmit` is told the lateness of each tick in microseconds. */
export type FeedObserver = (latenessUs: number) => void;

/** Of a kept tick beside its bytes and its text: growth of heap and external memory, payloads of 64 to 1,000 bytes, Node 26. */
const TICK_OBJECT_BYTES = 220;

function memoryOf(tick: Tick | undefined): number {
  return tick === undefined ? 0 : tick.bytes.length + tick.text.length + TICK_OBJECT_BYTES;
}

/**
 * The tick feed: one drift-free schedule, each tick encoded once, a ring of recent ticks. Every transport is fed from one
 * instance; several processes with the same options emit the same bytes at the same times.
 */
export class Feed {
  #options: FeedOptions;
  readonly #faults: Faults;
  #encode: (seq: number, dueUs: number) => Tick;
  readonly #ring: (Tick | undefined)[];
  readonly #subscribers = new Set<(tick: Tick) => void>();
  #ringBytes = 0;
  #newest = 0;
  #timer: NodeJS.Timeout | undefined;
  #observer: FeedObserver | undefined;
  #cachedSince: { after: number; newest: number; ticks: readonly Tick[] } | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#faults = options.faults ?? NO_FAULTS;
    this.#encode = tickEncoder(options.payloadBytes, options.seed);
    this.#ring = Array.from({ length: options.ringTicks }, () => undefined);
  }

  /**
   * Starts emitting. Ticks that were due before now are put into the ring without being sent to anyone. A feed that is given its
   * ticks waits for them, see {@link give}.
   */
  start(observer?: FeedObserver): void {
    this.#observer = observer;
    if (this.#isGiven) return;
    this.#newest = this.#newestToEmit();
    for (let seq = Math.max(1, this.#newest - this.#options.ringTicks + 1); seq <= this.#newest; seq++) this.#keep(seq);
    this.#arm();
  }

  /**
   * Emits a tick that somebody else has made, at once.
   *
   * @returns false, and does nothing, where it is no newer than all before
   */
  give(tick: Tick): boolean {
    const { seq } = tick;
    if (seq <= this.#newest) return false;
    // What was left out before it has no place in the ring, which still holds older ones there.
    const first = Math.max(this.#newest + 1, seq - this.#options.ringTicks + 1);
    for (let absent = first; absent < seq; absent++) this.#put(absent, undefined);
    this.#put(seq, tick);
    this.#emit(seq, tick.dueUs);
    return true;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** As given, or as retuned. */
  get options(): FeedOptions {
    return this.#options;
  }

  /**
   * From the next tick on another speed or size; sequence numbers go on without a gap, and the ring keeps what it holds. For
   * the live page: the feed of a trial stays as it is, or agents could not know what is due.
   */
  retune(rateHz: number, payloadBytes: number): void {
    const newest = this.#newest;
    // The new schedule runs through the newest tick, so that the next one is due one new period after it.
    const startUs = dueUs(this.#options, newest) - Math.round(((newest - 1) * 1e6) / rateHz);
    this.#encode = tickEncoder(payloadBytes, this.#options.seed);
    this.#options = { ...this.#options, startUs, rateHz, payloadBytes };
    clearTimeout(this.#timer);
    this.#arm();
  }

  /** Sequence number of the newest emitted tick, 0 before the first. */
  get newestSeq(): number {
    return this.#newest;
  }

  /**
   * Sequence number of the newest tick that the schedule has due now: the newest emitted one, or more where the feed is late. Of a
   * feed that is given its ticks the newest that it was given.
   */
  newestDueSeq(): number {
    return this.#isGiven ? this.#newest : newestDue(this.#options, nowUs());
  }

  get #isGiven(): boolean {
    return (this.#options.feed ?? 'self') !== 'self';
  }

  /** Heap and external memory that the ring's ticks take, about: they are there whether anyone listens or not. */
  get ringBytes(): number {
    return this.#ringBytes;
  }

  /** Sequence number of the oldest tick that is still in the ring, 1 when nothing was dropped yet. */
  get oldestSeq(): number {
    return Math.max(1, this.#newest - this.#options.ringTicks + 1);
  }

  /** The tick, when it is emitted and still in the ring. */
  at(seq: number): Tick | undefined {
    return seq < this.oldestSeq || seq > this.#newest ? undefined : this.#ring[seq % this.#options.ringTicks];
  }

  /**
   * The ticks after sequence number `after`, oldest first; those that have left the ring are gone. Asked for again with
   * the same cursor before the next tick, the very same array is returned: pollers in step share one answer.
   */
  since(after: number): readonly Tick[] {
    const cached = this.#cachedSince;
    if (cached?.after === after && cached.newest === this.#newest) return cached.ticks;
    const ticks: Tick[] = [];
    for (let seq = Math.max(after + 1, this.oldestSeq); seq <= this.#newest; seq++) {
      for (const sent of emissionOf(this.#faults, seq)) {
        const tick = this.at(sent);
        if (tick) ticks.push(tick);
      }
    }
    this.#cachedSince = { after, newest: this.#newest, ticks };
    return ticks;
  }

  /** Calls `onTick` with every tick from now on; returns the function that ends it. */
  subscribe(onTick: (tick: Tick) => void): () => void {
    this.#subscribers.add(onTick);
    return () => this.#subscribers.delete(onTick);
  }

  #keep(seq: number): Tick {
    const sound = this.#encode(seq, dueUs(this.#options, seq));
    const tick = isEvery(this.#faults.corruptEvery, seq) ? corrupted(sound) : sound;
    this.#put(seq, tick);
    return tick;
  }

  #put(seq: number, tick: Tick | undefined): void {
    const slot = seq % this.#options.ringTicks;
    this.#ringBytes += memoryOf(tick) - memoryOf(this.#ring[slot]);
    this.#ring[slot] = tick;
  }

  #arm(): void {
    const waitMs = (dueUs(this.#options, this.#newest + 1) - nowUs()) / 1000 + this.#faults.delayMs;
    // Timers count whole milliseconds from the loop's own (truncated) time, so rounding up never fires early, and a
    // spin for the rest would burn the CPU that this server is measured for. A long wait is cut: timers hold 31 bits.
    this.#timer = setTimeout(() => this.#emitDue(), Math.max(0, Math.min(Math.ceil(waitMs), 60_000)));
  }

  #newestToEmit(): number {
    return newestDue(this.#options, nowUs() - this.#faults.delayMs * 1000);
  }

  #emitDue(): void {
    // After a stall every tick that became due is emitted at once, each with its own scheduled time.
    const last = this.#newestToEmit();
    while (this.#newest < last) {
      const seq = this.#newest + 1;
      if (isEvery(this.#faults.stallEvery, seq)) block(this.#faults.stallMs * 1000);
      this.#emit(seq, this.#keep(seq).dueUs);
    }
    this.#arm();
  }

  #emit(seq: number, dueUs: number): void {
    this.#newest = seq;
    this.#observer?.(nowUs() - dueUs);
    for (const sent of emissionOf(this.#faults, seq)) {
      const tick = this.at(sent);
      if (!tick) continue;
      for (const onTick of this.#subscribers) onTick(tick);
    }
  }
}

import * as hdr from 'hdr-histogram-js';
import type { Distribution } from '../../result/schema.ts';

/** An HdrHistogram of whole microseconds: 1 us to an hour, three significant digits. */
export type Histogram = hdr.JsHistogram;

/** The widest value that a histogram holds; longer ones are recorded as this. */
const MAX_RECORDED_US = 3_600_000_000;

const BUCKET_BITS = 32;

/** Histograms of one configuration merge without loss, so there is only this one. */
export function createHistogram(): Histogram {
  return asJs(
    hdr.build({
      bitBucketSize: BUCKET_BITS,
      lowestDiscernibleValue: 1,
      highestTrackableValue: MAX_RECORDED_US,
      numberOfSignificantValueDigits: 3,
      autoResize: false,
      useWebAssembly: false,
    }),
  );
}

/** Records microseconds, rounded to whole ones. The value must not be negative: callers count those apart. */
export function record(histogram: Histogram, us: number): void {
  histogram.recordValue(Math.min(Math.round(us), MAX_RECORDED_US));
}

/** Values below this are counted each by itself; above, every power of two is cut into half as many buckets. */
const SUB_BUCKETS = 2048;
const HALF_BUCKETS_BITS = 10;
const TALLY_BUCKETS = (33 - HALF_BUCKETS_BITS) << HALF_BUCKETS_BITS;

/**
 * Counts microseconds in the buckets of {@link createHistogram}'s configuration, for the hot path of an agent: a receipt is
 * counted five times, and `recordValue` of the library takes about 90 ns where this takes 6 (`npm run bench:micro`,
 * step record). It only counts; every figure comes from {@link Tally.histogram}.
 */
export class Tally {
  readonly #counts = new Uint32Array(TALLY_BUCKETS);
  #total = 0;

  /** Counts a value, rounded to whole microseconds. It must not be negative: callers count those apart. */
  record(us: number): void {
    const value = us < MAX_RECORDED_US ? (us + 0.5) >>> 0 : MAX_RECORDED_US;
    // The library's index (HdrHistogram, countsArrayIndex): the bucket is the power of two, the rest its leading bits.
    const shift = value < SUB_BUCKETS ? 0 : 21 - Math.clz32(value);
    this.#counts[(shift << HALF_BUCKETS_BITS) + (value >>> shift)]!++;
    this.#total++;
  }

  get total(): number {
    return this.#total;
  }

  /** All that was counted, as a histogram. */
  histogram(): Histogram {
    const histogram = createHistogram();
    this.forEach((value, count) => histogram.recordValueWithCount(value, count));
    return histogram;
  }

  /** Calls `visit` with the middle of each bucket that holds any, in ascending order, and how many. */
  forEach(visit: (value: number, count: number) => void): void {
    this.#counts.forEach((count, index) => {
      if (count === 0) return;
      visit(firstOf(index) + (widthOf(index) >>> 1), count);
    });
  }

  /**
   * What {@link Histogram.getValueAtPercentile} of all that was counted is, without making a histogram: for a live line, which
   * must not keep an agent from reading. 0 where nothing was counted.
   *
   * @param percentile above 0, at most 100
   */
  valueAtPercentile(percentile: number): number {
    const wanted = Math.max(1, Math.ceil((percentile * this.#total) / 100));
    let counted = 0;
    for (let index = 0; index < TALLY_BUCKETS; index++) {
      counted += this.#counts[index]!;
      if (counted >= wanted) return firstOf(index) + widthOf(index) - 1;
    }
    return 0;
  }

  /** All that was counted, in few bytes; the tally is empty afterwards. */
  take(): PackedTally {
    const packed: number[] = [];
    this.forEach((value, count) => packed.push(value, count));
    this.reset();
    return Float64Array.from(packed);
  }

  reset(): void {
    if (this.#total > 0) this.#counts.fill(0);
    this.#total = 0;
  }
}

/** Values and how often each was counted, by turns. */
export type PackedTally = Float64Array;

/** All that was counted, as a histogram. */
export function unpack(packed: PackedTally): Histogram {
  const histogram = createHistogram();
  for (let at = 0; at < packed.length; at += 2) histogram.recordValueWithCount(packed[at]!, packed[at + 1]!);
  return histogram;
}

/** The greatest number that a tally cannot tell from `us`, in microseconds: above it a counted value is surely longer. */
export function longestAlike(us: number): number {
  return createHistogram().highestEquivalentValue(Math.min(Math.ceil(us), MAX_RECORDED_US));
}

/** How many values share a tally's bucket, and the least of them. */
function widthOf(index: number): number {
  return index < SUB_BUCKETS ? 1 : 2 ** ((index >>> HALF_BUCKETS_BITS) - 1);
}

function firstOf(index: number): number {
  const width = widthOf(index);
  return (index - Math.log2(width) * (1 << HALF_BUCKETS_BITS)) * width;
}

/** Base64 of the compressed HdrHistogram V2 encoding, which every HdrHistogram implementation reads. */
export function encode(histogram: Histogram): string {
  return hdr.encodeIntoCompressedBase64(histogram);
}

/** @throws Error where the text is not such an encoding */
export function decode(base64: string): Histogram {
  return asJs(hdr.decodeFromCompressedBase64(base64, BUCKET_BITS, false));
}

/** One histogram of all of them. Merging loses nothing, since all share one configuration. */
export function merge(encoded: readonly string[]): Histogram {
  const whole = createHistogram();
  for (const part of encoded) whole.add(decode(part));
  return whole;
}

/** The figures of a histogram, and the histogram itself so that any other can be derived. All zero when it is empty. */
export function distribution(histogram: Histogram): Distribution {
  const empty = histogram.totalCount === 0;
  const at = (percentile: number) => (empty ? 0 : histogram.getValueAtPercentile(percentile));
  return {
    count: histogram.totalCount,
    mean: empty ? 0 : histogram.mean,
    min: at(0),
    p50: at(50),
    p90: at(90),
    p99: at(99),
    p999: at(99.9),
    max: at(100), // as whoever decodes it finds it: the end of the last bucket
    hdr: encode(histogram),
  };
}

function asJs(histogram: hdr.Histogram): Histogram {
  if (!(histogram instanceof hdr.JsHistogram)) throw new TypeError('not the JavaScript implementation');
  return histogram;
}

/** Which share of what a distribution has recorded is greater than `us`, as far as its buckets tell; null where nothing was recorded. */
export function shareAbove({ hdr, count }: Pick<Distribution, 'hdr' | 'count'>, us: number): number | null {
  if (count === 0) return null;
  const histogram = decode(hdr);
  let upTo = 0;
  for (let index = histogram.countsArrayIndex(Math.round(us)); index >= 0; index--) {
    upTo += histogram.getCountAtIndex(index);
  }
  return 1 - upTo / count;
}

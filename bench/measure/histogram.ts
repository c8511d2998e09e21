import * as hdr from 'hdr-histogram-js';
import type { Distribution } from '../result/schema.ts';

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

/** Calls `visit` with each recorded value, in ascending order, and how often it was recorded. */
export function forEachRecorded(histogram: Histogram, visit: (value: number, count: number) => void): void {
  const iterator = histogram.recordedValuesIterator;
  iterator.reset();
  while (iterator.hasNext()) {
    const step = iterator.next();
    visit(step.valueIteratedTo, step.countAddedInThisIterationStep);
  }
}

function asJs(histogram: hdr.Histogram): Histogram {
  if (!(histogram instanceof hdr.JsHistogram)) throw new TypeError('not the JavaScript implementation');
  return histogram;
}

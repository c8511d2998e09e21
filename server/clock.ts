import { performance } from 'node:perf_hooks';

/**
 * Microseconds on the host's monotonic clock, as a float with sub-microsecond resolution; comparable between processes
 * of one host, since it is CLOCK_MONOTONIC under Linux.
 *
 * `performance.now()` costs no allocation but counts from a start of its own in each process; `process.hrtime` is the
 * shared clock but allocates. The offset between the two, which run on the same source, is therefore taken once.
 */
export function nowUs(): number {
  return performance.now() * 1000 + OFFSET_US;
}

const OFFSET_US = calibrate();

/** The tightest of many brackets of one clock by the other. */
function calibrate(): number {
  let best = Number.POSITIVE_INFINITY;
  let offsetUs = 0;
  for (let i = 0; i < 1000; i++) {
    const before = process.hrtime.bigint();
    const own = performance.now();
    const after = process.hrtime.bigint();
    const widthNs = Number(after - before);
    if (widthNs < best) {
      best = widthNs;
      offsetUs = Number(before + after) / 2 / 1000 - own * 1000;
    }
  }
  return offsetUs;
}

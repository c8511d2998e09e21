import { nowUs } from '../../server/clock.ts';
import type { FeedOptions } from '../../server/feed/feed.ts';
import { tickPad } from '../../server/feed/tick.ts';

/** What keeps a server from being early by the clock on the wall, which is read a moment before or after the monotonic one. */
const READING_MS = 0.02;

/**
 * What a server must know that makes the ticks itself, as its environment. Tick k is `{"tick":"pb1_K_DUE_PAD_"}` with
 * DUE = START_US + (k - 1) * 1e6 / RATE_HZ, rounded half up, and of PAD what makes it PAYLOAD_BYTES long, from k modulo 61 on;
 * it is due (k - 1) * 1000 / RATE_HZ after START_UNIX_MS.
 *
 * @param clocks the clock on the wall in milliseconds, and the monotonic one in microseconds, read at the same time
 */
export function selfFeedEnvironment(
  { startUs, rateHz, payloadBytes, seed }: Pick<FeedOptions, 'startUs' | 'rateHz' | 'payloadBytes' | 'seed'>,
  clocks: { unixMs: number; monotonicUs: number } = readClocks(),
): Record<string, string> {
  const startUnixMs = clocks.unixMs + (startUs - clocks.monotonicUs) / 1000 + READING_MS;
  return {
    PUSHBENCH_START_UNIX_MS: startUnixMs.toFixed(3),
    PUSHBENCH_START_US: String(startUs),
    PUSHBENCH_RATE_HZ: String(rateHz),
    PUSHBENCH_PAYLOAD_BYTES: String(payloadBytes),
    PUSHBENCH_PAD: tickPad(payloadBytes, seed),
  };
}

/** Both clocks at the moment at which that on the wall comes to a whole millisecond: it tells no less. */
function readClocks(): { unixMs: number; monotonicUs: number } {
  for (let lastMs = Date.now(), lastUs = nowUs(); ;) {
    const monotonicUs = nowUs();
    const unixMs = Date.now();
    // Where this process was interrupted in between, the next millisecond tells.
    if (unixMs > lastMs && monotonicUs - lastUs < READING_MS * 500) return { unixMs, monotonicUs };
    [lastMs, lastUs] = [unixMs, monotonicUs];
  }
}

import { estimateOffset, type ClockEstimate, type Exchange } from '../model/clock-offset.ts';
import { CLOCK_PATH, type ClockAnswer } from '../protocol.ts';

const EXCHANGES = 16;
const EVERY_MS = 30_000;

/** Browsers round their clock, by 5 us where a page is isolated from other origins and by 100 us elsewhere. */
const RESOLUTION_US = globalThis.crossOriginIsolated ? 5 : 100;

const ownUs = () => performance.now() * 1000;

export type ServerClock = ReturnType<typeof serverClock>;

/** The server's clock as this page knows it: asked for over and over, since two clocks drift apart. */
export function serverClock() {
  let estimate: ClockEstimate = { offsetUs: 0, boundUs: Number.POSITIVE_INFINITY };
  const measure = async () => {
    const exchanges: Exchange[] = [];
    for (let round = 0; round < EXCHANGES; round++) {
      try {
        const askedUs = ownUs();
        const { receivedUs, sentUs } = (await (await fetch(CLOCK_PATH)).json()) as ClockAnswer;
        exchanges.push({ askedUs, serverReceivedUs: receivedUs, serverSentUs: sentUs, answeredUs: ownUs() });
      } catch {
        // The server is gone; the counters' request says so to the reader.
      }
    }
    estimate = estimateOffset(exchanges, RESOLUTION_US) ?? estimate;
  };
  return {
    /** Measures once; then again every 30 s while the page is visible. `measured` is called after each round. */
    start: async (measured: (estimate: ClockEstimate) => void): Promise<void> => {
      const round = () => measure().then(() => measured(estimate));
      await round();
      setInterval(() => {
        // Timers of hidden pages are slowed down, and a slow exchange says little.
        if (!document.hidden) void round();
      }, EVERY_MS);
    },
    /** Now, in microseconds on the server's clock. */
    nowUs: () => ownUs() + estimate.offsetUs,
    /** What {@link nowUs} may be off by, in microseconds; infinite before the first round. */
    boundUs: () => estimate.boundUs,
  };
}

import { estimateOffset, type ClockEstimate, type Exchange } from '../model/clock-offset.ts';
import { CLOCK_PATH, type ClockAnswer } from '../protocol.ts';

const EXCHANGES = 16;
const EVERY_MS = 30_000;

/** Browsers round their clock, by 5 us where a page is isolated from other origins and by 100 us elsewhere. */
const RESOLUTION_US = globalThis.crossOriginIsolated ? 5 : 100;

const ownUs = () => performance.now() * 1000;

/** The server's clock as this page knows it: asked for over and over, since two clocks drift apart. */
export class ServerClock {
  #estimate: ClockEstimate = { offsetUs: 0, boundUs: Number.POSITIVE_INFINITY };

  /** Measures once; then again every 30 s while the page is visible. `measured` is called after each round. */
  async start(measured: () => void): Promise<void> {
    await this.#measure();
    measured();
    setInterval(() => {
      // Timers of hidden pages are slowed down, and a slow exchange says little.
      if (!document.hidden) void this.#measure().then(measured);
    }, EVERY_MS);
  }

  /** Now, in microseconds on the server's clock. */
  nowUs(): number {
    return ownUs() + this.#estimate.offsetUs;
  }

  /** What {@link nowUs} may be off by, in microseconds; infinite before the first round. */
  get boundUs(): number {
    return this.#estimate.boundUs;
  }

  get offsetUs(): number {
    return this.#estimate.offsetUs;
  }

  async #measure(): Promise<void> {
    const exchanges: Exchange[] = [];
    for (let round = 0; round < EXCHANGES; round++) {
      try {
        const askedUs = ownUs();
        const answer = (await (await fetch(CLOCK_PATH)).json()) as ClockAnswer;
        const answeredUs = ownUs();
        exchanges.push({
          askedUs,
          serverReceivedUs: answer.receivedUs,
          serverSentUs: answer.sentUs,
          answeredUs,
        });
      } catch {
        // The server is gone; the counters' request says so to the reader.
      }
    }
    this.#estimate = estimateOffset(exchanges, RESOLUTION_US) ?? this.#estimate;
  }
}

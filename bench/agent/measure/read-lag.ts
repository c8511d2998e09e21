import { nowUs } from '../../../server/clock.ts';
import { Tally } from './histogram.ts';

/** A loop that polls again this soon after it has worked off its events did not sleep: more were waiting already. */
const SLEPT_US = 30;

/**
 * How long bytes that had arrived waited for the agent to read them: the agent's own share of every latency that it
 * reports, estimated for each read.
 *
 * The event loop learns of readable sockets in batches, in the order in which they became readable. Where the loop slept
 * before a batch, what is read late in it waited since the batch began. Where it did not, the batch became readable while
 * the one before was worked off, at about the pace at which it is read now: each read waited for about as long as that
 * batch took.
 *
 * The general event loop delay cannot tell this: it is sampled by a timer a hundred times a second, while the deliveries
 * of a tick come in one burst.
 */
export class ReadLag {
  readonly tally = new Tally();
  #inBatch = false;
  #beganUs = 0;
  #endedUs = 0;
  /** How long the batch before took, where the loop went straight on to this one; else 0. */
  #behindUs = 0;

  /** Notes a read at `atUs`. */
  note(atUs: number): void {
    if (!this.#inBatch) {
      this.#inBatch = true;
      this.#behindUs = atUs - this.#endedUs < SLEPT_US ? atUs - this.#beganUs : 0;
      this.#beganUs = atUs;
      setImmediate(this.#end); // runs once the batch is worked off, before the loop looks for more
    }
    const waitedUs = atUs - this.#beganUs;
    this.tally.record(waitedUs > this.#behindUs ? waitedUs : this.#behindUs);
  }

  readonly #end = (): void => {
    this.#inBatch = false;
    this.#endedUs = nowUs();
  };
}

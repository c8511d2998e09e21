import type { Network } from '../../result/network.ts';

/** What becomes of a packet that does not arrive. */
export const LOST = -1;
export const NO_ROOM = -2;

/** A packet that would wait longer for its turn finds the queue in front of the bottleneck full, as in many a router. */
export const MOST_QUEUED_US = 100_000;

/**
 * One direction of a network: says of each packet, in the order in which they come, when it arrives at the other end, in
 * microseconds, or {@link LOST} or {@link NO_ROOM}. Packets wait for their turn at the bottleneck, then travel; none overtakes
 * another, since jitter is mostly a queue's, and what overtakes looks like a loss to TCP.
 *
 * @param random in [0, 1): the same numbers give the same fates
 */
export function createLane(
  { delayMs, jitterMs, loss, bitsPerSecond }: Network,
  random: () => number,
): (nowUs: number, bytes: number) => number {
  let freeAtUs = 0;
  let newestUs = 0;
  return (nowUs, bytes) => {
    if (loss > 0 && random() < loss) return LOST;
    let sentUs = nowUs;
    if (bitsPerSecond !== null) {
      const turnUs = Math.max(nowUs, freeAtUs);
      if (turnUs - nowUs > MOST_QUEUED_US) return NO_ROOM;
      freeAtUs = turnUs + (bytes * 8e6) / bitsPerSecond;
      sentUs = freeAtUs;
    }
    const jitterUs = jitterMs > 0 ? (2 * random() - 1) * jitterMs * 1000 : 0;
    newestUs = Math.max(newestUs, sentUs + delayMs * 1000 + jitterUs);
    return newestUs;
  };
}

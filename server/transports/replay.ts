import type { ServerConfig } from '../config.ts';
import type { Feed } from '../feed/feed.ts';

/** What a tick's event or message may add to its payload: id, field names, chunk size, frame head. */
const FRAMING_BYTES = 64;

/**
 * Sequence number of the first tick that a client with this cursor is sent: one more than its cursor, unless that has
 * left the ring, or what has come since would fill more than half of what may be queued for a client. A longer replay
 * would be held for everybody who asks and does not read, and be cut half-way for everybody who does.
 */
export function firstToReplay(feed: Feed, config: ServerConfig, after: number): number {
  const most = Math.max(1, Math.floor(config.sendBufferBytes / 2 / (config.payloadBytes + FRAMING_BYTES)));
  return Math.max(after + 1, feed.oldestSeq, feed.newestSeq - most + 1);
}

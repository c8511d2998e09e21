import type { Feed } from '../feed/feed.ts';

/**
 * The cursor in a request's `after` parameter or `Last-Event-ID` header: the last sequence number that the client holds.
 *
 * One beyond what is due was given by another feed, mostly by this server before it was started anew: whoever sends it holds
 * nothing of this one. Believed, it would be waited for: long polling in silence, until this feed came as far. What is due but
 * not emitted yet may be a cursor: agents begin where the schedule is, and the feed is late by its timers.
 *
 * @returns the number, 0 for one of another feed, `undefined` where none was sent, or `'malformed'`
 */
export function parseCursor(
  text: unknown,
  feed: Pick<Feed, 'newestSeq' | 'newestDueSeq'>,
): number | undefined | 'malformed' {
  if (text === undefined || text === '') return undefined;
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text)) return 'malformed';
  const after = Number(text);
  return after <= feed.newestSeq || after <= feed.newestDueSeq() ? after : 0;
}

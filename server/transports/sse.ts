import type { Tick } from '../feed/tick.ts';
import { httpStream } from './http-stream.ts';
import { TRAITS } from './traits.ts';

/** How long a browser waits before it reconnects, sent once at the start of each stream. */
const RETRY_MS = 1000;

/** One event: the tick as data, its sequence number as the id that resumption comes back with. */
export function sseEvent(tick: Tick): string {
  return `id: ${tick.seq}\ndata: ${tick.text}\n\n`;
}

/**
 * Server-Sent Events: `GET /feed/sse` is a stream of events, one a tick. A reconnecting client brings `Last-Event-ID` by
 * itself. Ticks that are gone are an event `gap`.
 */
export const sse = httpStream({
  path: TRAITS.sse.path,
  contentType: 'text/event-stream',
  opening: `retry: ${RETRY_MS}\n\n`,
  tick: sseEvent,
  gap: (from, to) => `event: gap\ndata: {"from":${from},"to":${to}}\n\n`,
  silence: ':\n\n',
  cursorHeader: 'Last-Event-ID',
});

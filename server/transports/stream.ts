import type { Tick } from '../feed/tick.ts';
import { httpStream } from './http-stream.ts';
import { TRAITS } from './traits.ts';

/** One line: the tick's JSON has no line end in it. */
export function streamLine(tick: Tick): string {
  return `${tick.text}\n`;
}

/**
 * Newline-delimited JSON over one response, as `fetch` reads it: `GET /feed/stream` is a line a tick. A client that comes back
 * names its cursor in the address, as over WebSocket; ticks that are gone are a line `{"gap":{"from":A,"to":B}}`. An empty
 * line keeps the connection alive.
 */
export const stream = httpStream({
  path: TRAITS.stream.path,
  contentType: 'application/x-ndjson',
  opening: '',
  tick: streamLine,
  gap: (from, to) => `{"gap":{"from":${from},"to":${to}}}\n`,
  silence: '\n',
});

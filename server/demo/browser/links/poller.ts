import { backoffMs } from '../../model/backoff.ts';
import { readTicks } from '../../model/tick-text.ts';
import { afterQuery, type CreateLink, type Link, type LinkEvents } from './link.ts';

/** How one kind of polling asks. */
type PollerOptions = {
  readonly events: LinkEvents;
  readonly cursor: () => number;
  readonly url: (after: number) => string;
  /** Milliseconds from the time that the last request was due to the next one; 0: as soon as it is answered. */
  readonly intervalMs: () => number;
};

/** Asks again and again: the loop that both kinds of polling share. Requests keep their schedule, whatever answers take. */
function createPoller({ events, cursor, url, intervalMs }: PollerOptions): Link {
  let running: AbortController | undefined;
  let timer: number | undefined;
  let wake: (() => void) | undefined;

  const run = async (own: AbortController) => {
    let isConnected = false;
    let failures = 0;
    let dueMs = performance.now();
    const pause = (ms: number) =>
      new Promise<void>((resolve) => {
        wake = resolve;
        timer = setTimeout(resolve, ms);
      });
    while (!own.signal.aborted) {
      events.state({ code: null, name: 'in flight' });
      try {
        const response = await fetch(url(cursor()), { signal: own.signal, cache: 'no-store' });
        if (!response.ok) throw new Error(`HTTP ${response.status}`);
        const text = await response.text();
        if (own.signal.aborted) return;
        if (!isConnected) events.opened();
        isConnected = true;
        failures = 0;
        if (text !== '') {
          const { ticks, payloadBytes } = readTicks(text);
          events.ticks(ticks, payloadBytes);
        }
      } catch (error) {
        if (own.signal.aborted) return;
        isConnected = false;
        const waitMs = backoffMs(failures++, Math.random());
        events.state({ code: null, name: 'backing off' });
        const why = error instanceof Error && error.message.startsWith('HTTP') ? error.message : 'the request failed';
        events.lost(`${why}; our own code asks again in ${Math.round(waitMs)} ms`);
        await pause(waitMs);
        if (own.signal.aborted) return;
        events.attempt();
        dueMs = performance.now();
        continue;
      }
      const everyMs = intervalMs();
      if (everyMs === 0) continue;
      events.state({ code: null, name: 'idle' });
      // A page that was hidden does not make up for the polls that it was not allowed to send.
      dueMs = Math.max(dueMs + everyMs, performance.now() - everyMs);
      await pause(Math.max(0, dueMs - performance.now()));
    }
  };

  const close = () => {
    if (!running) return;
    clearTimeout(timer);
    running.abort();
    running = undefined;
    wake?.();
    events.state({ code: null, name: 'stopped' });
  };
  return {
    open: () => {
      close();
      running = new AbortController();
      void run(running);
    },
    close,
  };
}

/** Short polling: a request every interval, answered at once. */
export const createPollingLink: CreateLink = ({ host, settings }, events, cursor) =>
  createPoller({
    events,
    cursor,
    url: (after) => `http://${host}/feed/polling?latest=${settings.newestOnly ? 1 : 0}${afterQuery(after, '&')}`,
    intervalMs: () => settings.pollIntervalMs,
  });

/** Long polling: the next request as soon as the last one is answered, which takes until there is news. */
export const createLongPollingLink: CreateLink = ({ host }, events, cursor) =>
  createPoller({
    events,
    cursor,
    url: (after) => `http://${host}/feed/long-polling${afterQuery(after)}`,
    intervalMs: () => 0,
  });

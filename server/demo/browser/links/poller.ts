import { readTicks } from '../../model/tick-text.ts';
import { fetchFeed, returningLink, sleep, type CreateLink, type Link, type LinkEvents } from './link.ts';

/**
 * Asks again and again: the loop that both kinds of polling share. Requests keep their schedule, whatever answers take.
 *
 * @param intervalMs from the time that the last request was due to the next one; 0: as soon as it is answered
 */
function createPoller(events: LinkEvents, url: () => string, intervalMs: () => number): Link {
  return returningLink(events, async (signal, opened) => {
    for (let dueMs = performance.now(); ;) {
      events.state({ code: null, name: 'in flight' });
      const text = await (await fetchFeed(url(), signal)).text();
      signal.throwIfAborted();
      opened();
      if (text !== '') {
        const { ticks, payloadBytes } = readTicks(text);
        events.ticks(ticks, payloadBytes);
      }
      const everyMs = intervalMs();
      if (everyMs === 0) continue;
      events.state({ code: null, name: 'idle' });
      // A page that was hidden does not make up for the polls that it was not allowed to send.
      dueMs = Math.max(dueMs + everyMs, performance.now() - everyMs);
      await sleep(Math.max(0, dueMs - performance.now()));
      signal.throwIfAborted();
    }
  });
}

/** Short polling: a request every interval, answered at once. */
export const createPollingLink: CreateLink = ({ host, settings }, events, after) => {
  const url = () => `http://${host}/feed/polling?latest=${settings.newestOnly ? 1 : 0}&${after()}`;
  return createPoller(events, url, () => settings.pollIntervalMs);
};

/** Long polling: the next request as soon as the last one is answered, which takes until there is news. */
export const createLongPollingLink: CreateLink = ({ host }, events, after) => {
  const url = () => `http://${host}/feed/long-polling?${after()}`;
  return createPoller(events, url, () => 0);
};

import { afterQuery, type CreateLink } from './link.ts';
import { createPoller } from './poller.ts';

/** Short polling: a request every interval, answered at once. */
export const createPollingLink: CreateLink = ({ host, settings }, events, cursor) =>
  createPoller({
    events,
    cursor,
    url: (after) => `http://${host}/feed/polling?latest=${settings.newestOnly ? 1 : 0}${afterQuery(after, '&')}`,
    intervalMs: () => settings.pollIntervalMs,
  });

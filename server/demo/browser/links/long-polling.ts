import { afterQuery, type CreateLink } from './link.ts';
import { createPoller } from './poller.ts';

/** Long polling: the next request as soon as the last one is answered, which takes until there is news. */
export const createLongPollingLink: CreateLink = ({ host }, events, cursor) =>
  createPoller({
    events,
    cursor,
    url: (after) => `http://${host}/feed/long-polling${afterQuery(after)}`,
    intervalMs: () => 0,
  });

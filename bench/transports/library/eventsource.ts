import { Buffer } from 'node:buffer';
import { EventSource } from 'eventsource';
import { nowUs } from '../../../server/clock.ts';
import type { CreateDriver } from '../contract.ts';
import { authority, SSE_PATH } from '../routes.ts';

/** Server-Sent Events with the `eventsource` client, which reconnects by itself like a browser's. */
export const createEventSourceDriver: CreateDriver = (options, recorder, events) => {
  const clients: (EventSource | undefined)[] = Array.from({ length: options.clients }, () => undefined);
  let stopped = false;

  const open = (client: number) => {
    const source = new EventSource(`http://${authority(options)}${SSE_PATH}`);
    clients[client] = source;
    let wasOpen = false;
    let wasLost = false;
    source.addEventListener('open', () => {
      if (!wasOpen) events.opened(client);
      wasOpen = true;
    });
    source.addEventListener('message', ({ data }: { data: string }) => {
      recorder.beginRead(nowUs());
      const bytes = Buffer.from(data, 'latin1');
      recorder.deliver(client, bytes, 0, bytes.length);
    });
    source.addEventListener('error', (error) => {
      if (stopped) return;
      const code = error.code === undefined ? 'EVENTSOURCE' : `HTTP_${error.code}`;
      const message = error.message ?? 'the connection was lost';
      if (wasOpen) {
        // It goes on trying, with an error each time; the connection was lost once.
        if (!wasLost) events.dropped(client, code, message);
        wasLost = true;
        return;
      }
      // It would go on trying for ever; a client that could not be opened is given up.
      source.close();
      events.failed(client, code, message);
    });
  };

  return {
    open,
    stop: () => {
      stopped = true;
      for (const source of clients) source?.close();
    },
  };
};

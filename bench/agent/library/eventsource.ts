import { Buffer } from 'node:buffer';
import { EventSource } from 'eventsource';
import { nowUs } from '../../../server/clock.ts';
import type { CreateDriver } from '../contract.ts';
import { TRAITS } from '../../../server/transports/traits.ts';
import { authority } from '../routes.ts';
import { clientEvents, type ClientEvents } from './client-events.ts';

/** Server-Sent Events with the `eventsource` client, which reconnects by itself like a browser's. */
export const createEventSourceDriver: CreateDriver = (options, recorder, events) => {
  const clients: (EventSource | undefined)[] = Array.from({ length: options.clients }, () => undefined);
  const reported: (ClientEvents | undefined)[] = Array.from({ length: options.clients }, () => undefined);
  let stopped = false;

  const open = (client: number) => {
    const source = new EventSource(`http://${authority(options)}${TRAITS.sse.path}`);
    clients[client] = source;
    const told = clientEvents(
      client,
      events,
      () => stopped,
      () => source.close(),
    );
    reported[client] = told;
    source.addEventListener('open', told.opened);
    source.addEventListener('message', ({ data }: { data: string }) => {
      recorder.beginRead(nowUs());
      const bytes = Buffer.from(data, 'latin1');
      recorder.deliver(client, bytes, 0, bytes.length);
    });
    source.addEventListener('error', (error) => {
      const code = error.code === undefined ? 'EVENTSOURCE' : `HTTP_${error.code}`;
      told.lost(code, error.message ?? 'the connection was lost');
    });
  };

  return {
    open,
    close: (client) => reported[client]?.close(),
    stop: () => {
      stopped = true;
      for (const source of clients) source?.close();
    },
  };
};

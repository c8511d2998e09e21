import { Buffer } from 'node:buffer';
import { EventSource } from 'eventsource';
import { nowUs } from '../../../server/clock.ts';
import { authority, fieldsOf, pathOf } from '../routes.ts';
import { libraryDriver } from './client-events.ts';

/** Server-Sent Events with the `eventsource` client, which reconnects by itself like a browser's. */
export const createEventSourceDriver = libraryDriver(({ options, recorder, client, told }) => {
  const asked = fieldsOf(options, {}, client);
  const source = new EventSource(`http://${authority(options)}${pathOf(options, client)}`, {
    fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, ...asked } }),
  });
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
  return () => source.close();
});

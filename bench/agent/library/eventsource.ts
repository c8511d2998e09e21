import { Buffer } from 'node:buffer';
import { EventSource } from 'eventsource';
import { nowUs } from '../../../server/clock.ts';
import { authority } from '../routes.ts';
import { libraryDriver } from './client-events.ts';

/** Server-Sent Events with the `eventsource` client, which reconnects by itself like a browser's. */
export const createEventSourceDriver = libraryDriver(({ options, recorder, client, told }) => {
  const source = new EventSource(`http://${authority(options)}${options.path}`);
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

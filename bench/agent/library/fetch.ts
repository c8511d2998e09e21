import { Buffer } from 'node:buffer';
import { nowUs } from '../../../server/clock.ts';
import { TRAITS } from '../../../server/transports/traits.ts';
import type { CreateDriver } from '../contract.ts';
import { authority } from '../routes.ts';
import { clientEvents, type ClientEvents } from './client-events.ts';

/** Newline-delimited JSON with Node's own `fetch`, read as browsers read it: decoded, and split at line ends. */
export const createFetchDriver: CreateDriver = (options, recorder, events) => {
  const reported: (ClientEvents | undefined)[] = Array.from({ length: options.clients }, () => undefined);
  let stopped = false;

  const open = (client: number) => {
    const abort = new AbortController();
    const told = clientEvents(
      client,
      events,
      () => stopped,
      () => abort.abort(),
    );
    reported[client] = told;

    const read = async () => {
      const url = `http://${authority(options)}${TRAITS.stream.path}`;
      const { ok, status, body } = await fetch(url, { signal: abort.signal, cache: 'no-store' });
      if (!ok || body === null) return told.lost(`HTTP_${status}`, `the server answered ${status}`);
      told.opened();
      let unfinished = '';
      for await (const text of body.pipeThrough(new TextDecoderStream())) {
        recorder.beginRead(nowUs());
        const lines = (unfinished + text).split('\n');
        unfinished = lines.pop()!;
        for (const line of lines) {
          if (line === '') continue;
          const bytes = Buffer.from(line, 'latin1');
          recorder.deliver(client, bytes, 0, bytes.length);
        }
      }
      told.lost('STREAM_END', 'the server ended the stream');
    };
    read().catch((error: Error) => {
      // What fetch rejects with says only that it failed; why stands in its cause.
      const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
      told.lost(typeof code === 'string' ? code : 'FETCH', message);
    });
  };

  return {
    open,
    close: (client) => reported[client]?.close(),
    stop: () => {
      stopped = true;
      for (const told of reported) told?.close();
    },
  };
};

import { Buffer } from 'node:buffer';
import { nowUs } from '../../../server/clock.ts';
import { authority, fieldsOf, pathOf } from '../routes.ts';
import { libraryDriver, type LibraryClient } from './client-events.ts';

/** Newline-delimited JSON with Node's own `fetch`, read as browsers read it: decoded, and split at line ends. */
export const createFetchDriver = libraryDriver((one) => {
  const abort = new AbortController();
  read(one, abort.signal).catch((error: Error) => {
    // What fetch rejects with says only that it failed; why stands in its cause.
    const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
    one.told.lost(typeof code === 'string' ? code : 'FETCH', message);
  });
  return () => abort.abort();
});

async function read({ options, recorder, client, told }: LibraryClient, signal: AbortSignal): Promise<void> {
  const url = `http://${authority(options)}${pathOf(options, client)}`;
  const headers = fieldsOf(options, {}, client);
  const { ok, status, body } = await fetch(url, { signal, cache: 'no-store', headers });
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
}

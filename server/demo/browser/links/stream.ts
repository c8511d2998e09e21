import { backoffMs } from '../../model/backoff.ts';
import { readMessage } from '../../model/tick-text.ts';
import { afterQuery, type CreateLink } from './link.ts';

/** A line a tick over one `fetch`: splitting lines, noticing the end and coming back are the application's own work. */
export const createStreamLink: CreateLink = ({ host }, events, cursor) => {
  let running: AbortController | undefined;
  let timer: number | undefined;
  let failures = 0;

  const read = async (own: AbortController, after: number) => {
    events.state({ code: null, name: 'connecting' });
    const url = `http://${host}/feed/stream${afterQuery(after)}`;
    const response = await fetch(url, { signal: own.signal, cache: 'no-store' });
    if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
    failures = 0;
    events.state({ code: null, name: 'reading' });
    events.opened();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let unfinished = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) throw new Error('the server ended the response');
      const lines = (unfinished + value).split('\n');
      unfinished = lines.pop() ?? '';
      for (const line of lines.filter((text) => text !== '')) {
        const message = readMessage(line);
        if ('gap' in message) events.gap(message.gap.from, message.gap.to);
        else events.ticks([message], line.length);
      }
    }
  };

  const connect = (own: AbortController, after: number) => {
    read(own, after).catch((error: Error) => {
      if (own.signal.aborted) return;
      const waitMs = backoffMs(failures++, Math.random());
      events.state({ code: null, name: 'backing off' });
      events.lost(`${error.message}; our own code tries again in ${Math.round(waitMs)} ms`);
      timer = setTimeout(() => {
        events.attempt();
        connect(own, cursor());
      }, waitMs);
    });
  };

  const close = () => {
    clearTimeout(timer);
    if (running === undefined) return;
    running.abort();
    running = undefined;
    events.state({ code: null, name: 'stopped' });
  };
  return {
    open: (after) => {
      close();
      failures = 0;
      running = new AbortController();
      connect(running, after);
    },
    close,
  };
};

import { fetchFeed, returningLink, tellMessage, type CreateLink } from './link.ts';

/** A line a tick over one `fetch`: splitting lines, noticing the end and coming back are the application's own work. */
export const createStreamLink: CreateLink = ({ host }, events, after) =>
  returningLink(events, async (signal, opened) => {
    events.state({ code: null, name: 'connecting' });
    const { body } = await fetchFeed(`http://${host}/feed/stream?${after()}`, signal);
    events.state({ code: null, name: 'reading' });
    opened();
    const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
    let unfinished = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) throw new Error('the server ended the response');
      const lines = (unfinished + value).split('\n');
      unfinished = lines.pop() ?? '';
      for (const line of lines) if (line !== '') tellMessage(events, line);
    }
  });

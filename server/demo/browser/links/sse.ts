import { sourceState, tellMessage, type CreateLink } from './link.ts';

/** Server-Sent Events: the browser reads, reconnects and resumes (`retry`, `Last-Event-ID`); here is hardly anything to do. */
export const createSseLink: CreateLink = ({ host }, events, after) => {
  let source: EventSource | undefined;

  const showState = (of: EventSource) => events.state(sourceState(of));

  const close = () => {
    if (!source) return;
    source.close();
    showState(source);
    source = undefined;
  };
  return {
    open: () => {
      close();
      const own = (source = new EventSource(`http://${host}/feed/sse?${after()}`));
      showState(own);
      own.addEventListener('open', () => {
        showState(own);
        events.opened();
      });
      own.addEventListener('message', ({ data }: MessageEvent<string>) => tellMessage(events, data));
      own.addEventListener('gap', ({ data }: MessageEvent<string>) => {
        const { from, to } = JSON.parse(data) as { from: number; to: number };
        events.gap(from, to);
      });
      own.addEventListener('error', () => {
        if (own !== source) return;
        showState(own);
        events.lost(
          own.readyState === EventSource.CLOSED
            ? 'CLOSED for good: the answer was not 200 text/event-stream, so the browser does not try again'
            : 'the browser tries again by itself after the retry time that the server sent',
        );
      });
    },
    close,
  };
};

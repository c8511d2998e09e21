import { backoffMs } from '../../model/backoff.ts';
import { readMessage } from '../../model/tick-text.ts';
import { afterQuery, socketState, type CreateLink } from './link.ts';

/** WebSocket: coming back is the application's own work, here with backoff, jitter and the cursor in the address. */
export const createWebSocketLink: CreateLink = ({ host }, events, cursor) => {
  let socket: WebSocket | undefined;
  let timer: number | undefined;
  let attempt = 0;

  const showState = (of: WebSocket) => events.state(socketState(of));

  const connect = (after: number) => {
    const own = (socket = new WebSocket(`ws://${host}/feed/websocket${afterQuery(after)}`));
    showState(own);
    own.addEventListener('open', () => {
      if (own !== socket) return;
      attempt = 0;
      showState(own);
      events.opened();
    });
    own.addEventListener('message', ({ data }: MessageEvent<string>) => {
      if (own !== socket) return;
      const message = readMessage(data);
      if ('gap' in message) events.gap(message.gap.from, message.gap.to);
      else events.ticks([message], data.length);
    });
    own.addEventListener('close', ({ code }) => {
      if (own !== socket) return;
      showState(own);
      const waitMs = backoffMs(attempt++, Math.random());
      events.lost(`close code ${code}; our own code tries again in ${Math.round(waitMs)} ms`);
      timer = setTimeout(() => {
        events.attempt();
        connect(cursor());
      }, waitMs);
    });
  };

  const close = () => {
    clearTimeout(timer);
    attempt = 0;
    const own = socket;
    socket = undefined;
    if (!own) return;
    own.close(1000);
    showState(own);
    own.addEventListener('close', () => socket ?? showState(own));
  };
  return {
    open: (after) => {
      close();
      connect(after);
    },
    close,
  };
};

import { returningLink, socketState, tellMessage, type CreateLink } from './link.ts';

/** WebSocket: coming back is the application's own work, here with backoff, jitter and the cursor in the address. */
export const createWebSocketLink: CreateLink = ({ host }, events, after) => {
  let newest: WebSocket | undefined;
  const connect = (signal: AbortSignal, opened: () => void) =>
    new Promise<never>((_, reject) => {
      const socket = (newest = new WebSocket(`ws://${host}/feed/websocket?${after()}`));
      const showState = () => events.state(socketState(socket));
      showState();
      socket.addEventListener('open', () => {
        if (signal.aborted) return;
        showState();
        opened();
      });
      socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
        if (!signal.aborted) tellMessage(events, data);
      });
      socket.addEventListener('close', ({ code }) => {
        if (socket === newest) showState();
        reject(new Error(`close code ${code}`));
      });
      signal.addEventListener('abort', () => {
        socket.close(1000);
        showState();
      });
    });
  return returningLink(events, connect, true);
};

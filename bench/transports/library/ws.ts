import { WebSocket } from 'ws';
import { nowUs } from '../../../server/clock.ts';
import type { CreateDriver } from '../contract.ts';
import { authority, WEBSOCKET_PATH } from '../routes.ts';

/** WebSocket with the `ws` client, as applications use it. */
export const createWsDriver: CreateDriver = (options, recorder, events) => {
  const clients: (WebSocket | undefined)[] = Array.from({ length: options.clients }, () => undefined);
  let stopped = false;

  const open = (client: number) => {
    const localAddress = options.sourceAddress(client);
    const socket = new WebSocket(`ws://${authority(options)}${WEBSOCKET_PATH}`, {
      perMessageDeflate: false,
      ...(localAddress === undefined ? {} : { localAddress }),
    });
    clients[client] = socket;
    let isOpen = false;
    let lost = false;
    const lose = (code: string, message: string) => {
      if (lost || stopped) return;
      lost = true;
      if (isOpen) events.dropped(client, code, message);
      else events.failed(client, code, message);
    };
    socket.on('open', () => {
      isOpen = true;
      events.opened(client);
    });
    socket.on('message', (data: Buffer) => {
      recorder.beginRead(nowUs());
      recorder.deliver(client, data, 0, data.length);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => lose(error.code ?? 'WS', error.message));
    socket.on('close', (code) => lose(`CLOSE_${code}`, `the server closed the WebSocket with ${code}`));
  };

  return {
    open,
    stop: () => {
      stopped = true;
      for (const socket of clients) socket?.terminate();
    },
  };
};

import { WebSocket } from 'ws';
import { nowUs } from '../../../server/clock.ts';
import type { CreateDriver } from '../contract.ts';
import { TRAITS } from '../../../server/transports/traits.ts';
import { authority } from '../routes.ts';
import { clientEvents, type ClientEvents } from './client-events.ts';

/** WebSocket with the `ws` client, as applications use it. */
export const createWsDriver: CreateDriver = (options, recorder, events) => {
  const clients: (WebSocket | undefined)[] = Array.from({ length: options.clients }, () => undefined);
  const reported: (ClientEvents | undefined)[] = Array.from({ length: options.clients }, () => undefined);
  let stopped = false;

  const open = (client: number) => {
    const localAddress = options.sourceAddress(client);
    const socket = new WebSocket(`ws://${authority(options)}${TRAITS.websocket.path}`, {
      perMessageDeflate: false,
      ...(localAddress === undefined ? {} : { localAddress }),
    });
    clients[client] = socket;
    const told = clientEvents(
      client,
      events,
      () => stopped,
      () => socket.terminate(),
    );
    const { opened, lost } = told;
    reported[client] = told;
    socket.on('open', opened);
    socket.on('message', (data: Buffer) => {
      recorder.beginRead(nowUs());
      recorder.deliver(client, data, 0, data.length);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => lost(error.code ?? 'WS', error.message));
    socket.on('close', (code) => lost(`CLOSE_${code}`, `the server closed the WebSocket with ${code}`));
  };

  return {
    open,
    close: (client) => reported[client]?.close(),
    stop: () => {
      stopped = true;
      for (const socket of clients) socket?.terminate();
    },
  };
};

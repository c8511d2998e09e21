import { WebSocket } from 'ws';
import { nowUs } from '../../../server/clock.ts';
import { TRAITS } from '../../../server/transports/traits.ts';
import { authority } from '../routes.ts';
import { libraryDriver } from './client-events.ts';

/** WebSocket with the `ws` client, as applications use it. */
export const createWsDriver = libraryDriver(({ options, recorder, client, told: { opened, lost } }) => {
  const localAddress = options.sourceAddress(client);
  const socket = new WebSocket(`ws://${authority(options)}${TRAITS.websocket.path}`, {
    perMessageDeflate: false,
    ...(localAddress === undefined ? {} : { localAddress }),
  });
  socket.on('open', opened);
  socket.on('message', (data: Buffer) => {
    recorder.beginRead(nowUs());
    recorder.deliver(client, data, 0, data.length);
  });
  socket.on('error', (error: NodeJS.ErrnoException) => lost(error.code ?? 'WS', error.message));
  socket.on('close', (code) => lost(`CLOSE_${code}`, `the server closed the WebSocket with ${code}`));
  return () => socket.terminate();
});

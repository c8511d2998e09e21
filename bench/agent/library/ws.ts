import { WebSocket } from 'ws';
import { nowUs } from '../../../server/clock.ts';
import { Speech } from '../handshake.ts';
import { authority } from '../routes.ts';
import { libraryDriver } from './client-events.ts';

/** WebSocket with the `ws` client, as applications use it. */
export const createWsDriver = libraryDriver(({ options, recorder, client, told: { opened, lost } }) => {
  const localAddress = options.sourceAddress(client);
  const socket = new WebSocket(`ws://${authority(options)}${options.path}`, {
    perMessageDeflate: false,
    ...(localAddress === undefined ? {} : { localAddress }),
  });
  const speech = new Speech(options.handshake ?? {}, 1, (_, text) => socket.send(text), opened);
  socket.on('open', () => speech.begin(0));
  socket.on('message', (data: Buffer) => {
    recorder.beginRead(nowUs());
    if (speech.hear(0, data, 0, data.length) !== 'message') return;
    recorder.deliver(client, data, 0, data.length);
  });
  socket.on('error', (error: NodeJS.ErrnoException) => lost(error.code ?? 'WS', error.message));
  socket.on('close', (code) => lost(`CLOSE_${code}`, `the server closed the WebSocket with ${code}`));
  return () => socket.terminate();
});

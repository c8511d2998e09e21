import { WebSocket } from 'ws';
import { nowUs } from '../../../server/clock.ts';
import { Speech } from '../handshake.ts';
import { authority, fieldsOf, pathOf } from '../routes.ts';
import { libraryDriver } from './client-events.ts';

/** WebSocket with the `ws` client, as applications use it. */
export const createWsDriver = libraryDriver(({ options, recorder, client, told: { opened, lost } }) => {
  const localAddress = options.sourceAddress(client);
  const { subprotocols = [] } = options.door ?? {};
  const socket = new WebSocket(`ws://${authority(options)}${pathOf(options, client)}`, [...subprotocols], {
    perMessageDeflate: false,
    headers: fieldsOf(options, {}, client),
    ...(localAddress === undefined ? {} : { localAddress }),
  });
  const firstClient = options.firstClient + client;
  const say = (_: number, text: string) => socket.send(text);
  const speech = new Speech(options.door ?? {}, { clients: 1, firstClient, say, opened });
  socket.on('open', () => speech.begin(0));
  socket.on('message', (data: Buffer) => {
    recorder.beginRead(nowUs());
    if (speech.hear(0, data, 0, data.length) === 'message') recorder.deliver(client, data, 0, data.length);
    else recorder.passOver();
  });
  socket.on('error', (error: NodeJS.ErrnoException) => lost(error.code ?? 'WS', error.message));
  socket.on('close', (code) => {
    speech.end(0);
    lost(`CLOSE_${code}`, `the server closed the WebSocket with ${code}`);
  });
  return () => socket.terminate();
});

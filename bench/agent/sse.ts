import type { ClientTransport, CreateDriver } from './contract.ts';
import { LeanSockets } from './lean-socket.ts';
import { TRAITS } from '../../server/transports/traits.ts';
import { authority } from './routes.ts';
import { HttpResponseParser } from './wire/http-response.ts';
import { isEventStream, SseParser } from './wire/sse.ts';

/** Server-Sent Events over raw sockets: HTTP/1.1 response, chunked coding, event stream. */
const createSseDriver: CreateDriver = (options, recorder, events) => {
  const request =
    `GET ${TRAITS.sse.path} HTTP/1.1\r\nHost: ${authority(options)}\r\n` +
    'Accept: text/event-stream\r\nCache-Control: no-store\r\n\r\n';

  const streams: (SseParser | undefined)[] = Array.from({ length: options.clients }, () => undefined);
  const responses: (HttpResponseParser | undefined)[] = Array.from({ length: options.clients }, () => undefined);

  const streamHandlers = {
    event: (client: number, buffer: Uint8Array, start: number, end: number, parser: SseParser) => {
      if (parser.eventType === 'message') recorder.deliver(client, buffer, start, end);
    },
    error: (client: number, error: { code: string; message: string }) =>
      sockets.fail(client, error.code, error.message),
  };
  const responseHandlers = {
    head: (client: number, status: number, parser: HttpResponseParser) => {
      const type = parser.header('content-type');
      if (status !== 200) return sockets.fail(client, `HTTP_${status}`, `the server answered ${status}`);
      if (!isEventStream(type)) {
        return sockets.fail(client, 'CONTENT_TYPE', `the server answered with ${type ?? 'no content type'}`);
      }
      sockets.opened(client);
    },
    body: (client: number, buffer: Uint8Array, start: number, end: number) => streams[client]!.push(buffer, start, end),
    end: (client: number) => sockets.fail(client, 'STREAM_END', 'the server ended the stream'),
    error: (client: number, error: { code: string; message: string }) =>
      sockets.fail(client, error.code, error.message),
  };

  const sockets = new LeanSockets(options, recorder, events, {
    connected: (client) => {
      streams[client] = new SseParser(client, streamHandlers);
      responses[client] = new HttpResponseParser(client, responseHandlers);
      sockets.write(client, request);
    },
    read: (client, buffer, end) => {
      const response = responses[client]!;
      response.push(buffer, 0, end);
      return response.isBetweenChunks && streams[client]!.isBetweenEvents;
    },
    ended: (client) => streams[client]?.close(),
  });

  return {
    open: (client) => sockets.open(client),
    close: (client) => sockets.close(client),
    stop: () => sockets.stop(),
    readLagUs: sockets.readLagUs,
  };
};

export const sse: ClientTransport = {
  lean: createSseDriver,
  libraryName: 'eventsource',
  libraryTakesAddress: false,
  library: async () => (await import('./library/eventsource.ts')).createEventSourceDriver,
};

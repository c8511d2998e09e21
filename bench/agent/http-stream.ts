import type { CreateDriver } from './contract.ts';
import { LeanSockets } from './lean-socket.ts';
import { authority, fieldLines, fieldsOf, pathOf } from './routes.ts';
import { HttpResponseParser } from './wire/http-response.ts';

/** Splits the body of a stream into messages. */
type BodyParser = {
  push(buffer: Uint8Array, start: number, end: number): void;
  /** The bytes so far end with a whole message. */
  readonly isBetweenMessages: boolean;
  /** The stream ended. */
  close(): void;
};

/** How the clients of one transport ask for a stream that is the body of a response, and read it. */
export type StreamProtocol = {
  /** The media type that is asked for. */
  readonly accept: string;
  /** Whether an answer of that type, as it stands in its head, is such a stream. */
  readonly isStream: (contentType: string | undefined) => boolean;
  /**
   * @param deliver takes each message that is a tick @param fail takes what made the stream unusable
   * @param passOver is told of messages that are no ticks
   */
  readonly createParser: (
    client: number,
    deliver: (client: number, buffer: Uint8Array, start: number, end: number) => void,
    fail: (client: number, error: { code: string; message: string }) => void,
    passOver: () => void,
  ) => BodyParser;
};

/** Streams over raw sockets: HTTP/1.1 response, chunked coding, and the protocol's own messages in it. */
export function createStreamDriver(protocol: StreamProtocol): CreateDriver {
  return (options, recorder, events) => {
    const own = { Accept: protocol.accept, 'Cache-Control': 'no-store' };
    const request = (client: number) =>
      `GET ${pathOf(options, client)} HTTP/1.1\r\nHost: ${authority(options)}\r\n` +
      `${fieldLines(fieldsOf(options, own, client))}\r\n`;

    const streams: (BodyParser | undefined)[] = Array.from({ length: options.clients }, () => undefined);
    const responses: (HttpResponseParser | undefined)[] = Array.from({ length: options.clients }, () => undefined);

    const deliver = (client: number, buffer: Uint8Array, start: number, end: number) =>
      recorder.deliver(client, buffer, start, end);
    const fail = (client: number, { code, message }: { code: string; message: string }) =>
      sockets.fail(client, code, message);
    const passOver = () => recorder.passOver();
    const responseHandlers = {
      head: (client: number, status: number, parser: HttpResponseParser) => {
        const type = parser.header('content-type');
        if (status !== 200) return sockets.fail(client, `HTTP_${status}`, `the server answered ${status}`);
        if (!protocol.isStream(type)) {
          return sockets.fail(client, 'CONTENT_TYPE', `the server answered with ${type ?? 'no content type'}`);
        }
        sockets.opened(client);
      },
      body: (client: number, buffer: Uint8Array, start: number, end: number) =>
        streams[client]!.push(buffer, start, end),
      end: (client: number) => sockets.fail(client, 'STREAM_END', 'the server ended the stream'),
      error: fail,
    };

    const sockets = new LeanSockets(options, recorder, events, {
      connected: (client) => {
        streams[client] = protocol.createParser(client, deliver, fail, passOver);
        responses[client] = new HttpResponseParser(client, responseHandlers);
        sockets.write(client, request(client));
      },
      read: (client, buffer, end) => {
        const response = responses[client]!;
        response.push(buffer, 0, end);
        return response.isBetweenChunks && streams[client]!.isBetweenMessages;
      },
      ended: (client) => streams[client]?.close(),
    });

    return {
      open: (client) => sockets.open(client),
      close: (client) => sockets.close(client),
      stop: () => sockets.stop(),
      readLagUs: sockets.readLagUs,
      bytes: sockets.bytes,
    };
  };
}

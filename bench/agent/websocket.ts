import { randomBytes } from 'node:crypto';
import type { ClientTransport, CreateDriver } from './contract.ts';
import { Speech } from './handshake.ts';
import { LeanSockets } from './lean-socket.ts';
import { authority, fieldsOf, pathOf } from './routes.ts';
import { HttpResponseParser } from './wire/http-response.ts';
import { acceptFor, encodeClientFrame, encodeUpgradeRequest, upgradeFault, WebSocketParser } from './wire/websocket.ts';

const OPCODE_TEXT = 1;
const OPCODE_CLOSE = 8;
const OPCODE_PONG = 10;

/** WebSocket over raw sockets: the upgrade, then frames. */
const createWebSocketDriver: CreateDriver = (options, recorder, events) => {
  const host = authority(options);
  const frames: (WebSocketParser | undefined)[] = Array.from({ length: options.clients }, () => undefined);
  /** Only while a client opens: its handshake's parser and what the server must answer. */
  const handshakes = new Map<number, { parser: HttpResponseParser; accept: string }>();

  /** The read that is being parsed holds what each client must answer itself: it is none to book by another. */
  let hasPing = false;
  const say = (client: number, text: string) =>
    sockets.writeBytes(client, encodeClientFrame(OPCODE_TEXT, Buffer.from(text), randomBytes(4)));
  const { clients, firstClient, door } = options;
  const { subprotocols = [] } = door ?? {};
  const speech = new Speech(door ?? {}, { clients, firstClient, say, opened: (client) => sockets.opened(client) });

  const frameHandlers = {
    message: (client: number, buffer: Uint8Array, start: number, end: number) => {
      if (door === undefined || speech.hear(client, buffer, start, end) === 'message') {
        return recorder.deliver(client, buffer, start, end);
      }
      hasPing = true;
      return recorder.passOver();
    },
    ping: (client: number, buffer: Uint8Array, start: number, end: number) => {
      hasPing = true;
      recorder.passOver();
      sockets.writeBytes(client, encodeClientFrame(OPCODE_PONG, buffer.subarray(start, end), randomBytes(4)));
    },
    pong: () => undefined,
    close: (client: number, code: number) => {
      sockets.writeBytes(client, encodeClientFrame(OPCODE_CLOSE, closePayload(code), randomBytes(4)));
      sockets.fail(client, `CLOSE_${code}`, `the server closed the WebSocket with ${code}`);
    },
    error: (client: number, error: { code: string; message: string; closeCode: number }) => {
      sockets.writeBytes(client, encodeClientFrame(OPCODE_CLOSE, closePayload(error.closeCode), randomBytes(4)));
      sockets.fail(client, error.code, error.message);
    },
  };
  const handshakeHandlers = {
    head: (client: number, status: number, parser: HttpResponseParser) => {
      if (status !== 101) return sockets.fail(client, `HTTP_${status}`, `the server answered ${status}, not 101`);
      const fault = upgradeFault(parser, handshakes.get(client)!.accept, subprotocols);
      if (fault) return sockets.fail(client, fault.code, fault.message);
      frames[client] = new WebSocketParser(client, frameHandlers);
      speech.begin(client);
    },
    body: () => undefined,
    end: () => undefined,
    error: (client: number, error: { code: string; message: string }) =>
      sockets.fail(client, error.code, error.message),
  };

  const sockets = new LeanSockets(options, recorder, events, {
    connected: (client) => {
      const key = randomBytes(16).toString('base64');
      handshakes.set(client, { parser: new HttpResponseParser(client, handshakeHandlers), accept: acceptFor(key) });
      sockets.writeBytes(
        client,
        encodeUpgradeRequest({
          host,
          path: pathOf(options, client),
          key,
          subprotocols,
          fields: fieldsOf(options, {}, client),
        }),
      );
    },
    read: (client, buffer, end) => {
      const open = frames[client];
      if (open) {
        hasPing = false;
        open.push(buffer, 0, end);
        return open.isBetweenMessages && !hasPing;
      }
      const handshake = handshakes.get(client);
      if (!handshake) return false;
      // The first frames may stand in the same read as the answer to the upgrade.
      const rest = handshake.parser.push(buffer, 0, end);
      if (frames[client]) {
        handshakes.delete(client);
        frames[client].push(buffer, rest, end);
        return frames[client].isBetweenMessages;
      }
      return false;
    },
    ended: (client) => {
      handshakes.delete(client);
      speech.end(client);
    },
  });

  return {
    open: (client) => sockets.open(client),
    close: (client) => sockets.close(client),
    stop: () => sockets.stop(),
    readLagUs: sockets.readLagUs,
    bytes: sockets.bytes,
  };
};

/** The code as the payload of a close frame; 1005 stands for none and must not be sent (RFC 6455, 7.4.1). */
function closePayload(code: number): Uint8Array {
  return code === 1005 ? new Uint8Array() : Uint8Array.of(code >> 8, code & 0xff);
}

export const websocket: ClientTransport = {
  lean: createWebSocketDriver,
  libraryName: 'ws',
  libraryTakesAddress: true,
  library: async () => (await import('./library/ws.ts')).createWsDriver,
};

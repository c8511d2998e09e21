import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Tick } from '../feed/tick.ts';
import type { InstallTransport } from './contract.ts';
import { parseCursor } from './cursor.ts';
import { FanOut, type Member } from './fan-out.ts';
import { firstToReplay } from './replay.ts';
import { TRAITS } from './traits.ts';

type Stream = Member & { readonly client: WebSocket };

/** What a client may send in one message. It has nothing to say to this feed. */
const MAX_INCOMING_BYTES = 64 * 1024;
const MAX_INCOMING_FRAGMENTS = 1024;

/** A whole unmasked text frame, as a server sends it (RFC 6455, 5.2). */
export function textFrame(tick: Tick): Buffer {
  const length = tick.bytes.length;
  const head =
    length < 126
      ? Buffer.from([0x81, length])
      : length < 65_536
        ? Buffer.from([0x81, 126, length >> 8, length & 0xff])
        : Buffer.concat([Buffer.from([0x81, 127]), bigEndian64(length)]);
  return Buffer.concat([head, tick.bytes]);
}

function bigEndian64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/**
 * WebSocket: `GET /feed/websocket?after=SEQ` upgrades to a stream of text messages, one tick each. A cursor older than
 * what is replayed gets a message `{"gap":{"from":A,"to":B}}` first. Pings after silence; no deflate, bounded incoming
 * messages.
 */
export const websocket: InstallTransport = ({ app, config, feed, guard, heartbeat }) => {
  const streams = new FanOut<Stream>(config.sendBufferBytes, config.seed, config.faults.writeUs);
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_INCOMING_BYTES,
    maxFragments: MAX_INCOMING_FRAGMENTS,
  });
  let stopping = false;
  const ping = Buffer.from([0x89, 0]);

  app.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const { host, origin } = request.headers;
    if (!guard.isHostAllowed(host) || !guard.isOriginAllowed(origin, host)) return refuse(socket, '403 Forbidden');
    const url = URL.parse(request.url ?? '/', 'http://localhost');
    if (!url) return refuse(socket, '400 Bad Request');
    const after = parseCursor(url.searchParams.get('after') ?? undefined, feed);
    if (url.pathname !== TRAITS.websocket.path) return refuse(socket, '404 Not Found');
    if (after === 'malformed') return refuse(socket, '400 Bad Request');
    server.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => undefined); // ws closes the connection itself, with the code that the fault asks for
      if (stopping) return client.close(1001, 'server stops');
      if (after !== undefined) replay(client, after);
      streams.add({ socket, client, index: -1 });
    });
  });

  const replay = (client: WebSocket, after: number) => {
    const first = firstToReplay(feed, config, after);
    if (after + 1 < first) client.send(`{"gap":{"from":${after + 1},"to":${first - 1}}}`);
    for (const tick of feed.since(first - 1)) client.send(tick.text);
  };

  feed.subscribe(
    config.fanOut === 'prepared'
      ? (tick) => streams.write(textFrame(tick))
      : (tick) => streams.each((stream) => stream.client.send(tick.text)),
  );

  heartbeat.onSilence(() => streams.write(ping));

  return {
    waiting: () => streams.size,
    cut: () => streams.cut,
    stop: () => {
      stopping = true;
      streams.each((stream) => stream.client.close(1001, 'server stops'));
    },
  };
};

function refuse(socket: Socket, status: string): void {
  // Node has taken its own listeners off: without these a reset would end the process, and a client that does not hang
  // up would keep its connection.
  socket.on('error', () => undefined);
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

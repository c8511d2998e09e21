import { Buffer } from 'node:buffer';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Tick } from '../feed/tick.ts';
import type { InstallTransport } from './contract.ts';
import { parseCursor } from './cursor.ts';
import { FanOut, type Member } from './fan-out.ts';
import { isPipelined } from './pipelining.ts';
import { firstToReplay } from './replay.ts';
import { TRAITS } from './traits.ts';

type Stream = Member & { readonly response: ServerResponse };

const HEAD = [
  'Content-Type',
  'text/event-stream',
  'Cache-Control',
  'no-store',
  // Asks nginx and its kin not to hold events back.
  'X-Accel-Buffering',
  'no',
];

/** How long a browser waits before it reconnects, sent once at the start of each stream. */
const RETRY_MS = 1000;

/** One event: the tick as data, its sequence number as the id that resumption comes back with. */
export function sseEvent(tick: Tick): string {
  return `id: ${tick.seq}\ndata: ${tick.text}\n\n`;
}

/** The text as one chunk of the chunked transfer coding (RFC 9112, 7.1). ASCII only. */
export function httpChunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

/**
 * Server-Sent Events: `GET /feed/sse` is a stream of every tick from now on, or from after the `Last-Event-ID` that a
 * reconnecting client sends (`after=SEQ` for clients that cannot set it). A cursor older than what is replayed gets an
 * event `gap` with the first and last sequence number that are gone; so does one of another feed, for which that is all but
 * what is replayed.
 */
export const sse: InstallTransport = ({ app, config, feed, heartbeat }) => {
  const streams = new FanOut<Stream>(config.sendBufferBytes, config.seed, config.faults.writeUs);
  const comment = Buffer.from(httpChunk(':\n\n'), 'latin1');
  let stopping = false;

  // No HEAD route: what is written straight to the socket would be a body.
  app.get<{ Querystring: { after?: string } }>(TRAITS.sse.path, { exposeHeadRoute: false }, (request, reply) => {
    const after = parseCursor(request.headers['last-event-id'] ?? request.query.after, feed);
    if (after === 'malformed') return reply.code(400).send({ error: 'Last-Event-ID: a sequence number is expected' });
    if (request.raw.httpVersion === '1.0') return reply.code(505).send({ error: 'a stream needs HTTP/1.1' });
    if (isPipelined(reply)) return reply.code(400).send({ error: 'a stream needs a connection of its own' });
    reply.hijack();
    const response = reply.raw;
    const socket = request.raw.socket;
    socket.setNoDelay(true);
    // Node would otherwise end the response by itself only when told; from here the stream is written to the socket.
    response.writeHead(200, HEAD);
    response.flushHeaders();
    socket.write(httpChunk(`retry: ${RETRY_MS}\n\n`), 'latin1');
    if (after !== undefined) replay(socket, after);
    const stream = { socket, response, index: -1 };
    if (stopping) end(stream);
    else streams.add(stream);
    return reply;
  });

  const end = ({ response, socket }: Stream) => {
    if (config.fanOut === 'idiomatic') response.end();
    else socket.end('0\r\n\r\n');
  };

  const replay = (socket: Socket, after: number) => {
    const first = firstToReplay(feed, config, after);
    if (after + 1 < first) {
      socket.write(httpChunk(`event: gap\ndata: {"from":${after + 1},"to":${first - 1}}\n\n`), 'latin1');
    }
    for (const tick of feed.since(first - 1)) socket.write(httpChunk(sseEvent(tick)), 'latin1');
  };

  feed.subscribe(
    config.fanOut === 'prepared'
      ? (tick) => streams.write(Buffer.from(httpChunk(sseEvent(tick)), 'latin1'))
      : (tick) => {
          const event = sseEvent(tick);
          streams.each((stream) => stream.response.write(event));
        },
  );

  heartbeat.onSilence(() => streams.write(comment));

  return {
    waiting: () => streams.size,
    cut: () => streams.cut,
    stop: () => {
      stopping = true;
      streams.each(end);
    },
  };
};

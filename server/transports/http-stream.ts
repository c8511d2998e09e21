import { Buffer } from 'node:buffer';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Tick } from '../feed/tick.ts';
import type { InstallTransport } from './contract.ts';
import { parseCursor } from './cursor.ts';
import { FanOut, type Member } from './fan-out.ts';
import { isPipelined } from './pipelining.ts';
import { firstToReplay } from './replay.ts';

type Stream = Member & { readonly response: ServerResponse };

/** How one transport writes a feed as the body of a response that does not end. All texts are ASCII. */
export type StreamFormat = {
  readonly path: string;
  readonly contentType: string;
  /** What each stream begins with; empty: nothing. */
  readonly opening: string;
  readonly tick: (tick: Tick) => string;
  /** The first and the last sequence number that are gone. */
  readonly gap: (from: number, to: number) => string;
  /** What keeps a silent connection alive; readers pass over it. */
  readonly silence: string;
  /** The header in which clients of this format bring their cursor by themselves. */
  readonly cursorHeader?: string;
};

/** The text as one chunk of the chunked transfer coding (RFC 9112, 7.1). ASCII only. */
export function httpChunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

/**
 * A transport whose answer is a stream of every tick from now on, or from after the cursor that a client comes back with
 * (`after=SEQ`, or its format's header). For a cursor older than what is replayed the stream says which ticks are gone; so
 * it does for one of another feed, for which that is all but what is replayed.
 */
export function httpStream(format: StreamFormat): InstallTransport {
  const { path, contentType, opening, silence, cursorHeader } = format;
  const head = [
    'Content-Type',
    contentType,
    'Cache-Control',
    'no-store',
    // Asks nginx and its kin not to hold the stream back.
    'X-Accel-Buffering',
    'no',
  ];
  return ({ app, config, feed, heartbeat }) => {
    const streams = new FanOut<Stream>(config.sendBufferBytes, config.seed, config.faults.writeUs);
    const silent = Buffer.from(httpChunk(silence), 'latin1');
    let stopping = false;

    // No HEAD route: what is written straight to the socket would be a body.
    app.get<{ Querystring: { after?: string } }>(path, { exposeHeadRoute: false }, (request, reply) => {
      const named = cursorHeader === undefined ? undefined : request.headers[cursorHeader.toLowerCase()];
      const after = parseCursor(named?.toString() ?? request.query.after, feed);
      if (after === 'malformed') {
        return reply.code(400).send({ error: `${cursorHeader ?? 'after'}: a sequence number is expected` });
      }
      if (request.raw.httpVersion === '1.0') return reply.code(505).send({ error: 'a stream needs HTTP/1.1' });
      if (isPipelined(reply)) return reply.code(400).send({ error: 'a stream needs a connection of its own' });
      reply.hijack();
      const response = reply.raw;
      const socket = request.raw.socket;
      socket.setNoDelay(true);
      // Node would otherwise end the response by itself only when told; from here the stream is written to the socket.
      response.writeHead(200, head);
      response.flushHeaders();
      if (opening !== '') socket.write(httpChunk(opening), 'latin1');
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
      if (after + 1 < first) socket.write(httpChunk(format.gap(after + 1, first - 1)), 'latin1');
      for (const tick of feed.since(first - 1)) socket.write(httpChunk(format.tick(tick)), 'latin1');
    };

    feed.subscribe(
      config.fanOut === 'prepared'
        ? (tick) => streams.write(Buffer.from(httpChunk(format.tick(tick)), 'latin1'))
        : (tick) => {
            const text = format.tick(tick);
            streams.each((stream) => stream.response.write(text));
          },
    );

    heartbeat.onSilence(() => streams.write(silent));

    return {
      waiting: () => streams.size,
      cut: () => streams.cut,
      stop: () => {
        stopping = true;
        streams.each(end);
      },
    };
  };
}

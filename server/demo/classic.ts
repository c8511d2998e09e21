import type { ServerResponse } from 'node:http';
import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import { FanOut, type Member } from '../transports/fan-out.ts';
import { isPipelined } from '../transports/pipelining.ts';
import { carryHeaders } from './raw-headers.ts';

/** How the stream is announced. */
export const STREAM_HEAD = {
  'Content-Type': 'text/event-stream',
  // A proxy on the way neither compresses the stream nor, asked as nginx and its kin are, holds events back.
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
  Connection: 'keep-alive',
};

type Stream = Member & { readonly response: ServerResponse };

/** Just past the second: a timer that fires a little early would announce the second before once more. */
const untilNextSecondMs = () => 1005 - (Date.now() % 1000);

/** Far more than anybody needs who follows a tutorial; a runaway loop of theirs is refused. */
const MAX_STREAMS = 200;

const SEND_BUFFER_BYTES = 64 * 1024;

/** One event as tutorials send it: `{"message":"Current time is 10:15:03"}`, in the server's time zone. */
export function clockEvent(date: Date): string {
  const time = date.toTimeString().slice(0, 8);
  return `data: ${JSON.stringify({ message: `Current time is ${time}` })}\n\n`;
}

/**
 * The stream that tutorials on server push build: `GET /sse`, and `/sse/`, is the time once a second, for pages of any origin.
 * It has no ids, so that nothing can be resumed; the tick feed's `/feed/sse` has.
 */
export async function classic(app: FastifyInstance): Promise<void> {
  const streams = new FanOut<Stream>(SEND_BUFFER_BYTES, 1);
  const beat = () => {
    const event = clockEvent(new Date());
    streams.each(({ response }) => response.write(event));
    timer = setTimeout(beat, untilNextSecondMs());
  };
  let timer = setTimeout(beat, untilNextSecondMs());

  await app.register(cors, { origin: '*', methods: ['GET'], preflight: false });

  // A preflight would be answered by the plugin; tutorials, and those who try with curl, send OPTIONS without its headers.
  app.options('/sse', (_request, reply) =>
    reply.code(204).headers({ 'access-control-allow-methods': 'GET', 'access-control-allow-headers': '*' }).send(),
  );

  app.get('/sse', (request, reply) => {
    if (streams.size >= MAX_STREAMS)
      return reply.code(503).header('retry-after', '10').send({ error: 'too many streams' });
    if (request.method === 'GET' && isPipelined(reply))
      return reply.code(400).send({ error: 'a stream needs a connection of its own' });
    reply.hijack();
    carryHeaders(reply);
    // A client of HTTP/1.0 reads the body as it comes, until the connection closes (RFC 9112, 6.3).
    const Connection = request.raw.httpVersion === '1.0' ? 'close' : 'keep-alive';
    reply.raw.writeHead(200, { ...STREAM_HEAD, Connection });
    if (request.method === 'HEAD') {
      reply.raw.end();
      return reply;
    }
    reply.raw.write(clockEvent(new Date()));
    streams.add({ socket: request.raw.socket, response: reply.raw, index: -1 });
    return reply;
  });

  app.addHook('preClose', (done) => {
    clearTimeout(timer);
    streams.each(({ response }) => response.end());
    done();
  });
}

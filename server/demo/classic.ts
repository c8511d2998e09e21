import { Buffer } from 'node:buffer';
import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import { FanOut, type Member } from '../transports/fan-out.ts';
import { httpChunk } from '../transports/sse.ts';
import { carryHeaders } from './raw-headers.ts';

const HEAD = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache', Connection: 'keep-alive' };

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
  const streams = new FanOut<Member>(SEND_BUFFER_BYTES, 1);
  const event = () => Buffer.from(httpChunk(clockEvent(new Date())), 'latin1');
  const beat = () => {
    if (streams.size > 0) streams.write(event());
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
    reply.hijack();
    carryHeaders(reply);
    reply.raw.writeHead(200, HEAD);
    if (request.method === 'HEAD') {
      reply.raw.end();
      return reply;
    }
    reply.raw.flushHeaders();
    const { socket } = request.raw;
    socket.setNoDelay(true);
    socket.write(event());
    streams.add({ socket, index: -1 });
    return reply;
  });

  app.addHook('preClose', (done) => {
    clearTimeout(timer);
    streams.each(({ socket }) => socket.end('0\r\n\r\n'));
    done();
  });
}

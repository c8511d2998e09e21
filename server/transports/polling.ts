import type { FastifyReply } from 'fastify';
import type { Tick } from '../feed/tick.ts';
import type { InstallTransport } from './contract.ts';
import { parseCursor } from './cursor.ts';
import { TRAITS } from './traits.ts';

/** Head fields of an answer with ticks, as Node takes them without looking at each: name, value, name, value. */
const JSON_HEAD = ['Content-Type', 'application/json', 'Cache-Control', 'no-store'] as const;

/**
 * Answers a held or fresh request with a JSON array of ticks, or 204 where there are none.
 * `prepared` hands Node one string for all clients in step; `idiomatic` lets Fastify serialise objects for each.
 */
export function replyWithTicks(reply: FastifyReply, body: string | undefined): void {
  if (!reply.sent) reply.hijack();
  const response = reply.raw;
  if (body === undefined) {
    response.writeHead(204, ['Cache-Control', 'no-store']);
    response.end();
  } else {
    response.writeHead(200, [...JSON_HEAD, 'Content-Length', String(body.length)]);
    response.end(body, 'latin1');
  }
}

/** Returns the JSON text of an array of ticks; pollers in step get the very same array, so the last text is kept. */
export function ticksToJson(): (ticks: readonly Tick[]) => string {
  let last: readonly Tick[] | undefined;
  let text = '';
  return (ticks) => {
    if (ticks !== last) {
      last = ticks;
      text = `[${ticks.map((tick) => tick.text).join(',')}]`;
    }
    return text;
  };
}

/**
 * Short polling: `GET /feed/polling?after=SEQ` answers at once with the ticks after the cursor, or 204. `latest=1`
 * answers with the newest of them only. Without a cursor a client begins at the newest tick.
 */
export const polling: InstallTransport = ({ app, config, feed }) => {
  const toJson = ticksToJson();

  app.get<{ Querystring: { after?: string; latest?: string } }>(TRAITS.polling.path, (request, reply) => {
    const after = parseCursor(request.query.after, feed);
    if (after === 'malformed') return reply.code(400).send({ error: 'after: a sequence number is expected' });
    const newest = feed.newestSeq;
    const from = after === undefined || request.query.latest === '1' ? Math.max(after ?? 0, newest - 1) : after;
    const ticks = feed.since(from);
    if (config.fanOut === 'prepared') {
      replyWithTicks(reply, ticks.length === 0 ? undefined : toJson(ticks));
      return reply;
    }
    void reply.header('cache-control', 'no-store');
    if (ticks.length === 0) return reply.code(204).send();
    return reply.send(ticks.map((tick) => JSON.parse(tick.text) as unknown));
  });

  return { waiting: () => 0, cut: () => 0, stop: () => undefined };
};

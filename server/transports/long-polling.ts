import type { FastifyReply } from 'fastify';
import { nowUs } from '../clock.ts';
import type { Tick } from '../feed/tick.ts';
import type { InstallTransport } from './contract.ts';
import { parseCursor } from './cursor.ts';
import { isPipelined } from './pipelining.ts';
import { TRAITS } from './traits.ts';
import { replyWithTicks, ticksToJson } from './polling.ts';

/** A request that waits for a tick after its cursor. */
type Waiter = { readonly reply: FastifyReply; readonly after: number; readonly untilUs: number };

/** How often expired and abandoned waiters are looked for. */
const SWEEP_MS = 250;

/**
 * Long polling: `GET /feed/long-polling?after=SEQ&wait=SECONDS` is answered as soon as a tick after the cursor exists, or
 * with 204 when none came in time. Without a cursor a client waits for the next tick.
 */
export const longPolling: InstallTransport = ({ app, config, feed }) => {
  const toJson = ticksToJson();
  let waiters: Waiter[] = [];
  let stopping = false;

  const answer = (reply: FastifyReply, ticks: readonly Tick[]) => {
    // Without a listener on each held request an abandoned one is only noticed here and by the sweep: it costs nothing.
    if (reply.raw.destroyed) return;
    if (stopping) reply.raw.shouldKeepAlive = false;
    if (config.fanOut === 'prepared' || ticks.length === 0) {
      replyWithTicks(reply, ticks.length === 0 ? undefined : toJson(ticks));
    } else {
      void reply.header('cache-control', 'no-store').send(ticks.map((tick) => JSON.parse(tick.text) as unknown));
    }
  };

  app.get<{ Querystring: { after?: string; wait?: string } }>(TRAITS['long-polling'].path, (request, reply) => {
    const after = parseCursor(request.query.after, feed) ?? feed.newestSeq;
    if (after === 'malformed') return reply.code(400).send({ error: 'after: a sequence number is expected' });
    const waitMs = request.query.wait === undefined ? config.longPollWaitMs : Number(request.query.wait) * 1000;
    if (isPipelined(reply)) return reply.code(400).send({ error: 'the request before this one is not answered yet' });
    if (!(waitMs >= 0)) return reply.code(400).send({ error: 'wait: seconds are expected' });
    if (after < feed.newestSeq || stopping) {
      answer(reply, feed.since(after));
    } else {
      if (config.fanOut === 'prepared') reply.hijack();
      waiters.push({ reply, after, untilUs: nowUs() + Math.min(waitMs, config.longPollWaitMs) * 1000 });
    }
    return reply;
  });

  feed.subscribe((tick) => {
    if (waiters.length === 0) return;
    const held = waiters;
    waiters = [];
    for (const waiter of shuffled(held)) {
      if (waiter.after < tick.seq) answer(waiter.reply, feed.since(waiter.after));
      else waiters.push(waiter);
    }
  });

  const sweep = setInterval(() => {
    const now = nowUs();
    const held = waiters;
    waiters = held.filter((waiter) => waiter.untilUs > now && !waiter.reply.raw.destroyed);
    if (waiters.length === held.length) return;
    for (const waiter of held) if (waiter.untilUs <= now) answer(waiter.reply, []);
  }, SWEEP_MS).unref();

  return {
    waiting: () => waiters.length,
    cut: () => 0,
    stop: () => {
      stopping = true;
      clearInterval(sweep);
      for (const waiter of waiters.splice(0)) answer(waiter.reply, []);
    },
  };
};

/**
 * The same waiters in an order of chance. Whoever was answered first asks again first, and who reads quickly asks before all
 * others: in the order in which they asked, the same clients would be served first, or together, tick after tick.
 */
function shuffled(waiters: Waiter[]): Waiter[] {
  for (let end = waiters.length - 1; end > 0; end--) {
    const other = Math.floor(Math.random() * (end + 1));
    [waiters[end], waiters[other]] = [waiters[other]!, waiters[end]!];
  }
  return waiters;
}

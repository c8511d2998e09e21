// A feed that is given its ticks: as a server is that somebody else publishes to.
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Feed } from './feed/feed.ts';
import { readTick } from './feed/tick.ts';
import type { Guard } from './guard.ts';

const PUBLISH_PATH = '/publish';

/** Why a text is no tick of this feed; null once it has been sent to all. */
function give(feed: Feed, text: string): string | null {
  const tick = readTick(text);
  if (tick === null) return 'not a tick: {"tick":"pb1_SEQ_DUE_PAD_"} is expected';
  return feed.give(tick) ? null : `tick ${tick.seq} is not newer than ${feed.newestSeq}`;
}

/**
 * Gives the feed each line.
 *
 * @param refused is told why a line is no tick
 * @returns resolves at the end of the input
 */
export function giveLines(feed: Feed, input: Readable, refused: (why: string) => void): Promise<void> {
  return new Promise((resolve) => {
    createInterface({ input })
      .on('line', (line) => {
        const why = give(feed, line);
        if (why !== null) refused(why);
      })
      .on('close', resolve);
  });
}

/** `POST /publish`: its body, plain text, is a tick. It is answered with 204 once it has been written to all clients. */
export function installPublish(app: FastifyInstance, feed: Feed, guard: Guard): void {
  app.post(PUBLISH_PATH, (request, reply) => {
    const { origin, host } = request.headers;
    // A page of somewhere else can send plain text to anyone, and read no answer.
    if (!guard.isOriginAllowed(origin, host)) return reply.code(403).send({ error: 'Origin: not of this server' });
    const why = give(feed, typeof request.body === 'string' ? request.body : '');
    return why === null ? reply.code(204).send() : reply.code(400).send({ error: why });
  });
}

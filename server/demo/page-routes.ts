import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { nowUs } from '../clock.ts';
import type { LiveDocument } from './document.ts';
import { CLOCK_PATH, sessionPath, type ClockAnswer, type PageData } from './protocol.ts';
import type { Sessions } from './sessions.ts';

export type PageRouteOptions = {
  readonly sessions: Sessions;
  readonly token: string;
  readonly document: (data: PageData, hostname: string) => LiveDocument;
};

const REPORTS = (['latest', 'sample'] as const).map((name) => ({
  name,
  file: new URL(`../../results/${name}/report.html`, import.meta.url),
}));

const newestReport = () => REPORTS.find(({ file }) => existsSync(file));

/**
 * Whether somebody goes to the page, as far as the browser says (Fetch Metadata; browsers without it, and curl, do). Another
 * page's image, frame or fetch would otherwise take a place, and two servers, each.
 */
function isVisit(headers: IncomingHttpHeaders): boolean {
  const isPrefetch = headers['sec-purpose']?.includes('prefetch') === true;
  const destination = headers['sec-fetch-dest'] ?? 'document';
  // Of documents alone this is "document", and they come by navigation; the mode says no more, and Node's fetch sends one.
  return !isPrefetch && destination === 'document';
}

/** The page, what it asks about its session, and the last report. Nothing here changes anything but opening the page. */
export async function pageRoutes(app: FastifyInstance, { sessions, token, document }: PageRouteOptions): Promise<void> {
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  });

  app.get('/', { exposeHeadRoute: false }, async (request, reply) => {
    if (!isVisit(request.headers))
      return reply.code(403).type('text/plain; charset=utf-8').send('This page opens in a tab of its own.\n');
    const session = await sessions.start(`http://${request.host}`);
    if (!session) {
      return reply
        .code(503)
        .header('retry-after', '10')
        .type('text/plain; charset=utf-8')
        .send('Too many live pages are open. Close one, wait ten seconds, and reload.\n');
    }
    const data = {
      sessionId: session.id,
      token,
      feedPort: session.cards.port,
      labPort: session.lab.port,
      tuning: session.cards.tuning,
      report: newestReport()?.name ?? null,
    };
    const { html, policy } = document(data, request.hostname);
    return reply
      .headers({
        'content-security-policy': policy,
        // Isolated from other origins' pages, a page is given a clock of 5 us rather than 100 us.
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
      })
      .type('text/html; charset=utf-8')
      .send(html);
  });

  app.get('/report', async (_request, reply) => {
    const report = newestReport();
    if (!report) return reply.code(404).send({ error: 'no report yet: npm run bench' });
    // The file brings its own policy, which names its script by its hash.
    return reply.type('text/html; charset=utf-8').send(await readFile(report.file));
  });

  app.get(CLOCK_PATH, async (): Promise<ClockAnswer> => {
    const receivedUs = nowUs();
    return { receivedUs, sentUs: nowUs() };
  });

  app.get<{ Params: { id: string } }>(sessionPath(':id', 'counters'), async ({ params }, reply) => {
    const session = sessions.get(params.id);
    if (!session) return reply.code(404).send({ error: 'no such session' });
    session.touch();
    return session.counters();
  });

  app.get<{ Params: { id: string } }>(sessionPath(':id', 'emissions'), async ({ params }, reply) => {
    const session = sessions.get(params.id);
    return session ? session.cards.emissions.items : reply.code(404).send({ error: 'no such session' });
  });
}

// A cursor that this server did not give, mostly one of its earlier life: every transport answers it alike.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { nowUs } from '../../../server/clock.ts';
import { parseCursor } from '../../../server/transports/cursor.ts';
import type { TransportId } from '../../../server/transports/traits.ts';
import { seqsOf } from '../../helpers/seqs.ts';
import { startServer, type TestServer } from '../../helpers/test-server.ts';
import { until } from '../../helpers/until.ts';
import { RawClient } from '../hostile/raw-client.ts';

type Gap = { from: number; to: number };
/** What a client with this cursor is told first, without waiting for a tick that is still to come. */
type Resume = (t: TestContext, server: TestServer, after: number) => Promise<{ seqs: number[]; gap: Gap | null }>;

const poll =
  (path: string): Resume =>
  async (_t, { origin }, after) => {
    const response = await fetch(`${origin}${path}${after}`);
    const text = await response.text();
    const ticks = (text === '' ? [] : JSON.parse(text)) as { tick: string }[];
    return { seqs: seqsOf(ticks), gap: null };
  };

const resumeSse: Resume = async (t, { port, feed }, after) => {
  const client = await RawClient.open(t, port);
  client.request('/feed/sse', `Last-Event-ID: ${after}\r\n`);
  await until(() => client.text.includes(`id: ${feed.newestSeq}\n`), 'the newest tick');
  const gap = /event: gap\ndata: (.*)\n/.exec(client.text)?.[1];
  return {
    seqs: [...client.text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1])),
    gap: gap === undefined ? null : (JSON.parse(gap) as Gap),
  };
};

const resumeWebSocket: Resume = async (t, { port, feed }, after) => {
  const client = new WebSocket(`ws://127.0.0.1:${port}/feed/websocket?after=${after}`);
  t.after(() => client.terminate());
  const messages: { tick?: string; gap?: Gap }[] = [];
  client.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString()) as { tick: string }));
  await once(client, 'open');
  await until(() => seqsOf(messages).includes(feed.newestSeq), 'the newest tick');
  return { seqs: seqsOf(messages), gap: messages[0]?.gap ?? null };
};

const resumeStream: Resume = async (t, { port, feed }, after) => {
  const client = await RawClient.open(t, port);
  client.request(`/feed/stream?after=${after}`);
  await until(() => client.text.includes(`pb1_${feed.newestSeq}_`), 'the newest tick');
  const gap = /^\{"gap":(.*)\}$/m.exec(client.text)?.[1];
  return {
    seqs: [...client.text.matchAll(/^\{"tick":"pb1_(\d+)_/gm)].map((match) => Number(match[1])),
    gap: gap === undefined ? null : (JSON.parse(gap) as Gap),
  };
};

const TRANSPORTS: Record<TransportId, { resume: Resume; tellsGaps: boolean }> = {
  polling: { resume: poll('/feed/polling?after='), tellsGaps: false },
  'long-polling': { resume: poll('/feed/long-polling?wait=0&after='), tellsGaps: false },
  sse: { resume: resumeSse, tellsGaps: true },
  websocket: { resume: resumeWebSocket, tellsGaps: true },
  stream: { resume: resumeStream, tellsGaps: true },
};

for (const [id, { resume, tellsGaps }] of Object.entries(TRANSPORTS)) {
  for (const fanOut of ['prepared', 'idiomatic'] as const) {
    test(`${id}, ${fanOut}: a cursor beyond the newest tick is answered at once with what there is`, async (t) => {
      // Twelve ticks are due at the start, a thirteenth ten seconds later.
      const startUs = Math.floor(nowUs()) - 230_000_000;
      const server = await startServer(t, { fanOut, startUs, rateHz: 0.05, ringTicks: 4 });
      assert.deepEqual(await resume(t, server, 5000), {
        seqs: [9, 10, 11, 12],
        gap: tellsGaps ? { from: 1, to: 8 } : null,
      });
    });
  }
}

test('a cursor is believed up to what is due: agents begin there, and the feed is late by its timers', () => {
  const feed = { newestSeq: 7, newestDueSeq: () => 9 };
  assert.deepEqual(
    ['0', '7', '8', '9', '10', '5000'].map((text) => parseCursor(text, feed)),
    [0, 7, 8, 9, 0, 0],
  );
  assert.equal(parseCursor(undefined, feed), undefined);
});

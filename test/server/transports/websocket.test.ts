import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { tickEncoder } from '../../../server/feed/tick.ts';
import { textFrame } from '../../../server/transports/websocket.ts';
import { startServer } from '../../helpers/test-server.ts';
import { seqsOf } from '../../helpers/seqs.ts';
import { until } from '../../helpers/until.ts';

test('a frame has the head that its length asks for, then the tick', () => {
  const heads = new Map([
    [125, [0x81, 125]],
    [126, [0x81, 126, 0, 126]],
    [65_535, [0x81, 126, 0xff, 0xff]],
    [65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
  ]);
  for (const [bytes, head] of heads) {
    const tick = tickEncoder(bytes, 1)(7, 1000);
    const frame = textFrame(tick);
    assert.deepEqual([...frame.subarray(0, head.length)], head);
    assert.ok(frame.subarray(head.length).equals(tick.bytes));
  }
});

test('a cursor resumes after it; what the ring no longer holds is told first', async (t) => {
  const { feed, port } = await startServer(t, { rateHz: 200, ringTicks: 10 });
  await until(() => feed.newestSeq >= 30, 'thirty ticks');
  const client = new WebSocket(`ws://127.0.0.1:${port}/feed/websocket?after=5`);
  t.after(() => client.terminate());
  const messages: { tick?: string; gap?: { from: number; to: number } }[] = [];
  client.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString()) as { tick: string }));
  await until(() => messages.length > 15, 'replay and live messages');
  const { gap } = messages[0]!;
  assert.ok(gap);
  assert.equal(gap.from, 6);
  const seqs = seqsOf(messages.slice(1));
  assert.deepEqual(
    seqs,
    seqs.map((_, index) => gap.to + 1 + index),
  );
});

test('other paths and malformed cursors are refused before the upgrade', async (t) => {
  const { port } = await startServer(t);
  for (const [path, status] of [
    ['/feed/sse', 404],
    ['/', 404],
    ['/feed/websocket?after=x', 400],
  ] as const) {
    const client = new WebSocket(`ws://127.0.0.1:${port}${path}`);
    const error = await new Promise<Error>((resolve) => {
      client.on('error', resolve);
    });
    assert.match(error.message, new RegExp(`\\b${status}\\b`), path);
  }
});

test('silence is broken by a ping', async (t) => {
  const { port } = await startServer(t, { rateHz: 0.02, heartbeatMs: 20 });
  const client = new WebSocket(`ws://127.0.0.1:${port}/feed/websocket`);
  t.after(() => client.terminate());
  let pings = 0;
  client.on('ping', () => pings++);
  await until(() => pings >= 3, 'three pings');
});

test('a message above the bound closes the connection with 1009, and the server lives', async (t) => {
  const { port } = await startServer(t);
  const client = new WebSocket(`ws://127.0.0.1:${port}/feed/websocket`);
  client.on('open', () => client.send(Buffer.alloc(70_000)));
  const code = await new Promise<number>((resolve) => {
    client.on('close', resolve);
    client.on('error', () => undefined);
  });
  assert.equal(code, 1009);
  const next = new WebSocket(`ws://127.0.0.1:${port}/feed/websocket`);
  t.after(() => next.terminate());
  await new Promise((resolve) => {
    next.once('message', resolve);
  });
});

test('a stop closes with 1001', async (t) => {
  const { app, port } = await startServer(t);
  const client = new WebSocket(`ws://127.0.0.1:${port}/feed/websocket`);
  await new Promise((resolve) => {
    client.once('message', resolve);
  });
  const closed = new Promise<number>((resolve) => {
    client.on('close', resolve);
  });
  await app.stop();
  assert.equal(await closed, 1001);
});

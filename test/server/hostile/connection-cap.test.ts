// More connections than the server will hold, or the system will give it files for.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { connectionLimit } from '../../../server/connections.ts';
import { serverConfig } from '../../../server/config.ts';
import { nowUs } from '../../../server/clock.ts';
import type { FromServer } from '../../../server/control.ts';
import { startServer } from '../../helpers/test-server.ts';
import { until } from '../../helpers/until.ts';
import { HealthyStream } from './healthy-stream.ts';
import { RawClient } from './raw-client.ts';

const PRLIMIT = 'prlimit';
const HAS_PRLIMIT = spawnSync(PRLIMIT, ['--version']).status === 0;

async function openStreams(t: TestContext, port: number, count: number): Promise<HealthyStream[]> {
  return Promise.all(Array.from({ length: count }, () => HealthyStream.open(t, port)));
}

async function assertIntact(streams: readonly HealthyStream[]): Promise<void> {
  for (const stream of streams) assert.ok(await stream.isIntact());
}

test('a connection above the cap is answered 503 with Retry-After and closed; those below it notice nothing', async (t) => {
  const server = await startServer(t, { maxConnections: 5 });
  const streams = await openStreams(t, server.port, 5);
  for (const path of ['/feed/sse', '/feed/polling', '/feed/long-polling', '/feed/nothing']) {
    const client = await RawClient.open(t, server.port);
    client.request(path);
    await until(() => client.ended, `the refusal of ${path}`);
    assert.equal(client.status, 503);
    assert.equal(client.field('Retry-After'), '1');
    assert.equal(client.field('Connection'), 'close');
    assert.equal(client.field('Content-Length'), '0');
    assert.equal(client.body, '');
  }
  const upgrade = await RawClient.open(t, server.port);
  upgrade.upgrade();
  await until(() => upgrade.ended, 'the refusal of an upgrade');
  assert.equal(upgrade.status, 503);
  assert.equal(server.app.connections.refused, 5);
  assert.equal(server.app.connections.totals().open, 5);
  await assertIntact(streams);
});

test('a place that becomes free is given to the next', async (t) => {
  const server = await startServer(t, { maxConnections: 2 });
  const [stays] = await openStreams(t, server.port, 1);
  const leaves = await RawClient.open(t, server.port);
  leaves.request('/feed/sse');
  await until(() => leaves.status === 200, 'the second stream');
  leaves.socket.destroy();
  await until(() => server.app.connections.totals().open === 1, 'its place');
  const next = await RawClient.open(t, server.port);
  next.request('/feed/sse');
  await until(() => next.status !== undefined, 'the answer');
  assert.equal(next.status, 200);
  await assertIntact([stays!]);
});

test('a crowd that is refused and stays, silent or not, is cut within seconds', async (t) => {
  const server = await startServer(t, { maxConnections: 1 });
  const streams = await openStreams(t, server.port, 1);
  const crowd = await Promise.all(Array.from({ length: 200 }, () => RawClient.open(t, server.port)));
  // Those who came first, and are being refused, are silent.
  await until(() => server.app.connections.refused === 200, 'all are refused');
  const held = await promisify(server.app.fastify.server.getConnections.bind(server.app.fastify.server))();
  assert.ok(held <= 1 + 16, `${held} connections are held`);
  const drip = setInterval(() => {
    for (const client of crowd.slice(8)) if (!client.ended) client.send('x');
  }, 20);
  t.after(() => clearInterval(drip));
  await until(() => crowd.every((client) => client.ended), 'the end of the crowd');
  assert.equal(server.app.connections.refused, 200);
  await assertIntact(streams);
});

test('the cap leaves files for the process itself, and is never above the limit of open files', () => {
  assert.equal(connectionLimit(1_000_000, 1024), 976);
  assert.equal(connectionLimit(100, 1024), 100);
  assert.equal(connectionLimit(1_000_000, Number.POSITIVE_INFINITY), 1_000_000);
  assert.equal(connectionLimit(1_000_000, 10), 1);
});

/** A server process whose limit of open files is `files` from its start. */
async function startWithFiles(
  t: TestContext,
  files: number,
): Promise<{ port: number; pid: number; hasExited: () => boolean }> {
  const main = fileURLToPath(new URL('../../../server/main.ts', import.meta.url));
  const config = serverConfig({ rateHz: 50, startUs: Math.ceil(nowUs()) + 1000 });
  const child = spawn(PRLIMIT, [`--nofile=${files}:${files}`, process.execPath, main, JSON.stringify(config)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  t.after(() => child.kill('SIGKILL'));
  const [message] = (await once(child, 'message')) as [FromServer];
  assert.ok(message.type === 'listening');
  return { port: message.port, pid: child.pid!, hasExited: () => child.exitCode !== null || child.signalCode !== null };
}

test('a server with few files refuses in words before it runs out of them', { skip: !HAS_PRLIMIT }, async (t) => {
  const server = await startWithFiles(t, 100);
  const streams = await openStreams(t, server.port, 100 - 48);
  const client = await RawClient.open(t, server.port);
  client.request('/feed/sse');
  await until(() => client.ended, 'the refusal');
  assert.equal(client.status, 503);
  assert.equal(client.field('Retry-After'), '1');
  await assertIntact(streams);
});

/** The limit below which a process has no file left: what the limit bounds is the number of a new file. */
function lowestFreeFile(pid: number): number {
  const taken = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  let free = 0;
  while (taken.has(free)) free++;
  return free;
}

// libuv keeps a file in reserve, which it gives up for a moment to accept and close a connection; far below what is open
// that does not help, either, and connections wait in the listen queue.
for (const hasReserve of [true, false]) {
  test(
    `a server without a file left${hasReserve ? '' : ', not even a reserve,'} keeps its streams, survives, and accepts again once it has more`,
    { skip: !HAS_PRLIMIT },
    async (t) => {
      const server = await startWithFiles(t, 1000);
      const streams = await openStreams(t, server.port, 10);
      const limit = (files: number): void => {
        assert.equal(spawnSync(PRLIMIT, ['--pid', String(server.pid), `--nofile=${files}:1000`]).status, 0);
      };
      limit(hasReserve ? lowestFreeFile(server.pid) : 10);
      const crowd = await Promise.all(Array.from({ length: 20 }, () => RawClient.open(t, server.port)));
      for (const client of crowd) client.request('/feed/sse');
      if (hasReserve) {
        await until(() => crowd.every((client) => client.ended), 'the end of those for whom there is no file');
      }
      for (let tick = 0; tick < 5; tick++) await assertIntact(streams);
      assert.ok(
        crowd.every((client) => client.text === ''),
        'nobody is served beyond the limit',
      );
      limit(1000);
      for (const client of crowd) client.socket.destroy();
      const later = await openStreams(t, server.port, 10);
      await assertIntact([...streams, ...later]);
      assert.ok(!server.hasExited());
    },
  );
}

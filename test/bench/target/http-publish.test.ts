import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { createHttpPublish } from '../../../bench/target/http-publish.ts';
import { tickEncoder } from '../../../server/feed/tick.ts';
import { until } from '../../helpers/until.ts';

type Published = { request: IncomingMessage; body: string };

async function startPublishApi(t: TestContext, status: number) {
  const published: Published[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => (body += text));
    request.on('end', () => {
      published.push({ request, body });
      response.writeHead(status).end();
    });
  });
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { published, port: (server.address() as AddressInfo).port };
}

const encode = tickEncoder(128, 1);

test('each tick is one request, in order, on one connection, as the target says', async (t) => {
  const { published, port } = await startPublishApi(t, 201);
  const refused: string[] = [];
  const publish = { path: '/pub?c=ticks', headers: { 'x-api-key': 'k' }, body: '{"data":{tick}}', expect: [201] };
  const post = createHttpPublish('127.0.0.1', port, publish, (why) => refused.push(why));
  const answers: (string | null)[] = [];
  for (let seq = 1; seq <= 5; seq++) post(encode(seq, seq), (failure) => answers.push(failure));
  await until(() => published.length === 5, 'five requests');
  assert.deepEqual(
    published.map(({ body }) => body),
    [1, 2, 3, 4, 5].map((seq) => `{"data":${encode(seq, seq).text}}`),
  );
  const [{ request }] = published as [Published];
  assert.deepEqual([request.method, request.url, request.headers['x-api-key']], ['POST', '/pub?c=ticks', 'k']);
  assert.equal(new Set(published.map((each) => each.request.socket.remotePort)).size, 1);
  await until(() => answers.length === 5, 'five answers');
  assert.deepEqual(answers, [null, null, null, null, null]);
  assert.deepEqual(refused, []);
});

test('a server that takes no ticks is given up, with what it answered', async (t) => {
  const { port } = await startPublishApi(t, 403);
  const refused: string[] = [];
  const post = createHttpPublish('127.0.0.1', port, { method: 'PUT', path: '/pub' }, (why) => refused.push(why));
  const answers: (string | null)[] = [];
  for (let seq = 1; seq <= 3; seq++) post(encode(seq, seq), (failure) => answers.push(failure));
  await until(() => refused.length > 0, 'it to be given up');
  assert.match(
    refused[0]!,
    /^3 ticks in a row could not be published to PUT \/pub: the server answered 403: its key or token/,
  );
  assert.deepEqual(new Set(answers), new Set(['the server answered 403']));
});

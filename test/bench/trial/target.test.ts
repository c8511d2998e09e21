import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { checkTarget } from '../../../bench/trial/target.ts';
import { inNamespace, withoutNamespace } from '../../helpers/namespace.ts';
import { startServer } from '../../helpers/test-server.ts';

const EXPECTED = { rateHz: 10, payloadBytes: 128, seed: 1, startUs: 5 };

async function listen(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

function stub(t: TestContext, answer: RequestListener): Promise<number> {
  return listen(t, createHttpServer(answer));
}

/** A TCP service; its connections end with the test. */
function service(t: TestContext, onConnection: (socket: Socket) => void): Promise<number> {
  const sockets: Socket[] = [];
  t.after(() => sockets.forEach((socket) => socket.destroy()));
  return listen(
    t,
    createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      onConnection(socket);
    }),
  );
}

const check = (port: number) => checkTarget({ host: '127.0.0.1', port }, EXPECTED);

/** @param parts of the message, beside host and port */
async function assertTold(port: number, code: string, ...parts: string[]): Promise<void> {
  const startMs = performance.now();
  await assert.rejects(check(port), (error: Error & { code: string; reason: string }) => {
    assert.deepEqual([error.reason, error.code], ['target', code], error.message);
    for (const part of [`127.0.0.1:${port}`, ...parts]) assert.ok(error.message.includes(part), error.message);
    return true;
  });
  assert.ok(performance.now() - startMs < 3000, 'within three seconds');
}

test('the server that was started passes', async (t) => {
  const { port, config } = await startServer(t);
  const { rateHz, payloadBytes, seed, startUs } = config;
  await checkTarget({ host: '127.0.0.1', port }, { rateHz, payloadBytes, seed, startUs });
});

test('target refuses: a closed port is named with host, port and errno', async (t) => {
  const server = createServer();
  const port = await listen(t, server);
  server.close();
  await once(server, 'close');
  await assertTold(port, 'TARGET_REFUSED', 'ECONNREFUSED');
});

test('target never answers: it took the connection and is silent', async (t) => {
  await assertTold(await service(t, () => undefined), 'TARGET_SILENT', 'did not answer GET /feed/about');
});

test('target never answers: half an answer is none', async (t) => {
  const port = await service(t, (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{'));
  await assertTold(port, 'TARGET_SILENT');
});

test('wrong service: the mismatch is named', async (t) => {
  const answering = (body: string) => stub(t, (_, response) => response.end(body));
  const about = { service: 'pushbench', ...EXPECTED };
  const notFound = await stub(t, (_, response) => response.writeHead(404).end());
  await assertTold(notFound, 'TARGET_WRONG', 'it answered 404 to GET /feed/about');
  await assertTold(await answering('<h1>Welcome\u001B[2J</h1>'), 'TARGET_WRONG', 'is not JSON', String.raw`\u001b[2J`);
  await assertTold(await answering('{"service":"other"}'), 'TARGET_WRONG', 'does not say that it is pushbench');
  await assertTold(await answering('null'), 'TARGET_WRONG', 'does not say that it is pushbench');
  await assertTold(await answering('x'.repeat(1e6)), 'TARGET_WRONG', 'is not JSON');
  const otherFeed = await answering(JSON.stringify({ ...about, rateHz: 20, seed: null }));
  await assertTold(otherFeed, 'TARGET_WRONG', 'rateHz is "20" instead of 10', 'seed is "null" instead of 1');
  const mute = await service(t, (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
  await assertTold(mute, 'TARGET_WRONG', 'does not speak HTTP');
  await assertTold(await service(t, (socket) => socket.destroy()), 'TARGET_WRONG', 'it hung up');
});

test('redirects are refused', async (t) => {
  let asked = 0;
  const elsewhere = await stub(t, (_, response) => {
    asked++;
    response.end();
  });
  const location = `http://127.0.0.1:${elsewhere}/feed/about`;
  const port = await stub(t, (_, response) => response.writeHead(302, { location }).end());
  await assertTold(port, 'TARGET_WRONG', location, 'redirects are not followed');
  assert.equal(asked, 0);
});

const CHECK = `
  import { checkTarget } from './bench/trial/target.ts';
  await checkTarget({ host: '10.99.0.9', port: 80 }, ${JSON.stringify(EXPECTED)})
    .then(() => console.log('passed'), (error) => console.log(error.reason, error.code, error.message));`;

for (const [way, lines, told] of [
  [
    'packets vanish',
    ['ip tuntap add dev hole mode tun', 'ip link set hole up', 'ip route add 10.99.0.0/16 dev hole'],
    /1000 ms/,
  ],
  ['a route that is a black hole', ['ip link set lo up', 'ip route add blackhole 10.99.0.0/16'], /\(E[A-Z]+\)/],
  ['a route that says unreachable', ['ip link set lo up', 'ip route add unreachable 10.99.0.0/16'], /\(EHOSTUNREACH\)/],
  ['no route at all', ['ip link set lo up'], /\(ENETUNREACH\)/],
] as const) {
  test(`target unroutable: ${way}`, { skip: withoutNamespace(['net'], ...lines) }, async () => {
    const [command, ...args] = [
      ...inNamespace(['net'], ...lines),
      process.execPath,
      '--input-type=module',
      '-e',
      CHECK,
    ];
    const startMs = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    await once(child, 'close');
    assert.ok(performance.now() - startMs < 10_000, 'bounded, with the start of a process');
    assert.match(said, /^target TARGET_UNROUTABLE 10\.99\.0\.9:80 /);
    assert.match(said, told);
  });
}

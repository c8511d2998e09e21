// What a lean WebSocket client makes of answers that are not the feed's: classed as failed or dropped, never retried, never followed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptFor } from '../../../../bench/agent/wire/websocket.ts';
import { textFrame } from '../../../../server/transports/websocket.ts';
import { until } from '../../../helpers/until.ts';
import { ask, assertEndsAs, dropped, failed, head, tickOf, type Answer } from './scripted-server.ts';

const keyOf = (request: string): string => /^Sec-WebSocket-Key: (.*)\r$/m.exec(request)![1]!;
const accepted = (request: string, ...fields: string[]): string =>
  head(
    101,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${acceptFor(keyOf(request))}`,
    ...fields,
  );
const withFrames =
  (...frames: Buffer[]): Answer =>
  (request) =>
    Buffer.concat([Buffer.from(accepted(request)), ...frames]);
const frame = (first: number, payload: string | Buffer = ''): Buffer =>
  Buffer.concat([Buffer.from([first, payload.length]), Buffer.from(payload as string, 'latin1')]);

for (const status of [200, 301, 307, 400, 401, 403, 404, 426, 500, 503]) {
  test(`an answer of ${status} is a failed client, whatever else it says`, async (t) => {
    const answer = (request: string): string =>
      accepted(request, 'Location: /', 'Content-Length: 0').replace('101', String(status));
    await assertEndsAs(t, 'websocket', answer, failed(`HTTP_${status}`));
  });
}

const faults: [name: string, answer: (request: string) => string, code: string][] = [
  [
    'a wrong Sec-WebSocket-Accept',
    (request) => accepted(request).replace(/(Accept: ).*\r/, '$1dGhlIHNhbXBsZSBub25jZQ==\r'),
    'WS_ACCEPT',
  ],
  [
    'the key itself as Sec-WebSocket-Accept',
    (request) => accepted(request).replace(/(Accept: ).*\r/, `$1${keyOf(request)}\r`),
    'WS_ACCEPT',
  ],
  [
    'a Sec-WebSocket-Accept in the wrong case',
    (request) =>
      accepted(request).replace(
        /(Accept: )(.*)\r/,
        (_, name: string, value: string) => `${name}${value.toLowerCase()}\r`,
      ),
    'WS_ACCEPT',
  ],
  ['no Sec-WebSocket-Accept', (request) => accepted(request).replace(/Sec-WebSocket-Accept/, 'X-Accept'), 'WS_ACCEPT'],
  ['no Upgrade', (request) => accepted(request).replace('Upgrade: websocket\r\n', ''), 'WS_UPGRADE'],
  ['an upgrade to something else', (request) => accepted(request).replace('websocket', 'websocket2'), 'WS_UPGRADE'],
  ['no Connection', (request) => accepted(request).replace('Connection: Upgrade\r\n', ''), 'WS_UPGRADE'],
  [
    'a Connection without upgrade',
    (request) => accepted(request).replace('Connection: Upgrade', 'Connection: keep-alive'),
    'WS_UPGRADE',
  ],
  [
    'an extension that was not offered',
    (request) => accepted(request, 'Sec-WebSocket-Extensions: permessage-deflate'),
    'WS_EXTENSION',
  ],
  [
    'a subprotocol that was not offered',
    (request) => accepted(request, 'Sec-WebSocket-Protocol: chat'),
    'WS_EXTENSION',
  ],
  ['no HTTP', () => '\x81\x02hi', 'HTTP_STATUS_LINE'],
];
for (const [name, answer, code] of faults) {
  test(`a handshake with ${name} is a failed client`, async (t) => {
    await assertEndsAs(t, 'websocket', answer, failed(code));
  });
}

test('a handshake with fields in any case and options in a list is accepted, its first frame in the same read', async (t) => {
  for (const pieces of ['whole', 'byte by byte'] as const) {
    const answer: Answer = (request) =>
      Buffer.concat([
        Buffer.from(
          accepted(request)
            .replace('Upgrade: websocket', 'UPGRADE: WebSocket')
            .replace('Connection: Upgrade', 'connection: keep-alive ,\tupgrade'),
        ),
        textFrame(tickOf(1)),
      ]);
    const { recorder, log } = await ask(t, 'websocket', answer, { pieces });
    await until(() => recorder.newest[0] === 1, 'the tick');
    assert.deepEqual(log, { opened: 1, failed: [], dropped: [] });
  }
});

/** The frames that a client sent, unmasked, as `first byte:payload`. */
const framesOf = (bytes: Buffer): string[] => {
  const frames: string[] = [];
  for (let pos = 0; pos < bytes.length;) {
    const length = bytes[pos + 1]! & 0x7f;
    assert.ok(bytes[pos + 1]! >= 0x80, 'a client masks');
    const mask = bytes.subarray(pos + 2, pos + 6);
    const masked = bytes.subarray(pos + 6, pos + 6 + length);
    const payload = Buffer.from(masked.map((byte, index) => byte ^ mask[index & 3]!));
    frames.push(`${bytes[pos]!.toString(16)}:${payload.toString('latin1')}`);
    pos += 6 + length;
  }
  return frames;
};

for (const payload of ['', 'are you there', '\0\xff\x80', 'x'.repeat(125)]) {
  test(`a ping of ${payload.length} bytes is answered by a pong of the same`, async (t) => {
    for (const pieces of ['whole', 'byte by byte'] as const) {
      const { script } = await ask(t, 'websocket', withFrames(frame(0x89, payload)), { pieces });
      await until(() => (script.sent[0]?.length ?? 0) >= payload.length + 6, 'the pong');
      assert.deepEqual(framesOf(script.sent[0]!), [`8a:${payload}`]);
    }
  });
}

test('every client answers a ping, also one that stands in a read that all get alike', async (t) => {
  const CLIENTS = 5;
  const read = Buffer.concat([textFrame(tickOf(1)), frame(0x89, 'p')]);
  const { script, recorder } = await ask(t, 'websocket', withFrames(textFrame(tickOf(1))), { clients: CLIENTS });
  await until(() => recorder.newest.every((seq) => seq === 1), 'the first tick of each');
  assert.equal(script.requests.length, CLIENTS);
  for (let round = 1; round <= 3; round++) {
    script.push(read);
    await until(() => script.sent.every((sent) => sent.length >= 7 * round), `pong ${round} of each client`);
  }
});

const fatal: [name: string, bytes: Buffer, code: string, answer: string][] = [
  ['a masked frame', Buffer.from([0x81, 0x81, 1, 2, 3, 4, 0x60]), 'WS_MASKED', '88:\x03\xea'],
  ['a reserved bit', frame(0xc1, 'x'), 'WS_RESERVED_BITS', '88:\x03\xea'],
  ['a text that is not UTF-8', frame(0x81, '\xff'), 'WS_INVALID_UTF8', '88:\x03\xef'],
  ['a message of 2^40 bytes', Buffer.from([0x82, 127, 0, 0, 1, 0, 0, 0, 0, 0]), 'WS_TOO_LARGE', '88:\x03\xf1'],
  ['a close', frame(0x88, '\x03\xe9bye'), 'CLOSE_1001', '88:\x03\xe9'],
  ['a close without a code', frame(0x88), 'CLOSE_1005', '88:'],
  ['a close code that may not be sent', frame(0x88, '\x03\xed'), 'WS_CLOSE_CODE', '88:\x03\xea'],
];
for (const [name, bytes, code, answer] of fatal) {
  test(`${name} is a dropped client that closes with the right code`, async (t) => {
    for (const pieces of ['whole', 'byte by byte'] as const) {
      const { script, log } = await ask(t, 'websocket', withFrames(bytes, frame(0x81, 'x')), { pieces });
      await until(() => log.dropped.length === 1, 'the end of the client');
      await until(() => (script.sent[0]?.length ?? 0) > 0, 'its close frame');
      assert.deepEqual(log, dropped(code));
      assert.deepEqual(framesOf(script.sent[0]!), [answer]);
    }
  });
}

test('of the subprotocols that are offered the server must choose one', async (t) => {
  const door = {
    path: '/ws',
    subprotocols: ['mqtt', 'wamp.2.json'],
    headers: { Origin: 'http://me', 'X-Client': '{client}' },
  };
  const chosen =
    (...fields: string[]): Answer =>
    (request) =>
      accepted(request, ...fields);
  const { script, log } = await ask(t, 'websocket', chosen('Sec-WebSocket-Protocol: wamp.2.json'), { door });
  await until(() => log.opened === 1, 'the client is open');
  const [request] = script.requests;
  assert.match(request!, /^GET \/ws HTTP/);
  assert.match(request!, /\r\nSec-WebSocket-Protocol: mqtt, wamp\.2\.json\r\n/);
  assert.match(request!, /\r\nOrigin: http:\/\/me\r\nX-Client: 0\r\n\r\n$/);
  for (const [fields, code] of [
    [[], 'WS_SUBPROTOCOL'],
    [['Sec-WebSocket-Protocol: soap'], 'WS_EXTENSION'],
  ] as const) {
    const other = await ask(t, 'websocket', chosen(...fields), { door });
    await until(() => other.log.failed.length > 0, 'the end of the client');
    assert.deepEqual(other.log, failed(code));
  }
});

test('a tick is found in a binary message as in a text; greetings and pings are counted apart', async (t) => {
  const envelope = Buffer.concat([Buffer.from([0x00, 0xff, 0x81]), tickOf(1).bytes, Buffer.from([0xfe])]);
  const binary = Buffer.concat([Buffer.from([0x82, envelope.length]), envelope]);
  const answer = withFrames(
    frame(0x81, 'hello'),
    frame(0x89, 'are you there'),
    binary,
    frame(0x82, Buffer.from([0xff])),
  );
  const door = { path: '/ws', open: [{ expect: 'hello' }] };
  const { recorder, log } = await ask(t, 'websocket', answer, { door });
  await until(() => recorder.newest[0] === 1, 'the tick');
  const { controlMessages, ledger } = recorder.finish(1);
  assert.deepEqual([controlMessages, ledger.corrupt], [3, 0]);
  assert.deepEqual(log, { opened: 1, failed: [], dropped: [] });
});

test('what clients repeat is sent while they are connected', async (t) => {
  const door = { path: '/ws', every: [{ ms: 10, send: 'beat {client}' }] };
  const { script } = await ask(t, 'websocket', accepted, { door });
  await until(() => script.sent[0] !== undefined && framesOf(script.sent[0]).length >= 2, 'two beats');
  assert.deepEqual(framesOf(script.sent[0]!).slice(0, 2), ['81:beat 0', '81:beat 0']);
});

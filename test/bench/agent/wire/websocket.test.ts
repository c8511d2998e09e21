import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import type { Writable } from 'node:stream';
import { test } from 'node:test';
import * as fc from 'fast-check';
import * as ws from 'ws';
import { HttpResponseParser } from '../../../../bench/agent/wire/http-response.ts';
import {
  acceptFor,
  encodeClientFrame,
  encodeUpgradeRequest,
  WebSocketParser,
  type WebSocketHandlers,
} from '../../../../bench/agent/wire/websocket.ts';
import { everySplit, fromEveryBoundary, pushInReads, toCuts } from './shared-read.ts';

type Seen = string[];
type ReferenceReceiver = Writable & { _bufferedBytes: number };
type ReceiverOptions = { isServer?: boolean; maxPayload?: number };
// The types of ws leave out its parser.
const { Receiver } = ws as unknown as { Receiver: new (options: ReceiverOptions) => ReferenceReceiver };

function slice(buffer: Uint8Array, start: number, end: number): string {
  return Buffer.from(buffer.subarray(start, end)).toString('latin1');
}

function recorder(seen: Seen): WebSocketHandlers {
  return {
    message(client, buffer, start, end, isText) {
      assert.equal(client, 42);
      seen.push(`${isText ? 'text' : 'binary'} ${slice(buffer, start, end)}`);
    },
    ping: (_client, buffer, start, end) => seen.push(`ping ${slice(buffer, start, end)}`),
    pong: (_client, buffer, start, end) => seen.push(`pong ${slice(buffer, start, end)}`),
    close: (_client, code, buffer, start, end) => seen.push(`close ${code} ${slice(buffer, start, end)}`),
    error: (_client, error) => seen.push(`error ${error.closeCode} ${error.code}`),
  };
}

function parse(bytes: Uint8Array, cuts: readonly number[], maxPayloadBytes?: number): Seen {
  const seen: Seen = [];
  const parser = new WebSocketParser(42, recorder(seen), maxPayloadBytes);
  pushInReads(bytes, cuts, (buffer, start, end) => parser.push(buffer, start, end));
  return seen;
}

/** A server's frame: `first` is FIN, reserved bits and opcode; `lengthBytes` forces a longer length than needed. */
function frame(first: number, payload: Uint8Array | string = '', lengthBytes?: 0 | 2 | 8): Buffer {
  const body = Buffer.from(payload as Uint8Array);
  const extra = lengthBytes ?? (body.length < 126 ? 0 : body.length < 65_536 ? 2 : 8);
  const head = Buffer.alloc(2 + extra);
  head[0] = first;
  head[1] = extra === 0 ? body.length : extra === 2 ? 126 : 127;
  if (extra === 2) head.writeUInt16BE(body.length, 2);
  if (extra === 8) head.writeBigUInt64BE(BigInt(body.length), 2);
  return Buffer.concat([head, body]);
}

const closeBody = (code: number, reason: Uint8Array | string = ''): Buffer =>
  Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason as Uint8Array)]);
const closeFrame = (code: number, reason?: Uint8Array | string): Buffer => frame(0x88, closeBody(code, reason));
const bytesOf = (...values: number[]): Buffer => Buffer.from(values);
const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

/** After RFC 6455 section 5.7 and Autobahn's cases: name, frames, what they yield. */
const vectors: [string, Buffer[], string[]][] = [
  ['an empty text', [frame(0x81)], ['text ']],
  ['a text', [frame(0x81, 'Hello')], ['text Hello']],
  ['a binary', [frame(0x82, bytesOf(0, 255, 128))], ['binary \0\xff\x80']],
  ['125 bytes', [frame(0x81, 'x'.repeat(125))], [`text ${'x'.repeat(125)}`]],
  ['126 bytes', [frame(0x81, 'x'.repeat(126))], [`text ${'x'.repeat(126)}`]],
  ['127 bytes', [frame(0x81, 'x'.repeat(127))], [`text ${'x'.repeat(127)}`]],
  ['a length in more bytes than it needs', [frame(0x81, 'ab', 2), frame(0x82, 'cd', 8)], ['text ab', 'binary cd']],
  [
    'several messages in one read',
    [frame(0x81, 'a'), frame(0x81, 'b'), frame(0x82, 'c')],
    ['text a', 'text b', 'binary c'],
  ],
  ['fragments', [frame(0x01, 'Hel'), frame(0x00, 'l'), frame(0x80, 'o')], ['text Hello']],
  ['empty fragments', [frame(0x01), frame(0x00), frame(0x80), frame(0x81, 'x')], ['text ', 'text x']],
  ['empty first and last fragment', [frame(0x02), frame(0x00, 'ab'), frame(0x80)], ['binary ab']],
  [
    'control frames between fragments',
    [frame(0x01, 'He'), frame(0x89, 'p1'), frame(0x00, 'l'), frame(0x8a, 'p2'), frame(0x89), frame(0x80, 'lo')],
    ['ping p1', 'pong p2', 'ping ', 'text Hello'],
  ],
  ['a ping of 125 bytes', [frame(0x89, 'p'.repeat(125))], [`ping ${'p'.repeat(125)}`]],
  ['an unasked pong', [frame(0x8a, 'x')], ['pong x']],
  [
    'UTF-8 cut between fragments',
    [frame(0x01, bytesOf(0xe2, 0x82)), frame(0x80, bytesOf(0xac))],
    [`text ${latin1('€')}`],
  ],
  ['UTF-8 of four bytes', [frame(0x81, '😀…ü')], [`text ${latin1('😀…ü')}`]],
  ['close', [closeFrame(1000)], ['close 1000 ']],
  ['close without a code', [frame(0x88)], ['close 1005 ']],
  [
    'close with a reason, and nothing after it',
    [closeFrame(1001, 'bye'), frame(0x81, 'x'), frame(0x88)],
    ['close 1001 bye'],
  ],
  ['close inside a fragmented message', [frame(0x01, 'a'), closeFrame(1000)], ['close 1000 ']],
  ['close with half a code', [frame(0x88, 'x')], ['error 1002 WS_CONTROL_FRAME']],
  ['close with a reason that is not UTF-8', [closeFrame(1000, bytesOf(0xc3, 0x28))], ['error 1007 WS_INVALID_UTF8']],
  ['close with a cut reason', [closeFrame(1000, bytesOf(0xe2, 0x82))], ['error 1007 WS_INVALID_UTF8']],
  ['a text that is not UTF-8', [frame(0x81, bytesOf(0x61, 0xff)), frame(0x81, 'x')], ['error 1007 WS_INVALID_UTF8']],
  ['a text that ends inside a character', [frame(0x81, bytesOf(0x61, 0xe2, 0x82))], ['error 1007 WS_INVALID_UTF8']],
  ['a surrogate in UTF-8', [frame(0x81, bytesOf(0xed, 0xa0, 0x80))], ['error 1007 WS_INVALID_UTF8']],
  [
    'a binary that is not UTF-8 after a text',
    [frame(0x81, 'a'), frame(0x82, bytesOf(0xff))],
    ['text a', 'binary \xff'],
  ],
  ['a continuation of nothing', [frame(0x80, 'x')], ['error 1002 WS_FRAGMENTATION']],
  [
    'a continuation after the end',
    [frame(0x01, 'a'), frame(0x80, 'b'), frame(0x80, 'c')],
    ['text ab', 'error 1002 WS_FRAGMENTATION'],
  ],
  ['a message inside a message', [frame(0x01, 'a'), frame(0x81, 'b')], ['error 1002 WS_FRAGMENTATION']],
  ['a masked frame', [bytesOf(0x81, 0x81, 1, 2, 3, 4, 0x60)], ['error 1002 WS_MASKED']],
  ['a fragmented pong', [frame(0x0a, 'x')], ['error 1002 WS_CONTROL_FRAME']],
  ['a fragmented close', [frame(0x08, '\x03\xe8')], ['error 1002 WS_CONTROL_FRAME']],
  ['a pong of 126 bytes', [frame(0x8a, 'x'.repeat(126))], ['error 1002 WS_CONTROL_FRAME']],
  ['a reserved bit of a control frame', [frame(0xa9, 'x')], ['error 1002 WS_RESERVED_BITS']],
  ['a reserved bit of a continuation', [frame(0x01, 'a'), frame(0xc0, 'b')], ['error 1002 WS_RESERVED_BITS']],
  ['a masked frame without payload', [bytesOf(0x81, 0x80, 1, 2, 3, 4)], ['error 1002 WS_MASKED']],
  ['a masked control frame', [bytesOf(0x89, 0x80, 1, 2, 3, 4)], ['error 1002 WS_MASKED']],
  ['a close with the longest reason', [closeFrame(1000, 'x'.repeat(123))], [`close 1000 ${'x'.repeat(123)}`]],
  ['a close with a reason that is too long', [closeFrame(1000, 'x'.repeat(124))], ['error 1002 WS_CONTROL_FRAME']],
  [
    'ten pings, each answered by itself',
    Array.from({ length: 10 }, (_, index) => frame(0x89, `p${index}`)),
    Array.from({ length: 10 }, (_, index) => `ping p${index}`),
  ],
  [
    'a continuation of a binary is not checked as text',
    [frame(0x02, bytesOf(0xff)), frame(0x80, bytesOf(0xc3))],
    ['binary \xff\xc3'],
  ],
  [
    'a wrong byte in a later fragment',
    [frame(0x01, 'a'), frame(0x00, bytesOf(0xff)), frame(0x80, 'b')],
    ['error 1007 WS_INVALID_UTF8'],
  ],
  [
    'a character that the next fragment does not go on with',
    [frame(0x01, bytesOf(0xe2, 0x82)), frame(0x80, 'b')],
    ['error 1007 WS_INVALID_UTF8'],
  ],
  [
    'a text that ends inside a character before an empty fragment',
    [frame(0x01, bytesOf(0xe2, 0x82)), frame(0x80)],
    ['error 1007 WS_INVALID_UTF8'],
  ],
  ['a fragmented ping', [frame(0x09, 'x')], ['error 1002 WS_CONTROL_FRAME']],
  ['a ping of 126 bytes', [frame(0x89, 'x'.repeat(126))], ['error 1002 WS_CONTROL_FRAME']],
  ['a close of 64-bit length', [frame(0x88, 'xx', 8)], ['error 1002 WS_CONTROL_FRAME']],
  ['a length of 2^63', [bytesOf(0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 0)], ['error 1009 WS_TOO_LARGE']],
];
for (const bit of [0x10, 0x20, 0x40, 0x70]) {
  vectors.push([
    `reserved bits ${bit >> 4}`,
    [frame(0x81, 'a'), frame(0x81 | bit, 'b')],
    ['text a', 'error 1002 WS_RESERVED_BITS'],
  ]);
}
for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) {
  vectors.push([`reserved opcode ${opcode}`, [frame(0x80 | opcode, 'x')], ['error 1002 WS_OPCODE']]);
}
for (const code of [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]) {
  vectors.push([`close code ${code}`, [closeFrame(code, 'r')], [`close ${code} r`]]);
}
for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]) {
  vectors.push([`close code ${code}, which may not be sent`, [closeFrame(code)], ['error 1002 WS_CLOSE_CODE']]);
}

for (const [name, frames, expected] of vectors) {
  test(`frames, under every split: ${name}`, () => {
    const bytes = Buffer.concat(frames);
    for (const cuts of everySplit(bytes.length))
      assert.deepEqual(parse(bytes, cuts), expected, `cut at ${cuts.join()}`);
  });
}

test('messages of 65,535 and 65,536 bytes, cut around every boundary', () => {
  for (const length of [65_535, 65_536]) {
    const bytes = Buffer.concat([frame(0x81, 'x'.repeat(length)), frame(0x81, 'next')]);
    for (const cut of [0, 1, 2, 3, 4, 9, 10, 11, 1000, length, length + 3, length + 9, length + 10, length + 11]) {
      const seen = parse(bytes, [Math.min(cut, bytes.length)]);
      // Not deepEqual: its message would print all of it.
      assert.ok(
        seen.length === 2 && seen[0] === `text ${'x'.repeat(length)}` && seen[1] === 'text next',
        `cut at ${cut}`,
      );
    }
  }
});

test('a text is rejected at its first wrong byte, before its frame is complete', () => {
  const head = bytesOf(0x01, 127, 0, 0, 0, 0, 0, 0x0f, 0xff, 0xff);
  for (const [payload, wrongAt] of [
    [bytesOf(0x61, 0xc0), 1],
    [bytesOf(0xf4, 0x90), 1],
    [bytesOf(0xf0, 0x9f, 0x98, 0x28), 3],
  ] as const) {
    const bytes = Buffer.concat([head, payload]);
    assert.deepEqual(parse(bytes.subarray(0, head.length + wrongAt), []), []);
    assert.deepEqual(parse(bytes, []), ['error 1007 WS_INVALID_UTF8']);
  }
});

test('a message above the bound fails when its length is known; fragments count together', () => {
  const whole = frame(0x81, 'x'.repeat(11));
  const fragments = Buffer.concat([frame(0x01, 'x'.repeat(6)), frame(0x89, 'ping'), frame(0x80, 'x'.repeat(5))]);
  for (const cuts of everySplit(2))
    assert.deepEqual(parse(whole.subarray(0, 2), cuts, 10), ['error 1009 WS_TOO_LARGE']);
  for (const cuts of everySplit(fragments.length)) {
    assert.deepEqual(parse(fragments, cuts, 10), ['ping ping', 'error 1009 WS_TOO_LARGE']);
    assert.deepEqual(parse(fragments, cuts, 11), ['ping ping', `text ${'x'.repeat(11)}`]);
  }
});

test('a reset parser reads the next connection from its beginning', () => {
  const before = Buffer.concat([frame(0x01, 'lost'), frame(0x89, 'lost')]);
  const after = Buffer.concat([frame(0x89, 'ping'), frame(0x81, 'new')]);
  for (const first of [before, frame(0x83), closeFrame(1000)]) {
    for (let cut = 1; cut <= first.length; cut++) {
      const seen: Seen = [];
      const parser = new WebSocketParser(42, recorder(seen));
      const push = parser.push.bind(parser);
      pushInReads(first.subarray(0, cut), [], push);
      parser.reset();
      seen.length = 0;
      pushInReads(after, [1], push);
      assert.deepEqual(seen, ['ping ping', 'text new']);
    }
  }
});

const asText = (data: Buffer): string => data.toString('latin1');

/** What `ws` makes of the same bytes, and how many of them it still waits with. */
async function parseWithWs(bytes: Buffer): Promise<{ seen: Seen; waiting: number }> {
  const seen: Seen = [];
  const receiver = new Receiver({ isServer: false, maxPayload: 1024 * 1024 });
  receiver.on('message', (data: Buffer, isBinary: boolean) =>
    seen.push(`${isBinary ? 'binary' : 'text'} ${asText(data)}`),
  );
  receiver.on('ping', (data: Buffer) => seen.push(`ping ${asText(data)}`));
  receiver.on('pong', (data: Buffer) => seen.push(`pong ${asText(data)}`));
  receiver.on('conclude', (code: number, reason: Buffer) => seen.push(`close ${code} ${asText(reason)}`));
  receiver.on('error', (error: Error) => {
    const key = Object.getOwnPropertySymbols(error).find((symbol) => symbol.description === 'status-code');
    seen.push(`error ${(error as unknown as Record<symbol, number>)[key!]}`);
  });
  receiver.write(Buffer.from(bytes));
  await new Promise(setImmediate);
  return { seen, waiting: receiver._bufferedBytes };
}

const payload = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.string({ unit: 'binary', maxLength: 40 }).map((text) => Buffer.from(text.toWellFormed())),
  },
  { weight: 1, arbitrary: fc.integer({ min: 100, max: 1500 }).map((length) => Buffer.from('é'.repeat(length))) },
);
const control = fc
  .tuple(fc.constantFrom(0x89, 0x8a), fc.uint8Array({ maxLength: 125 }))
  .map(([first, body]) => frame(first, body));
const message = fc
  .record({
    opcode: fc.constantFrom(1, 1, 2),
    body: payload,
    cuts: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 3 }),
    between: fc.array(control, { maxLength: 2 }),
    lengthBytes: fc.constantFrom(undefined, undefined, 2 as const, 8 as const),
  })
  .map(({ opcode, body, cuts, between, lengthBytes }) => {
    const offsets = [0, ...toCuts(cuts, body.length), body.length];
    const frames: Buffer[] = [];
    for (let index = 0; index + 1 < offsets.length; index++) {
      const first = (index === 0 ? opcode : 0) | (index + 2 === offsets.length ? 0x80 : 0);
      frames.push(frame(first, body.subarray(offsets[index], offsets[index + 1]), lengthBytes), ...between);
    }
    return Buffer.concat(frames);
  });
const conversation = fc
  .tuple(
    fc.array(fc.oneof(message, control), { maxLength: 8 }),
    fc.constantFrom(Buffer.alloc(0), closeFrame(1000, 'bye')),
  )
  .map(([frames, last]) => Buffer.concat([...frames, last]));
const fractions = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 8 });

test('equals ws for any messages and any split', async () => {
  await fc.assert(
    fc.asyncProperty(conversation, fractions, async (bytes, at) => {
      assert.deepEqual(parse(bytes, toCuts(at, bytes.length)), (await parseWithWs(bytes)).seen);
    }),
    { numRuns: 1500 },
  );
});

test('between two messages, what was read before changes nothing', () => {
  const make = (seen: Seen) => {
    const parser = new WebSocketParser(42, recorder(seen));
    return { push: parser.push.bind(parser), isBetween: () => parser.isBetweenMessages };
  };
  fc.assert(
    fc.property(conversation, (bytes) => {
      fromEveryBoundary(bytes, make, (fresh, rest) => assert.deepEqual(fresh, rest));
    }),
    { numRuns: 500 },
  );
});

test('agrees with ws on any damaged messages, and is never later to see the damage', async () => {
  const damage = fc.array(fc.tuple(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat(255)), {
    minLength: 1,
    maxLength: 3,
  });
  await fc.assert(
    fc.asyncProperty(conversation, damage, fractions, async (bytes, hits, at) => {
      const broken = Buffer.from(bytes);
      for (const [where, byte] of hits) if (broken.length > 0) broken[Math.floor(where * broken.length)] = byte;
      const actual = parse(broken, toCuts(at, broken.length));
      const { seen: expected, waiting } = await parseWithWs(broken);
      const error = actual.at(-1)?.startsWith('error') === true ? actual.pop()! : '';
      const expectedError = expected.at(-1)?.startsWith('error') === true ? expected.pop()! : '';
      if (error.startsWith('error 1007')) {
        // ws looks at a text once it is whole, and may meet other frames, another fault or the end before that.
        assert.deepEqual(actual, expected.slice(0, actual.length));
      } else {
        assert.deepEqual(actual, expected);
        // ws waits for the second byte of a frame before it judges the first.
        if (expectedError !== '' || waiting === 0) assert.equal(error.slice(0, 10), expectedError);
      }
      if (expectedError !== '') assert.notEqual(error, '');
    }),
    { numRuns: 3000 },
  );
});

test('reads what a ws server sends, handshake and first frames in one read', async (t) => {
  const server = new ws.WebSocketServer({ port: 0, host: '127.0.0.1' });
  t.after(() => server.close());
  await once(server, 'listening');
  const texts = ['first', '{"seq":1}', 'ünï', 'x'.repeat(70_000)];
  server.on('connection', (socket) => {
    for (const text of texts) socket.send(text);
    socket.ping('are you there');
    socket.on('pong', (data) => socket.close(1000, data));
    socket.on('message', (data) => socket.send(data));
  });
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  const key = randomBytes(16).toString('base64');
  socket.write(encodeUpgradeRequest({ host: `127.0.0.1:${port}`, path: '/feed', key, origin: 'http://localhost' }));
  socket.write(encodeClientFrame(1, Buffer.from('echo'), randomBytes(4)));
  socket.write(encodeClientFrame(10, Buffer.from('here I am'), randomBytes(4)));
  const received: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => {
    received.push(chunk);
    if (Buffer.concat(received).includes('here I am'))
      socket.end(encodeClientFrame(8, closeBody(1000), randomBytes(4)));
  });
  await once(socket, 'end');
  const bytes = Buffer.concat(received);
  const expected = [
    ...texts.map((text) => `text ${latin1(text)}`),
    'ping are you there',
    'binary echo',
    'close 1000 here I am',
  ];
  for (let cut = 0; cut < 300; cut++) {
    const seen: Seen = [];
    const frames = new WebSocketParser(42, recorder(seen));
    const head = new HttpResponseParser(42, {
      head(_client, status, parser) {
        assert.equal(status, 101);
        assert.equal(parser.header('sec-websocket-accept'), acceptFor(key));
      },
      body: () => assert.fail('a 101 has no body'),
      end: () => assert.fail('a 101 has no end'),
      error: (_client, error) => assert.fail(error),
    });
    pushInReads(bytes, [cut], (buffer, start, end) => frames.push(buffer, head.push(buffer, start, end), end));
    assert.deepEqual(seen.toSorted(), expected.toSorted(), `cut at ${cut}`);
  }
});

test('a client frame reads back through the ws server-side parser, for any payload and mask', async () => {
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 130 }),
    fc.constantFrom(65_535, 65_536).map((length) => Buffer.alloc(length, 'é')),
  );
  await fc.assert(
    fc.asyncProperty(body, fc.uint8Array({ minLength: 4, maxLength: 4 }), async (sent, mask) => {
      const receiver = new Receiver({ isServer: true });
      let got: Buffer | undefined;
      receiver.on('message', (data: Buffer) => (got = data));
      receiver.write(encodeClientFrame(2, sent, mask));
      assert.ok(got !== undefined && got.equals(sent));
    }),
    { numRuns: 300 },
  );
});

test('a client frame refuses a mask that is not 4 bytes, and a control payload above 125 bytes', () => {
  assert.throws(() => encodeClientFrame(1, Buffer.alloc(1), Buffer.alloc(3)), RangeError);
  assert.throws(() => encodeClientFrame(10, Buffer.alloc(126), Buffer.alloc(4)), RangeError);
  assert.equal(encodeClientFrame(10, Buffer.alloc(125), Buffer.alloc(4)).length, 131);
});

test('the upgrade request is that of RFC 6455 section 1.3, and takes no line breaks', () => {
  const request = encodeUpgradeRequest({
    host: 'h:80',
    path: '/chat?after=0',
    key: 'dGhlIHNhbXBsZSBub25jZQ==',
  }).toString();
  assert.equal(
    request,
    'GET /chat?after=0 HTTP/1.1\r\nHost: h:80\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  );
  assert.throws(() => encodeUpgradeRequest({ host: 'h', path: '/\r\nX: y', key: 'k' }), { code: 'WS_REQUEST' });
  assert.throws(() => encodeUpgradeRequest({ host: 'h', path: '/ü', key: 'k' }), { code: 'WS_REQUEST' });
});

test('the accept value of RFC 6455 section 1.3', () => {
  assert.equal(acceptFor('dGhlIHNhbXBsZSBub25jZQ=='), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
});

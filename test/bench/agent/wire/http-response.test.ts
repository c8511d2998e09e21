import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { HttpResponseParser, type HttpResponseHandlers } from '../../../../bench/agent/wire/http-response.ts';
import { everySplit, fromEveryBoundary, pushInReads, toCuts } from './shared-read.ts';

type Seen = string[];
type Parsed = { seen: Seen; countedBytes: number };

/** Heads as `status facts`, bodies joined as `=...`, `end`, and errors as their code. */
function recorder(seen: Seen, count: (bytes: number) => void, current: () => HttpResponseParser): HttpResponseHandlers {
  return {
    head(client, status, parser) {
      assert.equal(client, 42);
      assert.equal(parser.status, status);
      const framing = parser.chunked
        ? 'chunked'
        : parser.contentLength >= 0
          ? `length ${parser.contentLength}`
          : 'none';
      seen.push(`${status} ${framing}${parser.keepAlive ? '' : ' last'}`);
      if (status === 101) count(parser.headBytes);
    },
    body(_client, buffer, start, end) {
      assert.ok(end > start);
      count(end - start);
      const piece = Buffer.from(buffer.subarray(start, end)).toString('latin1');
      if (seen.at(-1)?.startsWith('=') === true) seen[seen.length - 1] += piece;
      else seen.push(`=${piece}`);
    },
    end() {
      count(current().headBytes + current().framingBytes);
      seen.push('end');
    },
    error: (_client, error) => seen.push(error.code),
  };
}

function parse(bytes: Uint8Array, cuts: readonly number[], isClosed = false): Parsed {
  const seen: Seen = [];
  let countedBytes = 0;
  const handlers = recorder(
    seen,
    (count) => (countedBytes += count),
    () => parser,
  );
  const parser: HttpResponseParser = new HttpResponseParser(42, handlers);
  pushInReads(bytes, cuts, (buffer, start, end) => {
    const consumed = parser.push(buffer, start, end);
    if (parser.status !== 101 && seen.every((entry) => !/^[A-Z]/.test(entry))) assert.equal(consumed, end);
  });
  if (isClosed) parser.close();
  return { seen, countedBytes };
}

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

/** Name, bytes, what they yield before the connection closes. */
const vectors: [string, string, string[]][] = [
  ['content-length', `${OK}Content-Length: 5\r\n\r\nhello`, ['200 length 5', '=hello', 'end']],
  ['an empty body', `${OK}Content-Length: 0\r\n\r\n`, ['200 length 0', 'end']],
  ['names in any case', `${OK}cOnTeNt-LeNgTh:2\r\n\r\nhi`, ['200 length 2', '=hi', 'end']],
  ['white space around values', `${OK}Content-Length: \t 2 \t\r\n\r\nhi`, ['200 length 2', '=hi', 'end']],
  [
    'several responses in one read',
    `${OK}Content-Length: 1\r\n\r\na${OK}Content-Length: 1\r\n\r\nb${CHUNKED}1\r\nc\r\n0\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n`,
    ['200 length 1', '=a', 'end', '200 length 1', '=b', 'end', '200 chunked', '=c', 'end', '204 none', 'end'],
  ],
  ['chunks', `${CHUNKED}5\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n`, ['200 chunked', '=hello world', 'end']],
  ['no chunks', `${CHUNKED}0\r\n\r\n`, ['200 chunked', 'end']],
  [
    'chunk sizes in any case, with zeros',
    `${CHUNKED}00A\r\n0123456789\r\n0b\r\n0123456789x\r\n000\r\n\r\n`,
    ['200 chunked', '=01234567890123456789x', 'end'],
  ],
  [
    'chunk data that looks like framing',
    `${CHUNKED}9\r\n\r\n0\r\n\r\n1\r\r\n0\r\n\r\n`,
    ['200 chunked', '=\r\n0\r\n\r\n1\r', 'end'],
  ],
  [
    'chunk extensions',
    `${CHUNKED}2;a\r\nhi\r\n2 ; b="x;y" \t;c=d\r\nho\r\n0;last\r\n\r\n`,
    ['200 chunked', '=hiho', 'end'],
  ],
  [
    'chunk extensions with every character that a value may hold',
    `${CHUNKED}1;a=" \t!#\xff~\\""\r\nx\r\n0\r\n\r\n`,
    ['200 chunked', '=x', 'end'],
  ],
  [
    'a chunk of each of the lengths around a change of digits',
    `${CHUNKED}${[9, 10, 15, 16, 17].map((length) => `${length.toString(16)}\r\n${'x'.repeat(length)}\r\n`).join('')}0\r\n\r\n`,
    ['200 chunked', `=${'x'.repeat(67)}`, 'end'],
  ],
  [
    'trailers',
    `${CHUNKED}2\r\nhi\r\n0\r\nExpires: never\r\nX-Empty:\r\n\r\n${OK}Content-Length: 0\r\n\r\n`,
    ['200 chunked', '=hi', 'end', '200 length 0', 'end'],
  ],
  [
    'chunked wins over content-length',
    `${OK}Content-Length: 9\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`,
    ['200 chunked', '=a', 'end'],
  ],
  [
    'chunked as the last of several codings',
    `${OK}Transfer-Encoding: gzip\r\nTransfer-Encoding: , chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`,
    ['200 chunked', '=a', 'end'],
  ],
  [
    '204 without body',
    `HTTP/1.1 204 No Content\r\n\r\n${OK}Content-Length: 0\r\n\r\n`,
    ['204 none', 'end', '200 length 0', 'end'],
  ],
  [
    '304 without body, whatever its fields say',
    `HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\nHTTP/1.1 304 x\r\nTransfer-Encoding: chunked\r\n\r\n`,
    ['304 length 99', 'end', '304 chunked', 'end'],
  ],
  [
    'interim responses are skipped',
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\nContent-Length: 7\r\n\r\n${OK}Content-Length: 1\r\n\r\na`,
    ['200 length 1', '=a', 'end'],
  ],
  [
    'the same content-length twice',
    `${OK}Content-Length: 2\r\nContent-Length: 2, 2\r\n\r\nhi`,
    ['200 length 2', '=hi', 'end'],
  ],
  [
    'an absent reason',
    'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n',
    ['200 length 0', 'end', '200 length 0', 'end'],
  ],
  [
    'a reason and values beyond ASCII',
    `HTTP/1.1 200 \xfcn\xef\r\nX: \xff\ty\r\nContent-Length: 0\r\n\r\n`,
    ['200 length 0', 'end'],
  ],
  [
    'fields with names of the same length',
    `${OK}content-lengtx: 7\r\nconnectiox: close\r\ntransfer-encodinx: chunked\r\nContent-Length: 0\r\n\r\n`,
    ['200 length 0', 'end'],
  ],
  ['connection: close', `${OK}Connection: x, Close\r\nContent-Length: 1\r\n\r\na`, ['200 length 1 last', '=a', 'end']],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na', ['200 length 1 last', '=a', 'end']],
  [
    'HTTP/1.0 that is kept alive',
    'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na',
    ['200 length 1', '=a', 'end'],
  ],
  [
    'chunks in HTTP/1.0',
    'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ['200 chunked last', 'end'],
  ],
  [
    '204 that claims a body, which is not there',
    `HTTP/1.1 204 x\r\nContent-Length: 5\r\n\r\nHTTP/1.1 204 x\r\nTransfer-Encoding: chunked\r\n\r\n${OK}Content-Length: 1\r\n\r\na`,
    ['204 length 5', 'end', '204 chunked', 'end', '200 length 1', '=a', 'end'],
  ],
  [
    '204 and 304 that close the connection',
    'HTTP/1.1 204 x\r\n\r\nHTTP/1.1 304 x\r\nConnection: close\r\n\r\n',
    ['204 none', 'end', '304 none last', 'end'],
  ],
  [
    '205 and a redirect have a body like any other',
    `HTTP/1.1 205 x\r\nContent-Length: 0\r\n\r\nHTTP/1.1 302 x\r\nLocation: /\r\nContent-Length: 1\r\n\r\na`,
    ['205 length 0', 'end', '302 length 1', '=a', 'end'],
  ],
  ['a close-delimited body so far', `${OK}\r\nsome`, ['200 none last', '=some']],
  [
    'a transfer coding without chunked lasts until the close',
    `${OK}Content-Length: 1\r\nTransfer-Encoding: chunked, gzip\r\n\r\nab`,
    ['200 length 1 last', '=ab'],
  ],
  [
    'an upgrade',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x02hi',
    ['101 none'],
  ],
];

for (const [name, text, expected] of vectors) {
  test(`response, under every split: ${name}`, () => {
    const bytes = Buffer.from(text, 'latin1');
    for (const cuts of everySplit(bytes.length)) {
      const { seen, countedBytes } = parse(bytes, cuts);
      assert.deepEqual(seen, expected, `cut at ${cuts.join()}`);
      if (seen.at(-1) === 'end') assert.equal(countedBytes, bytes.length, 'every byte is head, framing or body, once');
    }
  });
}

/** Name, code, bytes; each after a good response, which must still be delivered. */
const faults: [string, string, string][] = [
  ['no HTTP', 'HTTP_STATUS_LINE', 'SSH-2.0-OpenSSH\r\n'],
  ['a blank line first', 'HTTP_STATUS_LINE', `\r\n${OK}\r\n`],
  ['HTTP/2', 'HTTP_STATUS_LINE', 'HTTP/2 200 OK\r\n\r\n'],
  ['HTTP/1.2', 'HTTP_VERSION', 'HTTP/1.2 200 OK\r\n\r\n'],
  ['a short status', 'HTTP_STATUS_LINE', 'HTTP/1.1 20 OK\r\n\r\n'],
  ['a long status', 'HTTP_STATUS_LINE', 'HTTP/1.1 2000 OK\r\n\r\n'],
  ['a status below 100', 'HTTP_STATUS_LINE', 'HTTP/1.1 099 OK\r\n\r\n'],
  ['no space before the status', 'HTTP_STATUS_LINE', 'HTTP/1.1\t200 OK\r\n\r\n'],
  ['a lone LF after the status line', 'HTTP_STATUS_LINE', 'HTTP/1.1 200 OK\nA: b\n\n'],
  ['a lone CR in the status line', 'HTTP_STATUS_LINE', 'HTTP/1.1 200 O\rK\r\n\r\n'],
  ['folding', 'HTTP_OBS_FOLD', `${OK}A: b\r\n c\r\n\r\n`],
  ['folding with a tab', 'HTTP_OBS_FOLD', `${OK}A: b\r\n\tc: d\r\n\r\n`],
  ['white space before the first field', 'HTTP_OBS_FOLD', `${OK} A: b\r\n\r\n`],
  ['white space before a colon', 'HTTP_HEADER', `${OK}Content-Length : 0\r\n\r\n`],
  ['no name', 'HTTP_HEADER', `${OK}: x\r\n\r\n`],
  ['no colon', 'HTTP_HEADER', `${OK}Content-Length\r\n\r\n`],
  ['a lone LF after a field', 'HTTP_HEADER', `${OK}A: b\nC: d\r\n\r\n`],
  ['a lone CR in a value', 'HTTP_HEADER', `${OK}A: b\rc\r\n\r\n`],
  ['a lone CR instead of the last line', 'HTTP_HEADER', `${OK}A: b\r\n\rx`],
  ['NUL in a value', 'HTTP_HEADER', `${OK}A: b\0c\r\n\r\n`],
  ['two content-lengths', 'HTTP_CONTENT_LENGTH', `${OK}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`],
  ['a list of content-lengths', 'HTTP_CONTENT_LENGTH', `${OK}Content-Length: 1, 2\r\n\r\n`],
  ['a signed content-length', 'HTTP_CONTENT_LENGTH', `${OK}Content-Length: +1\r\n\r\n`],
  ['an empty content-length', 'HTTP_CONTENT_LENGTH', `${OK}Content-Length: \r\n\r\n`],
  ['a content-length above 2^53', 'HTTP_CONTENT_LENGTH', `${OK}Content-Length: 99999999999999999\r\n\r\n`],
  ['chunked twice', 'HTTP_TRANSFER_ENCODING', `${OK}Transfer-Encoding: chunked, chunked\r\n\r\n`],
  ['no chunk size', 'HTTP_CHUNK_SIZE', `${CHUNKED}\r\n`],
  ['a chunk size that is no number', 'HTTP_CHUNK_SIZE', `${CHUNKED}g\r\n`],
  ['a signed chunk size', 'HTTP_CHUNK_SIZE', `${CHUNKED}+5\r\n`],
  ['a chunk size with 0x', 'HTTP_CHUNK_SIZE', `${CHUNKED}0x5\r\n`],
  ['white space behind a chunk size', 'HTTP_CHUNK_SIZE', `${CHUNKED}5 \r\nhello`],
  ['a lone LF behind a chunk size', 'HTTP_CHUNK_SIZE', `${CHUNKED}5\nhello`],
  ['a lone LF behind a chunk extension', 'HTTP_CHUNK_SIZE', `${CHUNKED}5;a\nhello`],
  ['a lone CR behind a chunk size', 'HTTP_CHUNK_SIZE', `${CHUNKED}5\r5\r\n`],
  ['a chunk size above 2^53', 'HTTP_CHUNK_SIZE', `${CHUNKED}fffffffffffffff\r\n`],
  ['a malformed trailer', 'HTTP_TRAILER', `${CHUNKED}0\r\nA b\r\n\r\n`],
  ['a folded trailer', 'HTTP_TRAILER', `${CHUNKED}0\r\nA: b\r\n c: d\r\n\r\n`],
  ['a lone CR in trailers', 'HTTP_TRAILER', `${CHUNKED}0\r\nA: b\rCC: d\r\n\r\n`],
  ['a lone LF in trailers', 'HTTP_TRAILER', `${CHUNKED}0\r\nA: b\n\r\n`],
  ['a lone CR at the end', 'HTTP_TRAILER', `${CHUNKED}0\r\n\rx`],
];

for (const [name, code, text] of faults) {
  test(`fault, under every split: ${name}`, () => {
    const bytes = Buffer.from(`${OK}Content-Length: 1\r\n\r\na${text}`, 'latin1');
    for (const cuts of everySplit(bytes.length)) {
      const { seen } = parse(bytes, cuts, true);
      assert.deepEqual(
        seen.filter((entry) => entry !== '200 chunked'),
        ['200 length 1', '=a', 'end', code],
        `cut at ${cuts.join()}`,
      );
    }
  });
}

test('a chunk that is longer than its size says, under every split', () => {
  for (const rest of ['llo\r\n', 'l\r\n', '\rl', '\n']) {
    const bytes = Buffer.from(`${CHUNKED}2\r\nhe${rest}`);
    for (const cuts of everySplit(bytes.length)) {
      assert.deepEqual(parse(bytes, cuts).seen, ['200 chunked', '=he', 'HTTP_CHUNK_END']);
    }
  }
});

test('nothing may follow a response that closes the connection', () => {
  const bytes = Buffer.from(`${OK}Connection: close\r\nContent-Length: 1\r\n\r\nab`);
  for (const cuts of everySplit(bytes.length)) {
    assert.deepEqual(parse(bytes, cuts).seen, ['200 length 1 last', '=a', 'end', 'HTTP_UNEXPECTED_DATA']);
  }
});

test('a close completes a close-delimited body, even an empty one', () => {
  const bytes = Buffer.from(`${OK}\r\nsome`);
  for (const cuts of everySplit(bytes.length)) {
    assert.deepEqual(parse(bytes, cuts, true).seen, ['200 none last', '=some', 'end']);
  }
  assert.deepEqual(parse(Buffer.from(`${OK}\r\n`), [], true).seen, ['200 none last', 'end']);
});

test('a close anywhere inside a response is an error, between responses it is none', () => {
  for (const response of [
    `${CHUNKED}2\r\nhi\r\n0;x\r\nA: b\r\n\r\n`,
    `HTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 2\r\n\r\nhi`,
  ]) {
    const twice = Buffer.from(response + response);
    for (let length = 0; length <= twice.length; length++) {
      const { seen } = parse(twice.subarray(0, length), [], true);
      const isBetween = length % response.length === 0;
      assert.equal(seen.at(-1) === 'HTTP_TRUNCATED', !isBetween, `closed after ${length} bytes`);
    }
  }
});

test('a closed parser reads the next connection from its beginning', () => {
  for (const first of [
    `${OK}Content-Le`,
    `${CHUNKED}5\r\nhe`,
    'HTTP/1.1 100 Continue\r\n\r\n',
    'oops',
    `${OK}Connection: close\r\nContent-Length: 0\r\n\r\n`,
    'HTTP/1.1 101 x\r\n\r\nx',
  ]) {
    const seen: Seen = [];
    const parser: HttpResponseParser = new HttpResponseParser(
      42,
      recorder(
        seen,
        () => {},
        () => parser,
      ),
    );
    const push = parser.push.bind(parser);
    pushInReads(Buffer.from(first), [], push);
    parser.close();
    seen.length = 0;
    const second = Buffer.from(`${OK}Content-Length: 2\r\n\r\nhi`);
    pushInReads(second, [20], push);
    assert.deepEqual(seen, ['200 length 2', '=hi', 'end']);
    assert.equal(parser.headBytes, second.length - 2);
  }
});

const padded = (before: string, limit: number, after: string): string =>
  before + 'x'.repeat(limit - before.length - after.length) + after;

test('heads, chunk-size lines and trailers have bounds', () => {
  const head = (bytes: number): string => padded(`${OK}Content-Length: 0\r\nX: `, bytes, '\r\n\r\n');
  const cases: [string, string][] = [
    [head(16_384), 'end'],
    [head(16_385), 'HTTP_HEAD_TOO_LARGE'],
    [`${CHUNKED}1;${'x'.repeat(4000)}\r\na\r\n0\r\n\r\n`, 'end'],
    [`${CHUNKED}1;${'x'.repeat(5000)}`, 'HTTP_CHUNK_LINE_TOO_LARGE'],
    [`${CHUNKED}${'0'.repeat(5000)}`, 'HTTP_CHUNK_LINE_TOO_LARGE'],
    [`${CHUNKED}0\r\n${'A: b\r\n'.repeat(2000)}\r\n`, 'end'],
    [`${CHUNKED}0\r\n${'A: b\r\n'.repeat(5000)}`, 'HTTP_TRAILERS_TOO_LARGE'],
  ];
  for (const [text, expected] of cases) {
    const bytes = Buffer.from(text);
    for (const cuts of [
      [],
      [1],
      [100],
      [bytes.length - 1],
      [50, 2000, 4001],
      Array.from({ length: 300 }, (_, index) => index),
    ]) {
      assert.equal(parse(bytes, cuts).seen.at(-1), expected);
    }
  }
  assert.deepEqual(parse(Buffer.from(OK + 'X: '.padEnd(20_000, 'x')), [9000]).seen, ['HTTP_HEAD_TOO_LARGE']);
});

test('a head that is too large is that, whatever stands beyond the bound and whatever the reads', () => {
  for (const field of ['Content-Length: ', 'X: \0', ': ', 'X: ']) {
    const bytes = Buffer.from(`${OK}${field}${'x'.repeat(20_000)}\0\n\n`);
    const inOneRead = parse(bytes, []).seen;
    for (const cuts of [[1], [100], [9000], [16_383], [16_384], [16_385], [16_386], [18_000], [9000, 17_000]]) {
      assert.deepEqual(parse(bytes, cuts).seen, inOneRead, `${field} cut at ${cuts.join()}`);
    }
  }
});

test('a response whose heads, chunk-size lines and trailers are each at their bound passes; one byte more does not', () => {
  const MAX_TRAILERS = 16 * 1024;
  const MAX_LINE = 4 * 1024;
  // Every byte counts but LF; of the last trailer's count one is for the CR of the empty line that ends them all.
  const trailers = (counted: number): string => `A: ${'x'.repeat(counted - 5)}\r\n`;
  const extension = (counted: number): string => `1;${'x'.repeat(counted - 3)}\r\na\r\n`;
  const cases: [string, string][] = [
    [`${CHUNKED}0\r\n${trailers(MAX_TRAILERS)}\r\n`, 'end'],
    [`${CHUNKED}0\r\n${trailers(MAX_TRAILERS + 1)}\r\n`, 'HTTP_TRAILERS_TOO_LARGE'],
    [`${CHUNKED}0\r\n${trailers(101)}${trailers(MAX_TRAILERS - 100)}\r\n`, 'end'],
    [`${CHUNKED}0\r\n${trailers(101)}${trailers(MAX_TRAILERS - 99)}\r\n`, 'HTTP_TRAILERS_TOO_LARGE'],
    [`${CHUNKED}0\r\n${'A'.repeat(MAX_TRAILERS + 1)}`, 'HTTP_TRAILERS_TOO_LARGE'],
    [`${CHUNKED}${extension(MAX_LINE)}0\r\n\r\n`, 'end'],
    [`${CHUNKED}${extension(MAX_LINE + 1)}0\r\n\r\n`, 'HTTP_CHUNK_LINE_TOO_LARGE'],
  ];
  for (const [text, expected] of cases) {
    const bytes = Buffer.from(text);
    const middle = Math.floor(bytes.length / 2);
    const everyByte = Array.from({ length: bytes.length - 1 }, (_, index) => index + 1);
    for (const cuts of [[], [1], [middle], [bytes.length - 3], [bytes.length - 2], [bytes.length - 1], everyByte]) {
      assert.equal(parse(bytes, cuts).seen.at(-1), expected);
    }
  }
});

test('header() finds fields in any case and joins those of one name; it is empty after head()', () => {
  const bytes = Buffer.from(
    `${OK}Content-Type:  text/event-stream ; charset=utf-8 \r\nUPGRADE: websocket\r\nX-List: a\r\nEmpty:\r\nx-list:b\r\nContent-Length: 0\r\n\r\n`,
  );
  for (const cuts of everySplit(bytes.length)) {
    let seen: (string | undefined)[] = [];
    const names = ['content-type', 'upgrade', 'x-list', 'empty', 'location', 'http/1.1 200 ok'];
    const parser = new HttpResponseParser(0, {
      head: (_client, _status, current) => (seen = names.map((name) => current.header(name))),
      body: () => {},
      end: () => {},
      error: (_client, error) => assert.fail(error),
    });
    pushInReads(bytes, cuts, (buffer, start, end) => parser.push(buffer, start, end));
    assert.deepEqual(seen, ['text/event-stream ; charset=utf-8', 'websocket', 'a, b', '', undefined, undefined]);
    assert.equal(parser.header('upgrade'), undefined);
  }
});

test('push says where the upgraded protocol begins', () => {
  const head = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n';
  const bytes = Buffer.from(`${head}rest`);
  for (const cuts of everySplit(bytes.length)) {
    const parser: HttpResponseParser = new HttpResponseParser(
      42,
      recorder(
        [],
        () => {},
        () => parser,
      ),
    );
    let rest = '';
    pushInReads(bytes, cuts, (buffer, start, end) => {
      rest += Buffer.from(buffer.subarray(parser.push(buffer, start, end), end)).toString();
    });
    assert.equal(rest, 'rest');
    assert.equal(parser.headBytes, head.length);
  }
});

type Reply = { bytes: Buffer; isLast: boolean };

/** What Node's own client makes of one response. */
async function parseWithNode(reply: Reply): Promise<string> {
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const sent = request({ createConnection: () => socket });
  sent.end();
  socket.push(reply.bytes);
  if (reply.isLast) socket.push(null);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  assert.ok(response.complete);
  socket.destroy();
  return `${response.statusCode ?? 0} ${String(response.headers['x-test'])} =${Buffer.concat(pieces).toString('latin1')}`;
}

const word = fc.stringMatching(/^[a-z0-9]{0,12}$/);
const hex = (length: number, style: number): string =>
  style === 0 ? length.toString(16) : `00${length.toString(16).toUpperCase()}`;
const chunk = fc
  .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(1), fc.constantFrom('', ';a', ';a=b;c="d e"'))
  .map(([data, style, extension]) =>
    Buffer.concat([Buffer.from(`${hex(data.length, style)}${extension}\r\n`), data, Buffer.from('\r\n')]),
  );
const framed = fc.oneof(
  fc
    .uint8Array({ maxLength: 60 })
    .map((data) => ({ fields: `Content-Length: ${data.length}\r\n`, body: Buffer.from(data), isLast: false })),
  fc
    .tuple(fc.array(chunk, { maxLength: 5 }), fc.constantFrom('', 'T: x\r\n', 'T: x\r\nU:\r\n'))
    .map(([chunks, trailers]) => ({
      fields: 'Transfer-Encoding: chunked\r\n',
      body: Buffer.concat([...chunks, Buffer.from(`0\r\n${trailers}\r\n`)]),
      isLast: false,
    })),
);
const untilClose = fc
  .uint8Array({ maxLength: 60 })
  .map((data) => ({ fields: '', body: Buffer.from(data), isLast: true }));
const bodyless = fc
  .constantFrom('', 'Content-Length: 17\r\n')
  .map((fields) => ({ fields, body: Buffer.alloc(0), isLast: false }));
const reply = (isLast: boolean): fc.Arbitrary<Reply> =>
  fc
    .record({
      interim: fc.constantFrom('', '', 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n'),
      content: isLast
        ? fc.tuple(fc.constantFrom(200, 404), untilClose)
        : fc.oneof(fc.tuple(fc.constantFrom(200, 301, 500), framed), fc.tuple(fc.constantFrom(204, 304), bodyless)),
      reason: fc.constantFrom('OK', '', 'Not so \xfc'),
      value: word,
      before: fc.boolean(),
    })
    .map(({ interim, content: [status, { fields, body, isLast: last }], reason, value, before }) => {
      const own = `X-Test:  ${value} \r\n`;
      const head = `${interim}HTTP/1.1 ${status} ${reason}\r\n${before ? own + fields : fields + own}Date: x\r\n\r\n`;
      return { bytes: Buffer.concat([Buffer.from(head, 'latin1'), body]), isLast: last };
    });
const connection = fc
  .tuple(fc.array(reply(false), { maxLength: 5 }), fc.option(reply(true)))
  .map(([replies, last]) => (last === null ? replies : [...replies, last]));
const fractions = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 10 });

test("equals Node's http client for any responses and any split", async () => {
  await fc.assert(
    fc.asyncProperty(connection, fractions, async (replies, at) => {
      const bytes = Buffer.concat(replies.map((one) => one.bytes));
      const actual: string[] = [];
      let countedBytes = 0;
      let text = '';
      const parser: HttpResponseParser = new HttpResponseParser(42, {
        head: (_client, status, current) => (text = `${status} ${current.header('x-test')} =`),
        body(_client, buffer, start, end) {
          countedBytes += end - start;
          text += Buffer.from(buffer.subarray(start, end)).toString('latin1');
        },
        end() {
          countedBytes += parser.headBytes + parser.framingBytes;
          actual.push(text);
        },
        error: (_client, error) => assert.fail(error),
      });
      pushInReads(bytes, toCuts(at, bytes.length), (buffer, start, end) => parser.push(buffer, start, end));
      parser.close();
      assert.deepEqual(actual, await Promise.all(replies.map(parseWithNode)));
      assert.equal(countedBytes, bytes.length);
    }),
    { numRuns: 400 },
  );
});

for (const isBetween of ['isBetweenResponses', 'isBetweenChunks'] as const) {
  test(`where a parser ${isBetween}, what was read before changes nothing`, () => {
    let isFirst = true;
    const make = (seen: Seen) => {
      const parser: HttpResponseParser = new HttpResponseParser(42, {
        head: (_client, status, { chunked, contentLength }) => seen.push(`${status} ${chunked} ${contentLength}`),
        body: (_client, buffer, start, end) => seen.push(...[...buffer.subarray(start, end)].map(String)),
        end: () => seen.push('end'),
        error: (_client, error) => seen.push(error.code),
      });
      const push = parser.push.bind(parser);
      if (isBetween === 'isBetweenChunks' && !isFirst) {
        pushInReads(Buffer.from(CHUNKED), [], push);
        seen.length = 0;
      }
      isFirst = false;
      return { push, isBetween: () => parser[isBetween] };
    };
    fc.assert(
      fc.property(connection, (replies) => {
        isFirst = true;
        fromEveryBoundary(Buffer.concat(replies.map((one) => one.bytes)), make, (fresh, rest) => {
          assert.deepEqual(fresh, rest);
        });
      }),
      { numRuns: 300 },
    );
  });
}

test('reads what a Node server sends on one connection, under every split', async (t) => {
  const server = createServer((incoming, response) => {
    if (incoming.url === '/length') response.end('of known length');
    else if (incoming.url === '/none') response.writeHead(204).end();
    else if (incoming.url === '/same') response.writeHead(304, { etag: 'x' }).end();
    else {
      response.writeHead(200, { 'content-type': 'text/event-stream', trailer: 'X-Sum' });
      response.write('data: a\n\n');
      response.write('data: b\n\n');
      response.addTrailers({ 'X-Sum': '2' });
      response.end();
    }
  });
  t.after(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  t.after(() => socket.destroy());
  for (const path of ['/length', '/none', '/chunks', '/same', '/length'])
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  socket.write('GET /chunks HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  const received: Buffer[] = [];
  socket.on('data', (piece: Buffer) => received.push(piece));
  await once(socket, 'end');
  const bytes = Buffer.concat(received);
  const length = ['200 length 15', '=of known length', 'end'];
  const events = '=data: a\n\ndata: b\n\n';
  for (const cuts of everySplit(bytes.length)) {
    const { seen, countedBytes } = parse(bytes, cuts, true);
    assert.deepEqual(seen, [
      ...length,
      '204 none',
      'end',
      '200 chunked',
      events,
      'end',
      '304 none',
      'end',
      ...length,
      '200 chunked last',
      events,
      'end',
    ]);
    assert.equal(countedBytes, bytes.length);
  }
});

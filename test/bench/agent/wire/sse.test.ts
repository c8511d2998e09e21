import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createParser } from 'eventsource-parser';
import * as fc from 'fast-check';
import { SseParser, type SseHandlers } from '../../../../bench/agent/wire/sse.ts';
import { everySplit, fromEveryBoundary, pushInReads, toCuts } from './shared-read.ts';

type Seen = string[];

/** Event as `type|id|data`; the rest as `#...`. */
function recorder(seen: Seen): SseHandlers {
  return {
    event(client, buffer, start, end, parser) {
      assert.equal(client, 42);
      const data = Buffer.from(buffer.subarray(start, end)).toString();
      seen.push(`${parser.eventType}|${parser.lastEventId}|${data}`);
    },
    retry: (_client, ms) => seen.push(`#retry ${ms}`),
    comment: () => seen.push('#comment'),
    error: (_client, error) => seen.push(`#${error.code}`),
  };
}

function parse(stream: Uint8Array, cuts: readonly number[], maxBytes?: number): { seen: Seen; lastEventId: string } {
  const seen: Seen = [];
  const parser = new SseParser(42, recorder(seen), maxBytes);
  pushInReads(stream, cuts, (buffer, start, end) => parser.push(buffer, start, end));
  return { seen, lastEventId: parser.lastEventId };
}

const BOM = '\uFEFF';

/** After web-platform-tests `eventsource/`: name, stream, what it yields. */
const vectors: [string, string, string[]][] = [
  ['one event', 'data: a\n\n', ['message||a']],
  ['several events in one read', 'data: a\n\ndata: b\n\ndata: c\n\n', ['message||a', 'message||b', 'message||c']],
  ['data without a space', 'data:a\n\n', ['message||a']],
  ['only one leading space is removed', 'data:  a\n\n', ['message|| a']],
  ['a tab is not removed', 'data:\ta\n\n', ['message||\ta']],
  ['a trailing space stays', 'data: a \n\n', ['message||a ']],
  ['data lines are joined with LF', 'data: a\ndata: b\ndata: c\n\n', ['message||a\nb\nc']],
  ['empty data is an event', 'data:\n\n', ['message||']],
  ['data without a colon is an event', 'data\n\n', ['message||']],
  ['two empty data lines are one LF', 'data\ndata\n\n', ['message||\n']],
  ['empty, then full data', 'data:\ndata: x\n\n', ['message||\nx']],
  ['data after data without a colon', 'data: x\ndata\ndata: y\n\n', ['message||x\n\ny']],
  ['CR ends lines', 'data: a\rdata: b\r\r', ['message||a\nb']],
  ['CRLF ends lines', 'data: a\r\ndata: b\r\n\r\n', ['message||a\nb']],
  ['mixed line ends', 'data: a\r\ndata: b\rdata: c\n\r\ndata: d\n\n', ['message||a\nb\nc', 'message||d']],
  ['LF CR is two line ends', 'data: a\n\rdata: b\n\n', ['message||a', 'message||b']],
  ['CR LF LF after data', 'data: a\r\n\ndata: b\r\n\n', ['message||a', 'message||b']],
  ['blank lines dispatch nothing', '\n\r\n\r\rdata: a\n\n\n\n', ['message||a']],
  ['a leading byte order mark is stripped', `${BOM}data: a\n\n`, ['message||a']],
  ['only the first byte order mark is stripped', `${BOM}${BOM}data: a\n\ndata: b\n\n`, ['message||b']],
  ['a later byte order mark is part of the name', `data: a\n\n${BOM}data: b\n\n`, ['message||a']],
  ['a byte order mark in data stays', `data: ${BOM}a\n\n`, [`message||${BOM}a`]],
  ['comments', ': hi\ndata: a\n:\n:data: x\n\n', ['#comment', '#comment', '#comment', 'message||a']],
  ['a comment between the lines of an event', 'data: a\n: x\ndata: b\n\n', ['#comment', 'message||a\nb']],
  [
    'comments longer than anything else',
    `:${'x'.repeat(2048)}\r\n:${'data: x'.repeat(300)}\rdata: a\n\n`,
    ['#comment', '#comment', 'message||a'],
  ],
  ['a comment with a NUL', ':\0\ndata: a\n\n', ['#comment', 'message||a']],
  ['NUL in data stays', 'data: a\0b\n\n', ['message||a\0b']],
  ['NUL in a name makes it unknown', 'da\0ta: x\ndata\0: y\n\n', []],
  ['UTF-8 of two, three and four bytes', 'data: ok…öü😀\n\n', ['message||ok…öü😀']],
  ['event names the type', 'event: test\ndata: x\n\ndata: y\n\n', ['test||x', 'message||y']],
  ['event after data', 'data: x\nevent: test\n\n', ['test||x']],
  ['the last event field counts', 'event: a\nevent: b\ndata: x\n\n', ['b||x']],
  ['empty event resets the type', 'event: a\nevent:\ndata: x\n\n', ['message||x']],
  ['event without a colon resets the type', 'event: a\nevent\ndata: x\n\n', ['message||x']],
  ['the type of an event without data is dropped', 'event: a\n\ndata: x\n\n', ['message||x']],
  ['type beyond ASCII', 'event: ünï\ndata: x\n\n', ['ünï||x']],
  ['id persists', 'id: 1\ndata: x\n\ndata: y\n\n', ['message|1|x', 'message|1|y']],
  ['id after data', 'data: x\nid: 7\n\n', ['message|7|x']],
  [
    'empty id resets',
    'id: 1\ndata: x\n\nid:\ndata: y\n\nid: 2\ndata: z\n\nid\ndata: w\n\n',
    ['message|1|x', 'message||y', 'message|2|z', 'message||w'],
  ],
  ['the last id counts', 'id: 1\nid: 22\ndata: x\n\n', ['message|22|x']],
  ['an id with NUL is ignored', 'id: 1\ndata: x\n\nid: a\0b\ndata: y\n\n', ['message|1|x', 'message|1|y']],
  ['an id with NUL leaves the one before it', 'id: abc\nid: 12\0\ndata: y\n\n', ['message|abc|y']],
  ['an id without data counts from its blank line', 'id: 5\n\ndata: x\n\n', ['message|5|x']],
  ['a long id', `id: ${'9'.repeat(40)}\ndata: x\n\nid: 3\ndata: y\n\n`, [`message|${'9'.repeat(40)}|x`, 'message|3|y']],
  ['white space in an id', 'id:  1 \ndata: x\n\n', ['message| 1 |x']],
  ['an id that a NUL follows in the next event', 'id: 1\n\nid: \0\n\ndata: x\n\n', ['message|1|x']],
  ['id beyond ASCII', 'id: …\ndata: x\n\n', ['message|…|x']],
  ['retry', 'retry: 3000\ndata: x\n\n', ['#retry 3000', 'message||x']],
  ['retry counts at once', 'retry:1\n', ['#retry 1']],
  [
    'the last retry counts, a bogus or empty one changes nothing',
    'retry:1\nretry:20\nretry:3x\nretry\n',
    ['#retry 1', '#retry 20'],
  ],
  ['retry in an event without data', 'retry: 50\n\ndata: x\n\n', ['#retry 50', 'message||x']],
  ['leading zeros in retry', 'retry: 007\n', ['#retry 7']],
  ['bogus retry', 'retry: 1000x\nretry: -1\nretry: 1.5\nretry:  1\nretry: 1e3\nretry:\nretry\n', []],
  ['retry saturates at what a timer takes', 'retry: 99999999999999999999\n', ['#retry 2147483647']],
  [
    'unknown and bogus fields',
    'foo: bar\n data: x\nDATA: x\ndatas: x\ndat: x\nd\nids: 3\nevents: t\n  :\ndata: y\n\n',
    ['message||y'],
  ],
  [
    'well and ill-formed fields in turn',
    'data:\0\ndata:  b\rData:x\ndata\0:x\ndata:c\r\0data:x\nda-ta:x\rdata_x\ndata:d\rdata:\r\n data:x\ndata:e\n\n',
    ['message||\0\n b\nc\nd\n\ne'],
  ],
  ['a line of white space alone is a field, not the end of an event', 'data: a\n \ndata: b\n\n', ['message||a\nb']],
  ['a field whose name is cut from its colon', 'data\n:a\n\n', ['#comment', 'message||']],
  ['colons in values', 'data: a:b: c\n\ndata::\n\n', ['message||a:b: c', 'message||:']],
  ['the last, partial event is dropped', 'data: a\n\ndata: b\n', ['message||a']],
  ['the last, partial line is dropped', 'data: a\n\ndata: b', ['message||a']],
  ['a partial field name is dropped', 'dat', []],
  [
    'a tick',
    'id: 12\ndata: {"seq":12,"due":123456789012,"pad":"xxxx"}\n\n',
    ['message|12|{"seq":12,"due":123456789012,"pad":"xxxx"}'],
  ],
];

for (const [name, stream, expected] of vectors) {
  test(`event stream, under every split: ${name}`, () => {
    const bytes = Buffer.from(stream);
    for (const cuts of everySplit(bytes.length)) {
      assert.deepEqual(parse(bytes, cuts).seen, expected, `cut at ${cuts.join()}`);
    }
  });
}

test('bytes that only begin like a byte order mark are part of the first line', () => {
  for (const head of [[0xef], [0xef, 0xbb], [0xef, 0xbb, 0x64]]) {
    const bytes = Buffer.concat([Buffer.from(head), Buffer.from('data: lost\ndata: a\n\n')]);
    for (const cuts of everySplit(bytes.length)) assert.deepEqual(parse(bytes, cuts).seen, ['message||a']);
  }
});

test('bytes that are not UTF-8 are what browsers make of them once they are decoded', () => {
  for (const bad of [[0xff], [0xc3], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xc0, 0x80]]) {
    const bytes = Buffer.concat([
      Buffer.from('id: a'),
      Buffer.from(bad),
      Buffer.from('\nevent: b'),
      Buffer.from(bad),
      Buffer.from('\ndata: c'),
      Buffer.from(bad),
      Buffer.from('\n\ndata: d\n\n'),
    ]);
    const decoded = Buffer.from(bad).toString();
    const expected = [`b${decoded}|a${decoded}|c${decoded}`, `message|a${decoded}|d`];
    for (const cuts of everySplit(bytes.length)) assert.deepEqual(parse(bytes, cuts).seen, expected);
  }
});

test('the last event id is that of the last event that ended', () => {
  const bytes = Buffer.from('id: 1\ndata: x\n\nid: 22\ndata: y\n');
  for (const cuts of everySplit(bytes.length)) assert.equal(parse(bytes, cuts).lastEventId, '1');
});

test('close drops the partial event and keeps the last event id for the next stream', () => {
  const first = Buffer.from('id: 1\ndata: x\n\nid: 2\nevent: t\ndata: lost\ndata: li');
  const second = Buffer.from(`${BOM}data: y\n\n`);
  for (let cut = 0; cut <= first.length; cut++) {
    const seen: Seen = [];
    const parser = new SseParser(42, recorder(seen));
    const push = parser.push.bind(parser);
    pushInReads(first, [cut], push);
    parser.close();
    pushInReads(second, [cut % second.length], push);
    assert.deepEqual(seen, ['message|1|x', 'message|1|y']);
  }
});

test('a line, and an event of many lines, above the bound fails once and is ignored from there on', () => {
  const max = 20;
  const fits = ['data: 12345678901234\n\n', 'data: 1234567\ndata: 123456789012\n\n'];
  const tooLarge = ['data: 123456789012345\n\n', 'data: 12345678\ndata: 123456789012\n\n', ':'.repeat(21)];
  for (const stream of fits) {
    const bytes = Buffer.from(stream);
    for (const cuts of everySplit(bytes.length)) {
      assert.equal(parse(bytes, cuts, max).seen.filter((entry) => entry.startsWith('message')).length, 1, stream);
    }
  }
  for (const stream of tooLarge) {
    const bytes = Buffer.from(`${stream}\n\ndata: a\n\n`);
    for (const cuts of everySplit(bytes.length)) assert.deepEqual(parse(bytes, cuts, max).seen, ['#SSE_TOO_LARGE']);
  }
});

test('a comment a second for ever does not fill the memory of a stream without events', () => {
  const bytes = Buffer.from(': still here\n'.repeat(100));
  for (const cut of [0, 5, 500])
    assert.equal(parse(bytes, [cut], 20).seen.filter((entry) => entry !== '#comment').length, 0);
});

const dataLine = (bytes: number): Buffer => Buffer.from(`data: ${'x'.repeat(bytes - 6)}\n\n`);

test('one mebibyte passes by default, one byte more does not', () => {
  const whole = parse(dataLine(1024 * 1024), [70_000, 100_001]).seen;
  assert.equal(whole[0]?.length, 'message||'.length + 1024 * 1024 - 6);
  assert.deepEqual(parse(dataLine(1024 * 1024 + 1), [70_000]).seen, ['#SSE_TOO_LARGE']);
});

const field = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('data', 'id', 'event', 'retry', '') },
  { weight: 1, arbitrary: fc.constantFrom('dat', 'datax', 'i', 'Event', ' data', '\uFEFFdata') },
);
const value = fc.oneof(
  fc.constantFrom('', ' ', '0', '12', '1234567', 'x', ':', ' :', '\0', '\uFEFF', 'ünï…😀'),
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.toWellFormed().replaceAll(/[\r\n]/g, '')),
  fc.integer({ min: 200, max: 900 }).map((length) => 'long'.repeat(length / 4)),
);
const line = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(field, fc.constantFrom(':', ': '), value).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: field },
  { weight: 4, arbitrary: fc.constant('') },
);
const stream = fc
  .tuple(
    fc.constantFrom('', BOM),
    fc.array(fc.tuple(line, fc.constantFrom('\n', '\n', '\r', '\r\n')), { maxLength: 30 }),
    line,
  )
  .map(([mark, lines, rest]) => mark + lines.flat().join('') + rest);
const fractions = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 8 });

test('between two events, what was read before changes nothing but the last event id', () => {
  const withoutId = (entry: string): string => entry.replace(/\|.*?\|/s, '|');
  const make = (seen: Seen) => {
    const parser = new SseParser(42, recorder(seen));
    const push = parser.push.bind(parser);
    // A parser that has read nothing still expects a byte order mark.
    pushInReads(Buffer.from('\n'), [], push);
    return { push, isBetween: () => parser.isBetweenMessages };
  };
  fc.assert(
    fc.property(stream, (text) => {
      fromEveryBoundary(Buffer.from(text), make, (fresh, rest) => {
        assert.deepEqual(fresh.map(withoutId), rest.map(withoutId));
      });
    }),
    { numRuns: 500 },
  );
});

test('equals eventsource-parser for any stream and any split', () => {
  fc.assert(
    fc.property(stream, fractions, (text, at) => {
      const expected: Seen = [];
      let lastEventId = '';
      const reference = createParser({
        onEvent: (event) => expected.push(`${event.event ?? 'message'}|${lastEventId}|${event.data}`),
        onId: (id) => (lastEventId = id),
        onRetry: (ms) => expected.push(`#retry ${Math.min(ms, 2 ** 31 - 1)}`),
        onComment: () => expected.push('#comment'),
      });
      reference.feed(text);
      const bytes = Buffer.from(text);
      const actual = parse(bytes, toCuts(at, bytes.length));
      assert.deepEqual(actual, { seen: expected, lastEventId });
    }),
    { numRuns: 3000 },
  );
});

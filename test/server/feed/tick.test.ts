import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { MAX_PAYLOAD_BYTES, MIN_PAYLOAD_BYTES, tickEncoder } from '../../../server/feed/tick.ts';
import { findTokenStart, readToken, seqAt } from '../../../server/feed/token.ts';

test('the wire form is JSON of exactly the payload size, whatever its numbers', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: MIN_PAYLOAD_BYTES, max: 5000 }),
      fc.integer({ min: 1, max: 2 ** 40 }),
      fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
      fc.nat(),
      (payloadBytes, seq, dueUs, seed) => {
        const tick = tickEncoder(payloadBytes, seed)(seq, dueUs);
        assert.equal(tick.bytes.length, payloadBytes);
        assert.equal(tick.bytes.toString('latin1'), tick.text);
        const message = JSON.parse(tick.text) as { tick: string };
        assert.deepEqual(Object.keys(message), ['tick']);
        assert.deepEqual(readToken(message.tick), { seq, dueUs });
        assert.equal(tick.token.toString('latin1'), message.tick);
      },
    ),
  );
});

test('the same seed gives the same bytes, another seed or tick gives others', () => {
  const encode = tickEncoder(128, 7);
  assert.equal(tickEncoder(128, 7)(5, 1000).text, encode(5, 1000).text);
  assert.notEqual(tickEncoder(128, 8)(5, 1000).text, encode(5, 1000).text);
  assert.notEqual(encode(6, 1000).text.slice(20), encode(5, 1000).text.slice(20));
});

test('a payload that cannot hold a tick is refused', () => {
  assert.throws(() => tickEncoder(MIN_PAYLOAD_BYTES - 1, 1), RangeError);
  assert.throws(() => tickEncoder(MAX_PAYLOAD_BYTES + 1, 1), RangeError);
});

test('a token is found in any envelope that keeps letters, digits and underscores', () => {
  const { text } = tickEncoder(128, 7)(1234, 5);
  const token = (JSON.parse(text) as { tick: string }).tick;
  const envelopes = [
    text,
    JSON.stringify({ channel: 'ticks', data: text }),
    JSON.stringify(JSON.stringify({ event: 'tick', data: text })),
    `42["tick",${text}]`,
    encodeURIComponent(text),
    text.replaceAll('"', '&quot;'),
    `\0\u0081pb1_x pb1__${token}`,
  ];
  for (const envelope of envelopes) {
    const bytes = Buffer.from(envelope, 'latin1');
    const at = findToken(bytes, 0);
    assert.equal(bytes.toString('latin1', at, at + token.length), token, envelope);
    assert.equal(seqAt(bytes, at, bytes.length), 1234);
    assert.equal(findToken(bytes, at + 1), -1);
  }
});

/** Where the first token at or after `from` begins; -1 where there is none. */
function findToken(bytes: Uint8Array, from: number): number {
  let at = findTokenStart(bytes, from, bytes.length);
  while (at >= 0 && seqAt(bytes, at, bytes.length) < 0) at = findTokenStart(bytes, at + 1, bytes.length);
  return at;
}

test('what is no token is told', () => {
  for (const text of ['', 'pb1_', 'pb1_7', 'pb1_7x', 'pb1__7_', 'pb2_7_70_x_', '{"tick":"pb1_x_"}']) {
    assert.equal(findToken(Buffer.from(text), 0), -1, text);
    assert.equal(readToken(text), null, text);
  }
  assert.equal(seqAt(Buffer.from('pb1_12_'), 0, 6), -1, 'a number whose end has not come may go on');
});

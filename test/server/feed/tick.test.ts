import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { MAX_PAYLOAD_BYTES, MIN_PAYLOAD_BYTES, readSeq, tickEncoder } from '../../../server/feed/tick.ts';

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
        const { pad, ...rest } = JSON.parse(tick.text) as { seq: number; due: number; pad: string };
        assert.deepEqual(rest, { seq, due: dueUs });
        assert.match(pad, /^[A-Za-z0-9]*$/);
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

test('the sequence number is read in place, and what is no tick is told', () => {
  const padded = Buffer.from('xx{"seq":1234,"due":5,"pad":""}yy');
  assert.equal(readSeq(padded, 2, padded.length - 2), 1234);
  for (const text of ['', '{"seq":', '{"seq":x', '{"sec":1', '[1]']) {
    assert.equal(readSeq(Buffer.from(text), 0, text.length), -1, text);
  }
});

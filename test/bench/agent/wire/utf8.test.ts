import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { continueUtf8, UTF8_COMPLETE, UTF8_INVALID } from '../../../../bench/agent/wire/utf8.ts';

/** Every boundary of the table in RFC 3629 section 4. */
const EDGES = [
  0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0,
  0xf1, 0xf3, 0xf4, 0xf5, 0xff,
];

test('equals isUtf8 for all sequences of up to four boundary bytes', () => {
  const bytes = Buffer.alloc(4);
  const check = (length: number): void => {
    const isValid = continueUtf8(UTF8_COMPLETE, bytes, 0, length) === UTF8_COMPLETE;
    if (isValid !== isUtf8(bytes.subarray(0, length))) assert.fail(bytes.subarray(0, length).toString('hex'));
    if (length === 4) return;
    for (const edge of EDGES) {
      bytes[length] = edge;
      check(length + 1);
    }
  };
  check(0);
});

test('equals isUtf8 for any text, damaged or not, in any pieces', () => {
  const text = fc.tuple(fc.string({ unit: 'binary', maxLength: 30 }), fc.nat(400)).map(([part, length]) => {
    const once = part.toWellFormed() || 'é';
    return Buffer.from(once.repeat(1 + length / once.length));
  });
  const damage = fc.option(fc.tuple(fc.nat(), fc.nat(255)), { freq: 3 });
  fc.assert(
    fc.property(text, damage, fc.array(fc.nat(), { maxLength: 4 }), (bytes, hit, cuts) => {
      if (hit !== null) bytes[hit[0] % bytes.length] = hit[1];
      const offsets = [...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
      let state = UTF8_COMPLETE;
      let from = 0;
      for (const to of offsets) {
        if (state !== UTF8_INVALID) state = continueUtf8(state, bytes, from, to);
        from = to;
      }
      assert.equal(state === UTF8_COMPLETE, isUtf8(bytes));
    }),
    { numRuns: 5000 },
  );
});

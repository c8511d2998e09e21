import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { corrupted, emissionOf, NO_FAULTS } from '../../../server/feed/faults.ts';
import { tickEncoder } from '../../../server/feed/tick.ts';
import { findTokenStart, seqAt } from '../../../server/feed/token.ts';

const sequence = (faults: Partial<typeof NO_FAULTS>, last: number) =>
  Array.from({ length: last }, (_, index) => emissionOf({ ...NO_FAULTS, ...faults }, index + 1)).flat();

test('without faults every tick is sent once, in order', () => {
  assert.deepEqual(sequence({}, 5), [1, 2, 3, 4, 5]);
});

test('every n-th tick is lost, doubled, or sent after the next one', () => {
  assert.deepEqual(sequence({ loseEvery: 3 }, 7), [1, 2, 4, 5, 7]);
  assert.deepEqual(sequence({ duplicateEvery: 3 }, 7), [1, 2, 3, 3, 4, 5, 6, 6, 7]);
  assert.deepEqual(sequence({ reorderEvery: 3 }, 7), [1, 2, 4, 3, 5, 7, 6]);
});

test('reordering loses nothing', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 20 }), fc.integer({ min: 1, max: 200 }), (reorderEvery, last) => {
      const sent = sequence({ reorderEvery }, last + 1).filter((seq) => seq <= last);
      assert.deepEqual(
        sent.toSorted((a, b) => a - b),
        Array.from({ length: last }, (_, index) => index + 1),
      );
    }),
  );
});

test('a corrupted tick is JSON with the same number and another byte', () => {
  const tick = tickEncoder(128, 3)(9, 1000);
  const { bytes, text } = corrupted(tick);
  assert.equal(bytes.length, tick.bytes.length);
  assert.equal(seqAt(bytes, findTokenStart(bytes, 0, bytes.length), bytes.length), 9);
  assert.ok(JSON.parse(text));
  assert.equal([...bytes].filter((byte, index) => byte !== tick.bytes[index]).length, 1);
});

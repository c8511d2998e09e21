import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createHistogram, encode, record, Tally, unpack } from '../../../../bench/agent/measure/histogram.ts';

test('a tally counts in the same buckets as the library', () => {
  const value = fc.oneof(fc.nat(5000), fc.nat(10_000_000), fc.integer({ min: 3_000_000_000, max: 5_000_000_000 }));
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), (values) => {
      const tally = new Tally();
      const histogram = createHistogram();
      for (const us of values) {
        tally.record(us);
        record(histogram, us);
      }
      const counted = tally.histogram();
      assert.equal(tally.total, values.length);
      for (let percentile = 0; percentile <= 100; percentile += 0.5) {
        assert.equal(counted.getValueAtPercentile(percentile), histogram.getValueAtPercentile(percentile));
        if (percentile > 0)
          assert.equal(tally.valueAtPercentile(percentile), histogram.getValueAtPercentile(percentile));
      }
    }),
  );
});

test('fractions are rounded, and a tally that was reset is empty', () => {
  const tally = new Tally();
  tally.record(1.4);
  tally.record(1.5);
  assert.deepEqual([tally.histogram().getValueAtPercentile(50), tally.histogram().getValueAtPercentile(100)], [1, 2]);
  tally.reset();
  assert.equal(tally.total, 0);
  assert.equal(tally.histogram().totalCount, 0);
});

test('what is taken from a tally is all that was counted, and leaves it empty', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(10_000_000), { maxLength: 200 }), (values) => {
      const tally = new Tally();
      for (const us of values) tally.record(us);
      const before = encode(tally.histogram());
      assert.equal(encode(unpack(tally.take())), before);
      assert.deepEqual([tally.total, tally.valueAtPercentile(50)], [0, 0]);
    }),
  );
});

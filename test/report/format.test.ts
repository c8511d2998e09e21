import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration, formatIn, formatNumber, humanise, listing, scaleFor } from '../../report/format.ts';

test('figures have about three significant digits and keep whole thousands', () => {
  const cases: [number, string][] = [
    [0, '0'],
    [0.0123, '0.012'],
    [1, '1.00'],
    [4.1, '4.10'],
    [9.999, '10.0'],
    [41.26, '41.3'],
    [99.97, '100'],
    [503.4, '503'],
    [12_345.6, '12,346'],
    [-2.5, '-2.50'],
  ];
  for (const [value, text] of cases) assert.equal(formatNumber(value), text);
});

test('a column has one unit, chosen by its largest figure', () => {
  const scale = scaleFor('us', [412, 503_000]);
  assert.deepEqual(scale, { unit: 'ms', divisor: 1000 });
  assert.equal(formatIn(scale, 412), '0.41');
  assert.equal(humanise('us', 412), '412 µs');
  assert.equal(humanise('bytes', 9216), '9.00 KiB');
  assert.equal(humanise('bytes', 132), '132 B');
  assert.equal(humanise('count', 3), '3');
  assert.equal(humanise('cores', 0.31), '0.31 cores');
});

test('a coverage below one is never written as 100 %', () => {
  assert.equal(humanise('ratio', 1), '100 %');
  assert.equal(humanise('ratio', 0.999_999_9), '99.999 %');
  assert.equal(humanise('ratio', 0.9995), '99.95 %');
});

test('durations and lists read as English', () => {
  assert.equal(formatDuration(250), '250 ms');
  assert.equal(formatDuration(1500), '1.5 s');
  assert.equal(formatDuration(212_000), '3 min 32 s');
  assert.equal(listing(['a', 'b', 'c']), 'a, b and c');
});

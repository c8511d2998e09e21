import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import {
  enumerate,
  formatBytes,
  formatClock,
  formatCount,
  formatDuration,
  formatFigure,
  formatMicros,
  spellDuration,
  scaleFor,
  humanise,
  formatNumber,
  formatIn,
  parseCount,
  parseDuration,
  parseRate,
  parseSize,
} from '../../../bench/basics/amounts.ts';

const NEVER = [
  '',
  ' ',
  '-1',
  '+1',
  '1e3',
  '0x10',
  'NaN',
  'Infinity',
  '1,000',
  '1_000',
  '.5',
  '5.',
  '1 s',
  '１',
  's',
  '1ss',
  '--5',
];

describe('units that people write', () => {
  it('reads durations, and refuses a number without a unit by saying which units there are', () => {
    for (const [text, value] of [
      ['500ms', 500],
      ['3s', 3000],
      ['1.5s', 1500],
      ['1.001s', 1001],
      ['2m', 120_000],
      ['1h', 3_600_000],
      ['0s', 0],
    ] as const) {
      assert.deepEqual(parseDuration(text), { value }, text);
    }
    assert.deepEqual(parseDuration('3'), { problem: 'has no unit; write 3s or 3ms' });
    assert.deepEqual(parseDuration('0.5ms'), { problem: 'is not a whole number of milliseconds' });
  });

  it('reads sizes with k as 1,024 and counts with k as 1,000', () => {
    assert.deepEqual(parseSize('128'), { value: 128 });
    assert.deepEqual(parseSize('1k'), { value: 1024 });
    assert.deepEqual(parseSize('1.5k'), { value: 1536 });
    assert.deepEqual(parseCount('1000'), { value: 1000 });
    assert.deepEqual(parseCount('10k'), { value: 10_000 });
    assert.deepEqual(parseCount('1.5'), { problem: 'is not a whole number' });
    assert.deepEqual(parseSize('0.1k'), { problem: 'is not a whole number of bytes' });
  });

  it('reads rates with and without "per second"', () => {
    assert.deepEqual(parseRate('2000/s'), { value: 2000 });
    assert.deepEqual(parseRate('2000'), { value: 2000 });
    assert.deepEqual(parseRate('2k/s'), { value: 2000 });
    assert.deepEqual(parseRate('0.5'), { value: 0.5 });
    assert.ok('problem' in parseRate('2000/m'));
  });

  it('refuses signs, exponents, hex, names of numbers, spaces and separators', () => {
    for (const parse of [parseDuration, parseSize, parseCount, parseRate]) {
      for (const text of NEVER) assert.ok('problem' in parse(text), `${parse.name} took ${JSON.stringify(text)}`);
    }
  });

  it('never takes a text for something that is not a number of 0 or more', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const parse of [parseDuration, parseSize, parseCount, parseRate]) {
          const parsed = parse(text);
          if ('value' in parsed) assert.ok(parsed.value >= 0);
        }
      }),
    );
  });
});

describe('units that people read', () => {
  it('writes durations the way that they are read back', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e9 }), (ms) => assert.deepEqual(parseDuration(formatDuration(ms)), { value: ms })),
    );
    assert.equal(formatDuration(90_000), '90s');
    assert.equal(formatDuration(120_000), '2m');
  });

  it('writes counts with thousands apart, and nothing else added', () => {
    fc.assert(
      fc.property(fc.nat(), (value) => {
        const text = formatCount(value);
        assert.equal(Number(text.replaceAll(',', '')), value);
        assert.match(text, /^\d{1,3}(,\d{3})*$/);
      }),
    );
  });

  it('writes figures with three significant digits and no exponent', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1e9, noNaN: true }), (value) => {
        const text = formatFigure(value);
        assert.match(text, /^[\d,]+(\.\d+)?$/);
        assert.ok(Math.abs(Number(text.replaceAll(',', '')) - value) <= value * 0.0051, `${value} as ${text}`);
      }),
    );
    assert.equal(formatFigure(0), '0');
    assert.equal(formatFigure(Number.NaN), '-');
  });

  it('chooses the unit that reads best', () => {
    assert.equal(formatMicros(12.34), '12.3 us');
    assert.equal(formatMicros(1234), '1.23 ms');
    assert.equal(formatMicros(999.7), '1.00 ms');
    assert.equal(formatMicros(501_000), '501 ms');
    assert.equal(formatMicros(4_560_000), '4.56 s');
    assert.equal(formatBytes(128), '128 B');
    assert.equal(formatBytes(1536), '1.50 KiB');
    assert.equal(formatBytes(1024 ** 2 * 12.3), '12.3 MiB');
    assert.equal(formatClock(108_000), '01:48');
    assert.equal(formatClock(3_723_000), '1:02:03');
    assert.equal(formatClock(-5000), '00:00');
  });
});

describe('figures of tables and charts', () => {
  it('figures have about three significant digits and keep whole thousands', () => {
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

  it('a column has one unit, chosen by its largest figure', () => {
    const scale = scaleFor('us', [412, 503_000]);
    assert.deepEqual(scale, { unit: 'ms', divisor: 1000 });
    assert.equal(formatIn(scale, 412), '0.41');
    assert.equal(humanise('us', 412), '412 µs');
    assert.equal(humanise('bytes', 9216), '9.00 KiB');
    assert.equal(humanise('bytes', 132), '132 B');
    assert.equal(humanise('count', 3), '3');
    assert.equal(humanise('cores', 0.31), '0.31 cores');
  });

  it('a coverage below one is never written as 100 %', () => {
    assert.equal(humanise('ratio', 1), '100 %');
    assert.equal(humanise('ratio', 0.999_999_9), '99.999 %');
    assert.equal(humanise('ratio', 0.9995), '99.95 %');
  });

  it('durations and lists read as English', () => {
    assert.equal(spellDuration(250), '250 ms');
    assert.equal(spellDuration(1500), '1.5 s');
    assert.equal(spellDuration(212_000), '3 min 32 s');
    assert.equal(enumerate(['a', 'b', 'c']), 'a, b and c');
  });
});

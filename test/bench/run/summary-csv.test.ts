import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summaryCsv } from '../../../bench/run/summary-csv.ts';
import { csvField } from '../../../bench/result/csv-field.ts';
import { METRICS } from '../../../bench/judge/metrics.ts';
import { fixtureResult } from '../../helpers/result-fixture.ts';

test('a field is quoted where it must be, and no text is taken for a formula', () => {
  assert.equal(csvField('a,"b"\n'), '"a,""b""\n"');
  for (const text of ['=1+1', '+1', '-1', '@x', '\tx']) assert.equal(csvField(text).replaceAll('"', '')[0], "'", text);
  assert.equal(csvField(-1.5), '-1.5');
  assert.equal(csvField(null), '');
});

test('every cell is one line, with each metric and its interval', () => {
  const { cells } = fixtureResult({ blocks: 6 });
  const [header, ...rows] = summaryCsv(cells)
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(','));
  assert.equal(rows.length, cells.length);
  assert.equal(header!.length, 9 + METRICS.length * 3);
  const column = header!.indexOf('p99_us');
  assert.ok(column > 0);
  rows.forEach((row, index) => {
    assert.equal(row.length, header!.length);
    assert.equal(Number(row[column]), cells[index]!.metrics['p99']!.median);
    assert.equal(Number(row[column + 1]), cells[index]!.metrics['p99']!.low);
  });
});

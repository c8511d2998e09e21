import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matrixCsv } from '../../report/csv.ts';
import { csvField } from '../../bench/result/csv-field.ts';
import { pageData } from '../../report/figures/page-data.ts';
import { fixtureResult } from '../helpers/result-fixture.ts';

test('text that a spreadsheet would run is neutralised, numbers are not', () => {
  assert.equal(csvField('=1+1'), "'=1+1");
  assert.equal(csvField('@a,"b"'), `"'@a,""b"""`);
  assert.equal(csvField(-3), '-3');
  assert.equal(csvField(null), '');
});

test('the matrix in long form holds every figure of the result', () => {
  const result = fixtureResult({ blocks: 6 });
  const lines = matrixCsv(pageData(result)).trimEnd().split('\r\n');
  const figures = result.cells.reduce((sum, cell) => sum + Object.keys(cell.metrics).length, 0);
  assert.equal(lines.length, figures + 1);
  const { median, low, high } = result.cells[1]!.metrics['p99']!;
  assert.ok(lines.includes(`sse,1000,10,128,,lean,prepared,true,p99,us,${median},${low},${high},6`));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { METRICS } from '../../bench/judge/metrics.ts';
import { matrixCsv, trialsCsv } from '../../report/csv.ts';
import { csvField } from '../../bench/result/csv-field.ts';
import { AGENT_SATURATED, fixtureResult, hostileResult, VALID } from '../helpers/result-fixture.ts';

test('text that a spreadsheet would run is neutralised, numbers are not', () => {
  assert.equal(csvField('=1+1'), "'=1+1");
  assert.equal(csvField('@a,"b"'), `"'@a,""b"""`);
  assert.equal(csvField(-3), '-3');
  assert.equal(csvField(null), '');
});

test('the matrix in long form holds every figure of the result', () => {
  const result = fixtureResult({ blocks: 6 });
  const lines = matrixCsv(result).trimEnd().split('\r\n');
  const figures = result.cells.reduce((sum, cell) => sum + Object.keys(cell.metrics).length, 0);
  assert.equal(lines.length, figures + 1);
  const { median, low, high } = result.cells[1]!.metrics['p99']!;
  assert.ok(lines.includes(`sse,1000,10,128,,lean,prepared,true,p99,us,${median},${low},${high},6`));
});

test('the trials in long form hold every figure of every trial, also of invalid ones, with what is wrong', () => {
  const result = fixtureResult({ blocks: 2, validity: (_, block) => (block === 1 ? AGENT_SATURATED : VALID) });
  const lines = trialsCsv(result).trimEnd().split('\r\n').slice(1);
  const figures = result.trials.flatMap((trial) => METRICS.filter(({ of }) => of(trial) !== null));
  assert.equal(lines.length, figures.length);
  const trial = result.trials.find(({ cell, block }) => cell.transport === 'polling' && block === 1)!;
  const place = `polling,1000,10,128,1000,lean,prepared,2,${trial.order + 1},1,invalid,AGENT_SATURATED`;
  assert.ok(lines.includes(`${place},p99,us,${trial.latencyUs.p99}`));
});

test('no field of a hostile result begins as a formula', () => {
  const hostile = hostileResult();
  const named = hostile.trials.map((trial) => ({ ...trial, cell: { ...trial.cell, transport: '=cmd()' } }));
  for (const line of trialsCsv({ ...hostile, trials: named })
    .trimEnd()
    .split('\r\n')
    .slice(1))
    assert.match(line, /^'=cmd\(\),/);
});

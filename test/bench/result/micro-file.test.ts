import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MICRO_FILE, readMicro } from '../../../bench/result/micro-file.ts';
import { fixtureResult, MICRO } from '../../helpers/result-fixture.ts';

test('figures of the micro-benchmark are taken only from a machine and a Node like these', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pushbench-micro-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const { environment } = fixtureResult({ blocks: 1 });
  assert.equal(readMicro(folder, environment), undefined, 'none were measured');

  writeFileSync(join(folder, MICRO_FILE), JSON.stringify(MICRO));
  assert.deepEqual(readMicro(folder, environment), MICRO);
  assert.equal(readMicro(folder, { ...environment, node: '27.0.0' }), undefined);
  assert.equal(readMicro(folder, { ...environment, cpuModel: 'another' }), undefined);

  writeFileSync(join(folder, MICRO_FILE), JSON.stringify({ ...MICRO, results: [{ step: 'unknown' }] }));
  assert.equal(readMicro(folder, environment), undefined, 'a file of another shape is passed over');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COST_ROWS, costsOf, keyOf, SUBJECTS } from '../../../../bench/lab/self/costs.ts';
import type { Usage } from '../../../../bench/lab/self/subject.ts';

const usage = (agentCpuUs: number, serverCpuUs: number): Usage => ({
  messages: 1000,
  serverCpuUs,
  agentCpuUs,
  serverUtilisation: 0.5,
  agentUtilisation: 0.25,
  server: { rssBytes: 0, heldBytes: 0 },
  agent: { rssBytes: 0, heldBytes: 0 },
  openMs: 1,
  connectP99Us: 1,
  bytesPerMessage: 149,
});

test('every side of every transport is held against a control that runs in the same block', () => {
  for (const { side, subject, control } of COST_ROWS) {
    assert.equal(control.transport, subject.transport);
    assert.equal(control[side], 'control');
    const other = side === 'agent' ? 'server' : 'agent';
    assert.equal(control[other], subject[other], 'the other side is the same');
  }
  assert.equal(new Set(SUBJECTS.map(keyOf)).size, SUBJECTS.length);
});

test('a slow block slows subject and control alike, and leaves the ratio as it is', () => {
  const lean = { transport: 'sse', server: 'prepared', agent: 'lean' } as const;
  const reads = { ...lean, agent: 'control' } as const;
  const blocks = [1, 1, 3, 1, 2, 1].map(
    (slowness) =>
      new Map([
        [keyOf(lean), usage(12_000 * slowness, 1)],
        [keyOf(reads), usage(10_000 * slowness, 1)],
      ]),
  );
  const [cost, ...others] = costsOf(blocks);
  assert.deepEqual(others, [], 'what was not measured has no row');
  assert.equal(cost!.cpuUs, 12);
  assert.equal(cost!.controlCpuUs, 10);
  assert.ok(Math.abs(cost!.ratio - 1.2) < 1e-9);
  assert.ok(Math.abs(cost!.ratioLow! - 1.2) < 1e-9 && Math.abs(cost!.ratioHigh! - 1.2) < 1e-9);
});

test('a block in which one of the two could not be measured counts for neither', () => {
  const lean = { transport: 'sse', server: 'prepared', agent: 'lean' } as const;
  const [cost] = costsOf([
    new Map([[keyOf(lean), usage(50_000, 1)]]),
    new Map([
      [keyOf(lean), usage(11_000, 1)],
      [keyOf({ ...lean, agent: 'control' }), usage(10_000, 1)],
    ]),
  ]);
  assert.equal(cost!.blocks, 1);
  assert.equal(cost!.cpuUs, 11);
  assert.equal(cost!.ratioLow, null, 'one block gives no interval');
});

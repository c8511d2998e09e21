import assert from 'node:assert/strict';
import { test } from 'node:test';
import { METRICS } from '../../../bench/judge/metrics.ts';
import type { Trial } from '../../../bench/result/schema.ts';
import { fixtureResult } from '../../helpers/result-fixture.ts';

const trial: Trial = fixtureResult({ blocks: 1, transports: ['sse'] }).trials[0]!;
const valueOf = (id: string, of: Trial) => METRICS.find((metric) => metric.id === id)!.of(of);

test('what the witnesses are too few to tell is left out', () => {
  const seenBy = (count: number): Trial => ({
    ...trial,
    latencyUs: { ...trial.latencyUs, count },
    witnesses: {
      clients: 64,
      ledger: trial.ledger,
      readLagP99Us: 0,
      utilisation: 0,
      niceness: 0,
      loadNiceness: [19],
      loadLatencyUs: trial.latencyUs,
    },
  });
  assert.equal(valueOf('p999', seenBy(9_999)), null);
  assert.equal(valueOf('p999', seenBy(10_000)), trial.latencyUs.p999);
  assert.equal(valueOf('max', seenBy(1_000_000)), null, 'of a part there is no maximum of all');
  assert.equal(valueOf('p99', seenBy(1_000)), trial.latencyUs.p99);
  assert.equal(
    valueOf('max', { ...trial, witnesses: null }),
    trial.latencyUs.max,
    'without witnesses all clients tell',
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrialEvidence } from '../../../bench/trial/evidence.ts';
import { publishFigures, receiptFigures } from '../../../bench/trial/split-figures.ts';
import type { ForeignSample, PublishedTick } from '../../../server/control.ts';
import { fixtureResult } from '../../helpers/result-fixture.ts';

/** A tick a second, the first one at 1 s: tick 11 is due at 11 s. */
const SCHEDULE = { startUs: 1e6, rateHz: 1 };
const dueUs = (seq: number) => seq * 1e6;

const tick = (seq: number, sentAfterUs: number, acknowledgedAfterUs: number | null): PublishedTick => ({
  seq,
  sentUs: dueUs(seq) + sentAfterUs,
  acknowledgedUs: acknowledgedAfterUs === null ? null : dueUs(seq) + acknowledgedAfterUs,
});

const { plan } = fixtureResult({ transports: ['mine:sse'] });

/** What a trial knows of a window of ticks 11 to 13, after whose drain, at 20 s, the publisher told this. */
function evidenceOf(publish: ForeignSample['publish'], by: 'stdin' | 'http' = 'http'): TrialEvidence {
  const target = {
    name: 'mine',
    start: { command: ['./mine'] },
    publish: by === 'stdin' ? by : { http: { path: '/publish' } },
    transports: { sse: { path: '/events' } },
  };
  const held = { publish } as unknown as ForeignSample;
  return {
    spec: { cell: plan.cells[0]!, settings: { ...plan.settings, targets: [target] } },
    schedule: SCHEDULE,
    window: { startUs: dueUs(10.5), endUs: dueUs(13.5), firstSeq: 11, lastSeq: 13 },
    drainEndUs: 20e6,
    server: { held: [held] },
  } as unknown as TrialEvidence;
}

test('only ticks of the measured window count, each step since it was due', () => {
  const ticks = [10, 11, 12, 13, 14].map((seq) =>
    tick(seq, seq === 10 || seq === 14 ? 9e5 : 100 * seq, 100 * seq + 50),
  );
  const { by, published, failed, failure, unacknowledged, sentUs, acknowledgedUs, answerUs } = publishFigures(
    evidenceOf(ticks),
  )!;
  assert.deepEqual([by, published, failed, failure, unacknowledged], ['http', 3, 0, undefined, 0]);
  assert.deepEqual([sentUs.count, sentUs.min, sentUs.p50, sentUs.max], [3, 1100, 1200, 1300]);
  assert.deepEqual([acknowledgedUs.min, acknowledgedUs.p50, acknowledgedUs.max], [1150, 1250, 1350]);
  assert.deepEqual([answerUs.min, answerUs.max], [50, 50]);
  assert.equal(publishFigures(evidenceOf(ticks, 'stdin'))!.by, 'stdin');
});

test('a tick that is refused is counted with the first reason, one that is never answered waits until the end', () => {
  const refused = [11, 12].map((seq) => ({ ...tick(seq, 0, null), failure: `the server answered ${seq}` }));
  const figures = publishFigures(evidenceOf([...refused, tick(13, 0, null)]))!;
  assert.deepEqual([figures.published, figures.failed, figures.failure], [3, 2, 'the server answered 11']);
  assert.equal(figures.unacknowledged, 1);
  assert.deepEqual([figures.sentUs.count, figures.answerUs.count], [3, 1]);
  const waitedUs = 20e6 - dueUs(13);
  assert.ok(Math.abs(figures.answerUs.max / waitedUs - 1) < 0.001);
});

test('of a server that has told nothing, or is ours, there is nothing', () => {
  assert.equal(publishFigures(evidenceOf(null)), null);
  assert.equal(publishFigures(evidenceOf([])), null);
  assert.equal(publishFigures({ ...evidenceOf([tick(11, 0, 0)]), server: {} }), null);
  const ours = evidenceOf([tick(11, 0, 0)]);
  const cell = { ...ours.spec.cell, transport: 'sse' };
  assert.equal(publishFigures({ ...ours, spec: { ...ours.spec, cell } }), null);
});

test('first and last client are told since the tick was due, of the ticks that anyone had', () => {
  const seen = {
    firstReceiptsUs: [dueUs(11) + 500, null, dueUs(13) - 2],
    lastReceiptsUs: [dueUs(11) + 900, null, dueUs(13) + 700],
  };
  const { firstReceiptUs, lastReceiptUs } = receiptFigures(seen, SCHEDULE, 11);
  assert.deepEqual([firstReceiptUs.count, firstReceiptUs.min, firstReceiptUs.max], [2, 0, 500]);
  assert.deepEqual([lastReceiptUs.min, lastReceiptUs.max], [700, 900]);
});

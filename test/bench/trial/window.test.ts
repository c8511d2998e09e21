import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { createPlan } from '../../../bench/run/plan.ts';
import { timing } from '../../../bench/trial/timing.ts';
import { nextWindow, windowMistakes, windowText } from '../../../bench/trial/window.ts';
import { dueUs, firstDueFrom } from '../../../server/feed/schedule.ts';
import { runOptions } from '../../helpers/run-options.ts';

const asked = fc.record({
  startUs: fc.integer({ min: 0, max: 1e12 }),
  rateHz: fc.oneof(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0.01, max: 10_000, noNaN: true })),
  afterUs: fc.integer({ min: 0, max: 1e9 }),
  durationMs: fc.integer({ min: 100, max: 3_600_000 }),
});

test('a window is a whole number of ticks and ends, as it begins, halfway between two', () => {
  fc.assert(
    fc.property(asked, ({ startUs, rateHz, afterUs, durationMs }) => {
      const schedule = { startUs, rateHz };
      const periodUs = 1e6 / rateHz;
      const window = nextWindow(schedule, startUs + afterUs, durationMs * 1000);
      assert.ok(window.startUs >= startUs + afterUs - 1);
      // What is due in it is what is measured, and either end is as far from the tick before as from the tick after.
      assert.equal(firstDueFrom(schedule, window.startUs), window.firstSeq);
      assert.equal(firstDueFrom(schedule, window.endUs) - 1, window.lastSeq);
      for (const [edgeUs, before] of [
        [window.startUs, window.firstSeq - 1],
        [window.endUs, window.lastSeq],
      ] as const) {
        assert.ok(Math.abs(edgeUs - dueUs(schedule, before) - periodUs / 2) <= 1.5, `${edgeUs} after ${before}`);
      }
      const ticks = window.lastSeq - window.firstSeq + 1;
      const offUs = Math.abs(ticks * periodUs - durationMs * 1000);
      assert.ok(ticks >= 1);
      if (ticks > 1) assert.ok(offUs <= periodUs / 2 + 1e-3 * periodUs, `${ticks} ticks for ${durationMs} ms`);
    }),
  );
});

test('a window that holds whole ticks is as long as it was asked for', () => {
  const window = nextWindow({ startUs: 1_000_000, rateHz: 10 }, 2_000_000, 3_000_000);
  assert.deepEqual(window, { startUs: 2_050_000, endUs: 5_050_000, firstSeq: 12, lastSeq: 41 });
});

test('a plan tells the length that is measured', () => {
  const { cells, settings } = createPlan(runOptions({ ratesHz: [2.5], durationMs: 3000 }), { cores: 2, canPin: true });
  const { startUs, endUs } = nextWindow({ startUs: 0, rateHz: 2.5 }, 0, 3_000_000);
  assert.equal(timing(cells[0]!, settings).measureMs, (endUs - startUs) / 1000);
});

test('the length is told as it is measured', () => {
  assert.equal(windowText(3000, [10, 20]), '3s');
  assert.equal(windowText(3000, [2.5]), '3200ms, whole ticks');
  assert.equal(windowText(3000, [10, 2.5, 7]), '3s to 3200ms, whole ticks');
  assert.equal(windowText(3000, [null]), '3s, whole ticks', 'a search comes by any rate');
});

test('a window is refused where the slowest feed has no tick in it, with the least that has one', () => {
  assert.deepEqual(windowMistakes(3000, [10, 0.1], true), [
    '--duration 3s: holds no tick at 0.1 ticks/s; allowed: from 10s on',
  ]);
  assert.deepEqual(windowMistakes(3000, [0.1], false), [
    '--duration 3s (the default): holds no tick at 0.1 ticks/s; allowed: from 10s on',
  ]);
  assert.deepEqual(windowMistakes(10_000, [10, 0.1], true), []);
});

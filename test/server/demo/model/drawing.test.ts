import assert from 'node:assert/strict';
import { test } from 'node:test';
import { absenceOf, rowOf, timelineOf } from '../../../../server/demo/model/restart-timeline.ts';
import { laneMarks, logY, sparkPoints } from '../../../../server/demo/model/drawing.ts';

const FRAME = { width: 200, height: 100, nowUs: 20_000, spanUs: 10_000, minUs: 1, maxUs: 10_000 };

test('a decade is the same height everywhere, and what lies outside stands on the edge', () => {
  assert.deepEqual(
    [1, 10, 100, 1000, 10_000, 0, 99_999].map((us) => Math.round(logY(us, FRAME))),
    [100, 75, 50, 25, 0, 100, 0],
  );
});

test('points are of the span only; now is at the right', () => {
  const points = sparkPoints(
    [
      { receivedUs: 9000, latencyUs: 10 },
      { receivedUs: 10_000, latencyUs: 10 },
      { receivedUs: 20_000, latencyUs: 100 },
    ],
    FRAME,
  );
  assert.deepEqual(
    points.map(({ x, y }) => [x, Math.round(y)]),
    [
      [0, 75],
      [200, 50],
    ],
  );
});

test('ticks of one read stand on each other, no higher than the lane', () => {
  const marks = laneMarks(
    [
      { receivedUs: 1, dueUs: 0, place: 0 },
      { receivedUs: 15_000, dueUs: 0, place: 0 },
      { receivedUs: 15_000, dueUs: 0, place: 1 },
      { receivedUs: 15_000, dueUs: 0, place: 90 },
    ],
    { width: 200, nowUs: 20_000, spanUs: 10_000, stepPx: 5, maxUpPx: 30 },
  );
  assert.deepEqual(
    marks.map(({ x, up }) => [x, up]),
    [
      [100, 0],
      [100, 5],
      [100, 30],
    ],
  );
});

test('the timeline of a restart shows the server away and each gap in one frame', () => {
  const outage = { mode: 'refused' as const, downUs: 10_000_000, upUs: 12_000_000 };
  const absence = { fromUs: 10_010_000, toUs: 13_000_000, attemptsUs: [11_000_000], replayed: 29, lost: 0 };
  const timeline = timelineOf(outage, [absence, undefined], 20_000_000);
  assert.deepEqual([timeline.fromUs, timeline.toUs], [9_500_000, 14_000_000]);
  assert.ok(Math.abs(timeline.down.from - 0.5 / 4.5) < 1e-9 && Math.abs(timeline.down.to - 2.5 / 4.5) < 1e-9);
  assert.deepEqual(
    timeline.seconds.map(({ label }) => label),
    ['0 s', '1 s', '2 s', '3 s', '4 s'],
  );
  const row = rowOf(timeline, absence, 20_000_000);
  assert.ok(Math.abs(row.gap!.to - 3.5 / 4.5) < 1e-9);
  assert.equal(row.attempts.length, 1);
  assert.deepEqual(rowOf(timeline, undefined, 20_000_000), { gap: null, attempts: [] });
});

test('while the server is away the timeline grows with the time', () => {
  const outage = { mode: 'refused' as const, downUs: 10_000_000, upUs: null };
  const lasting = { fromUs: 10_000_000, toUs: null, attemptsUs: [], replayed: 0, lost: 0 };
  const timeline = timelineOf(outage, [lasting], 13_000_000);
  assert.equal(timeline.toUs, 14_000_000);
  assert.equal(timeline.down.to, rowOf(timeline, lasting, 13_000_000).gap!.to);
});

test('an absence belongs to the outage that it began with, not to one before or after', () => {
  const outage = { mode: 'refused' as const, downUs: 10_000_000, upUs: 12_000_000 };
  const at = (fromUs: number) => ({ fromUs, toUs: fromUs + 1, attemptsUs: [], replayed: 0, lost: 0 });
  assert.equal(absenceOf(outage, [at(5_000_000), at(10_002_000), at(11_000_000)])?.fromUs, 10_002_000);
  assert.equal(absenceOf(outage, [at(5_000_000), at(15_000_000)]), undefined);
});

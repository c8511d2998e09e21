import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slopeOf } from '../../../../bench/lab/self/memory.ts';

test('what a process holds before its first client is not in the slope', () => {
  const points = [500, 1000, 2000, 4000].map((clients) => ({ clients, bytes: 9e6 + clients * 3000 }));
  assert.deepEqual(slopeOf(points), { bytes: 3000, least: 3000, greatest: 3000 });
});

test('one disturbed count moves the extremes, not the slope', () => {
  const points = [500, 1000, 2000, 4000, 8000].map((clients) => ({ clients, bytes: clients * 3000 }));
  points[2]!.bytes += 5e6;
  const slope = slopeOf(points);
  assert.ok(Math.abs(slope.bytes - 3000) < 700, `${slope.bytes}`);
  assert.ok(slope.greatest > 7000 && slope.least < 1000);
});

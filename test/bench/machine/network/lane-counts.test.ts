import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LaneCounts, sharedCounts } from '../../../../bench/machine/network/lane-counts.ts';

test('what is handed over in the window is counted, with how late it was', () => {
  const shared = sharedCounts();
  const [thread, told] = [new LaneCounts(shared), new LaneCounts(shared)];
  told.measure(1000, 2000);
  thread.delivered(999, 5000);
  for (let packet = 0; packet < 98; packet++) thread.delivered(1000 + packet, 1000 + packet + 55);
  thread.delivered(1500, 1500 + 3000);
  thread.delivered(1600, 1600 + 90_000);
  thread.delivered(2000, 2001);
  thread.lost(1500);
  thread.lost(2500);
  thread.noRoom(1999);
  assert.deepEqual(told.figures(), {
    packets: 100,
    lost: 1,
    noRoom: 1,
    lateP50Us: 60,
    lateP99Us: 3010,
    lateMaxUs: 90_000,
  });
});

test('without a packet there is no lateness', () => {
  assert.equal(new LaneCounts(sharedCounts()).figures().lateP99Us, 0);
});

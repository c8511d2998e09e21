import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AbsenceLog } from '../../../../server/demo/model/absence.ts';

test('an absence lasts from the loss to the first tick; what was due meanwhile is replayed or lost', () => {
  const log = new AbsenceLog();
  log.tick(900, 1000, 0);
  assert.equal(log.isAbsent, false);
  log.lost(1500);
  log.attempt(1800);
  log.lost(1900);
  log.attempt(2500);
  assert.equal(log.isAbsent, true);
  // 1000 was under way before the loss; 1100 to 1600 never come; the rest is replayed, then it goes on as usual
  log.tick(1700, 3000, 6);
  log.tick(2000, 3000, 0);
  log.tick(2900, 3001, 0);
  log.tick(3100, 3101, 0);
  assert.deepEqual(log.absences, [{ fromUs: 1500, toUs: 3000, attemptsUs: [1800, 2500], replayed: 3, lost: 6 }]);
  log.lost(4000);
  assert.equal(log.absences.length, 2);
});

test('who comes back before a tick was due has missed nothing', () => {
  const log = new AbsenceLog();
  log.lost(1000);
  log.tick(2000, 2001, 0);
  assert.deepEqual(
    log.absences.map(({ replayed, lost }) => [replayed, lost]),
    [[1, 0]],
  );
});

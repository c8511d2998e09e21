import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PublishLog } from '../../../bench/target/publish-log.ts';
import { nowUs } from '../../../server/clock.ts';
import { tickEncoder } from '../../../server/feed/tick.ts';

const encode = tickEncoder(64, 1);

test('a tick is sent when it is logged, and taken when its answer comes: the first one counts', () => {
  const log = new PublishLog();
  const before = nowUs();
  const answers = [1, 2, 3].map((seq) => log.sent(encode(seq, seq)));
  const between = nowUs();
  answers[1]!(null);
  answers[1]!('too late to be refused');
  answers[2]!('the server answered 500');
  answers[2]!(null);
  const [open, taken, refused] = log.take();
  assert.deepEqual([open!.seq, open!.acknowledgedUs, open!.failure], [1, null, undefined]);
  assert.ok(open!.sentUs >= before && taken!.sentUs <= between);
  assert.deepEqual([taken!.seq, taken!.failure], [2, undefined]);
  assert.ok(taken!.acknowledgedUs! >= between);
  assert.deepEqual([refused!.seq, refused!.acknowledgedUs, refused!.failure], [3, null, 'the server answered 500']);
});

test('what was told is not told again', () => {
  const log = new PublishLog();
  log.sent(encode(1, 1));
  assert.equal(log.take().length, 1);
  log.sent(encode(2, 2));
  assert.deepEqual(
    log.take().map(({ seq }) => seq),
    [2],
  );
});

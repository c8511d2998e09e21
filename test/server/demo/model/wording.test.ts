import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adviseOn, type Needs } from '../../../../server/demo/model/chooser.ts';
import { formatBytes, formatLatency, formatTime } from '../../../../server/demo/model/format.ts';
import { readMessage, readTicks } from '../../../../server/demo/model/tick-text.ts';
import { formatCount } from '../../../../server/page/words.ts';

test('times have three digits and the unit that reads best', () => {
  assert.deepEqual([840, 9994, 12_340, 99_960, 1_250_000, Number.NaN].map(formatTime), [
    '0.84 ms',
    '9.99 ms',
    '12.3 ms',
    '100 ms',
    '1.25 s',
    '–',
  ]);
});

test('a latency below the error of the clocks is only known to be below it', () => {
  assert.equal(formatLatency(300, 420), '< 0.42 ms');
  assert.equal(formatLatency(-50, 420), '< 0.42 ms');
  assert.equal(formatLatency(500, 420), '0.50 ms');
});

test('bytes and counts', () => {
  assert.deepEqual([0, 1023, 1536, 3 * 1024 ** 2].map(formatBytes), ['0 B', '1023 B', '1.5 KiB', '3.0 MiB']);
  assert.equal(formatCount(1_234_567), '1,234,567');
});

test('a message is a tick or a gap; a poll is its ticks and the bytes of them alone', () => {
  assert.deepEqual(readMessage('{"tick":"pb1_7_70_x_"}'), { seq: 7, dueUs: 70 });
  assert.deepEqual(readMessage('{"gap":{"from":1,"to":3}}'), { gap: { from: 1, to: 3 } });
  const one = '{"tick":"pb1_7_70_x_"}';
  assert.deepEqual(readTicks(`[${one},${one}]`), {
    ticks: [
      { seq: 7, dueUs: 70 },
      { seq: 7, dueUs: 70 },
    ],
    payloadBytes: 2 * one.length,
  });
  assert.deepEqual(readTicks('[]'), { ticks: [], payloadBytes: 0 });
});

const NEEDS: Needs = { direction: 'server', freshness: 'instant', path: 'http1', data: 'text' };

test('the advice follows the needs', () => {
  const adviceOn = (needs: Partial<Needs>) => adviseOn({ ...NEEDS, ...needs }).transport;
  assert.equal(adviceOn({}), 'sse');
  assert.equal(adviceOn({ direction: 'sometimes' }), 'sse');
  assert.equal(adviceOn({ direction: 'both' }), 'websocket');
  assert.equal(adviceOn({ data: 'binary' }), 'websocket');
  assert.equal(adviceOn({ freshness: 'minutes' }), 'polling');
  assert.equal(adviceOn({ path: 'buffering' }), 'long-polling');
  assert.equal(adviceOn({ path: 'buffering', freshness: 'seconds' }), 'polling');
  assert.match(adviseOn(NEEDS).beware, /six connections/);
  assert.doesNotMatch(adviseOn({ ...NEEDS, path: 'http2' }).beware, /six connections/);
});

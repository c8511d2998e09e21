import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dueUs } from '../../../server/feed/schedule.ts';
import { tickEncoder } from '../../../server/feed/tick.ts';
import { Recorder } from '../../../bench/agent/measure/recorder.ts';
import { RepeatedRead } from '../../../bench/agent/repeated-read.ts';

const schedule = { startUs: 1_000_000, rateHz: 100 };
const encode = tickEncoder(131, 3);
const tick = (seq: number) => encode(seq, dueUs(schedule, seq));

function setUp() {
  const buffer = Buffer.alloc(1024);
  const recorder = new Recorder({ clients: 3, schedule, payloadBytes: 131, seed: 3, latestOnly: false });
  recorder.measure({ startUs: 1_000_000, endUs: 2_000_000, firstSeq: 1, lastSeq: 100 });
  return { buffer, recorder, repeats: new RepeatedRead(buffer, recorder) };
}

/** What a driver does with a read that it parses: here the bytes are ticks one after the other. */
function parse(recorder: Recorder, client: number, buffer: Buffer, length: number) {
  recorder.beginRead(1_500_000);
  for (let at = 0; at < length; at += 131) recorder.deliver(client, buffer, at, at + 131);
}

test('a read that equals one that was parsed is booked for another client without being parsed', () => {
  const { buffer, recorder, repeats } = setUp();
  const length = Buffer.concat([tick(7).bytes, tick(8).bytes]).copy(buffer);
  assert.equal(repeats.book(1, length), false, 'nothing is known yet');
  parse(recorder, 0, buffer, length);
  repeats.remember(length);
  recorder.beginRead(1_600_000);
  assert.equal(repeats.book(1, length), true);
  const { ledger, receipts, lastReceiptUs } = recorder.finish(3);
  assert.equal(ledger.delivered, 4);
  assert.deepEqual([receipts[6], receipts[7]], [2, 2]);
  assert.equal(lastReceiptUs[7], 1_600_000, 'at its own time');
});

test('one changed bit, wherever it stands, or another length makes a read a new one', () => {
  const { buffer, recorder, repeats } = setUp();
  const length = tick(7).bytes.copy(buffer);
  parse(recorder, 0, buffer, length);
  repeats.remember(length);
  for (let at = 0; at < length; at++) {
    buffer[at]! ^= 1;
    assert.equal(repeats.book(1, length), false, `byte ${at}`);
    buffer[at]! ^= 1;
  }
  assert.equal(repeats.book(1, length - 1), false);
  assert.equal(repeats.book(1, length + 1), false);
  assert.equal(repeats.book(1, length), true);
});

test('the same bytes twice to one client are a duplicate', () => {
  const { buffer, recorder, repeats } = setUp();
  const length = tick(7).bytes.copy(buffer);
  parse(recorder, 0, buffer, length);
  repeats.remember(length);
  recorder.beginRead(1_600_000);
  repeats.book(0, length);
  const { ledger } = recorder.finish(1);
  assert.deepEqual([ledger.delivered, ledger.duplicate], [1, 1]);
});

test('a read with a corrupt tick is never remembered', () => {
  const { buffer, recorder, repeats } = setUp();
  const length = tick(7).bytes.copy(buffer);
  buffer[100]! ^= 1;
  parse(recorder, 0, buffer, length);
  repeats.remember(length);
  assert.equal(repeats.book(1, length), false);
  assert.equal(recorder.finish(1).ledger.corrupt, 1);
});

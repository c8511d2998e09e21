import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as hdr from 'hdr-histogram-js';
import { decode, distribution } from '../../../../bench/agent/measure/histogram.ts';
import { mergeRecordings } from '../../../../bench/agent/measure/merge.ts';
import { Recorder } from '../../../../bench/agent/measure/recorder.ts';
import { dueUs } from '../../../../server/feed/schedule.ts';
import { tickEncoder } from '../../../../server/feed/tick.ts';

const schedule = { startUs: 1_000_000, rateHz: 100 };
const window = { startUs: 1_995_000, endUs: 2_495_000, firstSeq: 101, lastSeq: 150 };
const encode = tickEncoder(128, 3);

function recorderOf(clients: number, options: { isForeign?: boolean; latestOnly?: boolean } = {}) {
  return new Recorder({ clients, schedule, payloadBytes: 128, seed: 3, latestOnly: false, ...options });
}

/** Delivers tick `seq` to the client, `latencyUs` after it was due. */
function deliver(recorder: Recorder, client: number, seq: number, latencyUs: number) {
  const tick = encode(seq, dueUs(schedule, seq));
  recorder.beginRead(tick.dueUs + latencyUs);
  recorder.deliver(client, tick.bytes, 0, tick.bytes.length);
}

test('latency runs from the scheduled time, and only measured ticks count', () => {
  const recorder = recorderOf(1);
  for (let seq = 90; seq <= 100; seq++) deliver(recorder, 0, seq, 9000);
  recorder.measure(window);
  for (let seq = 101; seq <= 150; seq++) deliver(recorder, 0, seq, 1000 + seq);
  for (let seq = 151; seq <= 160; seq++) deliver(recorder, 0, seq, 9000);
  const recording = recorder.finish(1);
  const latency = decode(recording.latencyHdr);
  assert.equal(latency.totalCount, 50);
  assert.equal(latency.maxValue, 1150);
  assert.equal(distribution(latency).min, 1101);
  assert.equal(recording.ledger.delivered, 50);
  assert.equal(recording.ledger.missed, 0);
});

test('a tick with other bytes is corrupt: neither delivered, nor missed, nor timed', () => {
  const recorder = recorderOf(1);
  recorder.measure(window);
  for (let seq = 101; seq <= 150; seq++) {
    const tick = encode(seq, dueUs(schedule, seq));
    const bytes = Uint8Array.from(tick.bytes);
    if (seq === 120) bytes[100]! ^= 1;
    recorder.beginRead(tick.dueUs + 500);
    recorder.deliver(0, bytes, 0, seq === 130 ? bytes.length - 3 : bytes.length);
  }
  const { ledger, latencyHdr } = recorder.finish(1);
  assert.deepEqual([ledger.delivered, ledger.corrupt, ledger.missed], [48, 2, 0]);
  assert.equal(decode(latencyHdr).totalCount, 48);
});

test('the last tick of an earlier trial, by which a server that ran on greets its clients, is none of this one', () => {
  const options = { clients: 1, schedule, payloadBytes: 128, seed: 3, latestOnly: false };
  const before = encode(120, 900_000);
  for (const [isForeign, corrupt] of [
    [true, 0],
    [false, 1],
  ] as const) {
    const recorder = new Recorder({ ...options, isForeign });
    recorder.measure(window);
    recorder.beginRead(1_000_000);
    recorder.deliver(0, before.bytes, 0, before.bytes.length);
    assert.equal(recorder.finish(1).ledger.corrupt, corrupt);
  }
});

test('ticks are found in whatever envelope they come, also several in one message', () => {
  const recorder = recorderOf(1);
  recorder.measure(window);
  const take = (text: string, atUs: number) => {
    recorder.beginRead(atUs);
    recorder.deliver(0, Buffer.from(text), 0, text.length);
  };
  const at = (seq: number) => encode(seq, dueUs(schedule, seq));
  take(JSON.stringify({ channel: 'ticks', data: at(101).text }), at(101).dueUs + 500);
  take(`42["tick",${at(102).text}]`, at(102).dueUs + 500);
  take(JSON.stringify([at(103).text, at(104).text, at(105).text]), at(105).dueUs + 500);
  take(JSON.stringify([at(106).text, at(107).text.replace(/.{6}_"/, '000000_"')]), at(107).dueUs + 500);
  const { ledger } = recorder.finish(1);
  assert.deepEqual([ledger.delivered, ledger.corrupt], [6, 1]);
});

test('messages without a tick are counted apart from corrupt ones, where the server is not ours', () => {
  for (const isForeign of [false, true]) {
    const recorder = recorderOf(1, { isForeign });
    recorder.measure(window);
    deliver(recorder, 0, 101, 500);
    for (const text of ['{"connect":{}}', 'pb1_', '']) recorder.deliver(0, Buffer.from(text), 0, text.length);
    deliver(recorder, 0, 102, 500);
    recorder.deliverAnswer(0, Buffer.from('[]'), 0, 2);
    recorder.passOver();
    const { ledger, controlMessages } = recorder.finish(1);
    assert.deepEqual([ledger.delivered, ledger.corrupt, controlMessages], isForeign ? [2, 0, 4] : [2, 3, 0]);
  }
});

test('a server that has the newest tick alone, and is not ours, may give it again and skip what was before', () => {
  const recorder = recorderOf(1, { isForeign: true, latestOnly: true });
  recorder.measure(window);
  const poll = (seqs: readonly number[], atUs: number) => {
    recorder.asked(0, recorder.newest[0]!);
    recorder.beginRead(atUs);
    const text = seqs.map((seq) => encode(seq, dueUs(schedule, seq)).text).join();
    recorder.deliverAnswer(0, Buffer.from(text), 0, text.length);
    recorder.answered(0);
  };
  poll([101], 2_000_500);
  poll([101], 2_005_500);
  poll([103, 104, 105], 2_040_500);
  poll([104, 105, 106], 2_050_500);
  // One that it should have had by now, as far as anybody can tell: who knows when the server had it.
  poll([106], 2_300_000);
  poll([151], 2_500_500);
  const { ledger, owedMarginsUs, latencyHdr } = recorder.finish(1);
  assert.deepEqual([ledger.delivered, ledger.duplicate, ledger.coalesced, ledger.missed], [5, 0, 45, 0]);
  assert.deepEqual(owedMarginsUs, []);
  assert.equal(decode(latencyHdr).totalCount, 5);
});

test('bytes that are no tick of this feed are corrupt, and the tick they replaced is missed', () => {
  const recorder = recorderOf(1);
  recorder.measure(window);
  for (const text of ['nonsense', '{"tick":"pb1_99999999999999_1_x_"}', '{"tick":"pb1_0_0_x_"}']) {
    recorder.beginRead(2_000_000);
    recorder.deliver(0, Buffer.from(text), 0, text.length);
  }
  const { ledger } = recorder.finish(1);
  assert.deepEqual([ledger.corrupt, ledger.missed], [3, 50]);
});

test('a delivery before its scheduled time is counted as such and never hidden', () => {
  const recorder = recorderOf(1);
  recorder.measure(window);
  deliver(recorder, 0, 101, -250);
  deliver(recorder, 0, 102, 250);
  const recording = recorder.finish(1);
  assert.deepEqual(recording.negative, { count: 1, minUs: -250 });
  assert.equal(decode(recording.latencyHdr).totalCount, 2);
});

test('what clients held before the window is their age at its start', () => {
  const recorder = recorderOf(1);
  deliver(recorder, 0, 100, 1000);
  recorder.measure(window);
  const { age } = recorder.finish(1);
  assert.ok(Math.abs(age.clientSeconds - 0.5) < 1e-9);
  // From 5 ms old at the start of the window to 505 ms at its end.
  assert.equal(Math.round(age.ageSecondsUs / age.clientSeconds), 255_000);
});

test('agents merge as if one had seen everything', () => {
  const whole = recorderOf(2);
  const parts = [recorderOf(1), recorderOf(1)];
  for (const recorder of [whole, ...parts]) recorder.measure(window);
  for (let seq = 101; seq <= 150; seq++) {
    deliver(whole, 0, seq, 700 + seq);
    deliver(parts[0]!, 0, seq, 700 + seq);
    if (seq === 140) continue;
    deliver(whole, 1, seq, 5000 - seq);
    deliver(parts[1]!, 0, seq, 5000 - seq);
  }
  const one = mergeRecordings([whole.finish(2)]);
  const two = mergeRecordings(parts.map((part) => part.finish(1)));
  assert.deepEqual(two.ledger, one.ledger);
  assert.equal(two.ledger.missed, 1);
  assert.deepEqual(two.latencyUs, one.latencyUs);
  assert.deepEqual(two.fanOutSpreadUs, one.fanOutSpreadUs);
  assert.deepEqual(two.timeline, one.timeline);
  assert.ok(Math.abs(two.ageUs.mean - one.ageUs.mean) < 1e-6);
  assert.ok(Math.abs(two.ageUs.observedClientSeconds - one.ageUs.observedClientSeconds) < 1e-9);
});

test('no histogram is made before the end: neither as a second begins, nor for the live line', (t) => {
  // every histogram that is filled is filled by this
  const fill = t.mock.method(hdr.JsHistogram.prototype, 'recordValueWithCount');
  const recorder = recorderOf(1);
  for (let seq = 90; seq <= 100; seq++) deliver(recorder, 0, seq, 9000);
  assert.deepEqual(recorder.live(), { delivered: 0, gaps: 0, p50Us: 9007, p99Us: 9007 });
  recorder.measure({ ...window, endUs: 5_995_000, lastSeq: 500 });
  for (let seq = 101; seq <= 500; seq++) {
    deliver(recorder, 0, seq, 1000 + Math.floor((seq - 101) / 100));
    // In some seconds the live line is asked for, in others not.
    if (seq % 50 === 0 && seq > 300) recorder.live();
  }
  assert.deepEqual([recorder.live().p50Us, fill.mock.callCount()], [1003, 0]);
  const { seconds } = recorder.finish(1);
  assert.ok(fill.mock.callCount() > 0);
  const figures = seconds.map(({ second, hdr: encoded }) => {
    const { totalCount, minNonZeroValue, maxValue } = decode(encoded);
    return [second, totalCount, minNonZeroValue, maxValue];
  });
  assert.deepEqual(figures, [
    [0, 100, 1000, 1000],
    [1, 100, 1001, 1001],
    [2, 100, 1002, 1002],
    [3, 100, 1003, 1003],
  ]);
});

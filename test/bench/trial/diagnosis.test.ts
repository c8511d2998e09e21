import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tickEncoder } from '../../../server/feed/tick.ts';
import { dueUs } from '../../../server/feed/schedule.ts';
import { clumpMs, faultOf, receiptsOf, shownBytes, type Sighting } from '../../../bench/trial/diagnosis.ts';
import { WireReader } from '../../../bench/trial/wire-reader.ts';

const SCHEDULE = { startUs: 1e6, rateHz: 20 };
const encode = tickEncoder(128, 1);
const tick = (seq: number) => encode(seq, dueUs(SCHEDULE, seq));

/** What a client was sent: a head, then texts that came at these times. */
function wireOf(pieces: readonly (readonly [text: string | Buffer, atUs: number])[], step = Number.POSITIVE_INFINITY) {
  const wire = new WireReader('sse', 0);
  wire.push(Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n'), 0);
  for (const [text, atUs] of pieces) {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += step) wire.push(bytes.subarray(at, at + step), atUs);
  }
  return wire;
}

const event = (text: string) => `data: ${text}\n\n`;

/** One client that saw this and no tick of the window but those in it. */
function sighting(wire: WireReader): Sighting {
  return {
    transport: 'sse',
    path: '/events',
    schedule: SCHEDULE,
    feed: 'each tick',
    startUs: 0,
    clients: [{ wire, isOpen: true, failure: null }],
    receipts: [receiptsOf(wire.messages, tick)],
    window: { firstSeq: 1, lastSeq: 2 },
    isLatestOnly: false,
    answers: null,
    waitedMs: 4000,
    tick,
  };
}

test('a wire is read alike whatever the reads are, and shows the first message with its frame', () => {
  const pieces: [string, number][] = [
    [`: hello\n\nid: 1\n${event(`<${tick(1).text}>`)}`, 5],
    [event(tick(2).text) + event(tick(3).text), 7],
  ];
  for (const step of [1, 3, 50, Number.POSITIVE_INFINITY]) {
    const wire = wireOf(pieces, step);
    assert.deepEqual(wire.head!.lines, ['HTTP/1.1 200 OK', 'Content-Type: text/event-stream']);
    const receipts = receiptsOf(wire.messages, tick);
    assert.deepEqual(
      receipts.map(({ seq, atUs, isIntact, offset }) => [seq, atUs, isIntact, offset]),
      [
        [1, 5, true, 10],
        [2, 7, true, 9],
        [3, 7, true, 9],
      ],
      `reads of ${step}`,
    );
    assert.equal(wire.messages[0]!.raw.toString(), `: hello\n\nid: 1\ndata: <${tick(1).text}>\n\n`);
  }
});

test('a tick is known for what it is in base64 wherever it stands, in hexadecimal, UTF-16 and gzip', () => {
  const text = tick(1).text;
  const hidden: [string | Buffer, RegExp][] = [
    ...['', '<', '<<'].map((before): [string, RegExp] => [Buffer.from(before + text).toString('base64'), /in base64/]),
    [Buffer.from(text).toString('hex'), /as hexadecimal digits/],
    [Buffer.from(text, 'utf16le'), /in UTF-16/],
    [Buffer.of(0x1f, 0x8b, 0x08, 0, 0, 0), /compressed \(gzip\)/],
  ];
  for (const [message, says] of hidden) {
    const wire = wireOf([[Buffer.concat([Buffer.from('data: '), Buffer.from(message), Buffer.from('\n\n')]), 1]]);
    assert.match(faultOf(sighting(wire), 100)!.says, says);
  }
  // Letters and digits of a pad are no base64 of a tick.
  assert.match(faultOf(sighting(wireOf([[event('LVexJNSYxQLrof81ICIl'), 1]])), 100)!.says, /none has a tick in it/);
});

test('ticks that came together are as late as the first of them; what came by itself is no clump', () => {
  const due = (seq: number) => dueUs(SCHEDULE, seq);
  const together = wireOf([[event(tick(1).text) + event(tick(2).text), due(2) + 400_000]]);
  assert.equal(clumpMs([receiptsOf(together.messages, tick)], SCHEDULE), 450);
  assert.equal(faultOf(sighting(together), 100)!.code, 'HELD');
  assert.equal(faultOf(sighting(together), 1000), null);
  const apart = wireOf([
    [event(tick(1).text), due(1) + 60_000],
    [event(tick(2).text), due(2) + 60_000],
  ]);
  assert.equal(clumpMs([receiptsOf(apart.messages, tick)], SCHEDULE), 0);
  assert.equal(faultOf(sighting(apart), 100), null);
});

test('what is shown stays on its line and acts on no terminal', () => {
  assert.equal(shownBytes(Buffer.from('a\r\nb\u001B[2J'), 300), String.raw`a\r\nb\u001b[2J`);
  assert.equal(shownBytes(Buffer.from('x'.repeat(10)), 4), 'xxxx…');
});

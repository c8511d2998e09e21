import { Buffer } from 'node:buffer';
import { createParser } from 'eventsource-parser';
import * as ws from 'ws';
import { dueUs } from '../../../server/feed/schedule.ts';
import { tickEncoder, type Tick } from '../../../server/feed/tick.ts';
import type { TransportId } from '../../../server/transports/traits.ts';
import { ticksToJson } from '../../../server/transports/polling.ts';
import { httpChunk } from '../../../server/transports/http-stream.ts';
import { sseEvent } from '../../../server/transports/sse.ts';
import { textFrame } from '../../../server/transports/websocket.ts';
import { Recorder } from '../../agent/measure/recorder.ts';
import type { Micro } from '../../result/schema.ts';
import { HttpResponseParser } from '../../agent/wire/http-response.ts';
import { splitJsonArray } from '../../agent/wire/json-array.ts';
import { SseParser } from '../../agent/wire/sse.ts';
import { WebSocketParser } from '../../agent/wire/websocket.ts';

/** What one message costs in one step, in isolation: `run` handles {@link BATCH} messages and says how many came through. */
export type MicroCase = Pick<Micro['results'][number], 'step' | 'transport' | 'what' | 'library'> & {
  readonly run: () => number;
};

/** Messages in one timed call: enough to make the clock's own cost disappear. */
export const BATCH = 1000;

/** Ticks in the answer to one short poll: an interval of a second at the default rate. */
const TICKS_PER_POLL = 10;

/** Size of the ticks. */
export const PAYLOAD_BYTES = 128;
const SCHEDULE = { startUs: 1_000_000, rateHz: 10_000 };
const SEED = 1;

/** Every case, in the order of a message's way from the feed to the ledger. */
export function microCases(): MicroCase[] {
  const encode = tickEncoder(PAYLOAD_BYTES, SEED);
  const ticks = Array.from({ length: BATCH }, (_, index) => encode(index + 1, dueUs(SCHEDULE, index + 1)));
  return [encodeCase(encode), ...frameCases(ticks), ...parseCases(ticks), recordCase(encode)];
}

function encodeCase(encode: (seq: number, dueUs: number) => Tick): MicroCase {
  const run = () => {
    let bytes = 0;
    for (let seq = 1; seq <= BATCH; seq++) bytes += encode(seq, dueUs(SCHEDULE, seq)).bytes.length;
    return bytes / PAYLOAD_BYTES;
  };
  return { step: 'encode', transport: null, what: 'tick', library: false, run };
}

function frameCases(ticks: readonly Tick[]): MicroCase[] {
  const each = (frame: (tick: Tick) => Buffer) => () => {
    let framed = 0;
    for (const tick of ticks) if (frame(tick).length > PAYLOAD_BYTES) framed++;
    return framed;
  };
  const answers = pollAnswers(ticks);
  const frameAnswers = () => {
    const toJson = ticksToJson();
    let bytes = 0;
    for (const answer of answers) bytes += toJson(answer).length - TICKS_PER_POLL - 1;
    return bytes / PAYLOAD_BYTES;
  };
  const frame = { step: 'frame', library: false } as const;
  return [
    { ...frame, transport: 'sse', what: 'SSE', run: each(chunkOf) },
    { ...frame, transport: 'websocket', what: 'WebSocket', run: each(textFrame) },
    { ...frame, transport: 'polling', what: `polling, ${MANY}`, run: frameAnswers },
  ];
}

const MANY = `${TICKS_PER_POLL} ticks an answer`;

const chunkOf = (tick: Tick) => Buffer.from(httpChunk(sseEvent(tick)), 'latin1');

function parseCases(ticks: readonly Tick[]): MicroCase[] {
  const events = ticks.map((tick) => Buffer.from(sseEvent(tick), 'latin1'));
  const chunks = ticks.map(chunkOf);
  const frames = ticks.map(textFrame);
  const answers = pollAnswers(ticks).map((answer) => {
    const body = ticksToJson()(answer);
    return Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`, 'latin1');
  });
  let count = 0;
  const tick = () => void count++;
  const ignore = () => undefined;
  const fail = (_: number, error: Error) => {
    throw error;
  };

  const stream = new SseParser(0, { event: tick, error: fail });
  const push = (_: number, buffer: Uint8Array, start: number, end: number) => stream.push(buffer, start, end);
  const response = new HttpResponseParser(0, { head: ignore, body: push, end: ignore, error: fail });
  const head = Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
  response.push(head, 0, head.length);

  const socket = new WebSocketParser(0, { message: tick, ping: ignore, pong: ignore, close: ignore, error: fail });

  const split = (client: number, buffer: Uint8Array, start: number, end: number) =>
    splitJsonArray(buffer, start, end, tick, client);
  const poll = new HttpResponseParser(0, { head: ignore, body: split, end: ignore, error: fail });

  const libraryStream = createParser({ onEvent: tick });
  const decoder = new TextDecoder();
  const receiver = libraryReceiver(tick);
  const receive = (frame: Buffer) => receiver.write(frame);

  const each = (messages: readonly Buffer[], feed: (message: Buffer) => void) => () => {
    count = 0;
    for (const message of messages) feed(message);
    return count;
  };
  const lean = (parser: { push(buffer: Uint8Array, start: number, end: number): void }) => (message: Buffer) =>
    parser.push(message, 0, message.length);
  const parseJson = (answer: Buffer) => {
    const body = answer.toString('latin1', answer.indexOf('\r\n\r\n') + 4);
    count += (JSON.parse(body) as unknown[]).length;
  };
  const parse = (transport: TransportId, what: string, library: boolean, run: () => number): MicroCase => {
    return { step: 'parse', transport, what, library, run };
  };
  const decoded = (event: Buffer) => libraryStream.feed(decoder.decode(event, { stream: true }));
  return [
    parse('sse', 'SSE, lean', false, each(chunks, lean(response))),
    parse('sse', 'SSE, eventsource-parser (without HTTP)', true, each(events, decoded)),
    parse('websocket', 'WebSocket, lean', false, each(frames, lean(socket))),
    parse('websocket', 'WebSocket, ws', true, each(frames, receive)),
    parse('polling', `polling, lean, ${MANY}`, false, each(answers, lean(poll))),
    parse('polling', `polling, JSON.parse (without HTTP), ${MANY}`, true, each(answers, parseJson)),
  ];
}

/** `ws` exports its receiver, but its types do not say so. */
function libraryReceiver(onMessage: () => void): { write(frame: Buffer): void } {
  const { Receiver } = ws as unknown as {
    Receiver: new (options: object) => NodeJS.WritableStream & { write(frame: Buffer): void };
  };
  const receiver = new Receiver({ allowSynchronousEvents: true, isServer: false });
  receiver.on('message', onMessage);
  return receiver;
}

/** Ticks that one recorder takes before the next one is made. */
const RECORDED_TICKS = 4000;

/** Check of the bytes, ledger, histograms and age: one tick after the other, each received by as many clients as a batch has. */
function recordCase(encode: (seq: number, dueUs: number) => Tick): MicroCase {
  const window = { startUs: 0, endUs: dueUs(SCHEDULE, RECORDED_TICKS + 1), firstSeq: 1, lastSeq: RECORDED_TICKS };
  let recorder: Recorder | undefined;
  let seq = RECORDED_TICKS;
  const run = () => {
    if (seq === RECORDED_TICKS || !recorder) {
      seq = 0;
      recorder = new Recorder({
        clients: BATCH,
        schedule: SCHEDULE,
        payloadBytes: PAYLOAD_BYTES,
        seed: SEED,
        latestOnly: false,
      });
      recorder.measure(window);
    }
    const tick = encode(++seq, dueUs(SCHEDULE, seq));
    const before = recorder.live().delivered;
    for (let client = 0; client < BATCH; client++) {
      recorder.beginRead(tick.dueUs + client);
      recorder.deliver(client, tick.bytes, 0, tick.bytes.length);
    }
    return recorder.live().delivered - before;
  };
  return { step: 'record', transport: null, what: 'bytes checked, ledger, latency, age', library: false, run };
}

function pollAnswers(ticks: readonly Tick[]): Tick[][] {
  return Array.from({ length: ticks.length / TICKS_PER_POLL }, (_, index) =>
    ticks.slice(index * TICKS_PER_POLL, (index + 1) * TICKS_PER_POLL),
  );
}

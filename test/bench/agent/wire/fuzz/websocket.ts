import * as ws from 'ws';
import type { Carry } from '../../../../../bench/agent/wire/carry.ts';
import { WebSocketParser } from '../../../../../bench/agent/wire/websocket.ts';
import { WireError } from '../../../../../bench/agent/wire/wire-error.ts';
import { difference, pick, Watch, type FuzzTarget } from './target.ts';

const MAX_PAYLOAD_BYTES = 2000;
const TEXTS = [
  '',
  'Hello',
  '{"seq":1,"due":2,"pad":"x"}',
  'ünï…😀',
  'x'.repeat(125),
  'x'.repeat(126),
  '…'.repeat(100),
  'x'.repeat(1000),
  'x'.repeat(2000),
  'x'.repeat(2001),
];
const CLOSES = ['', '\x03\xe8', '\x03\xe8bye', '\x03\xe9', '\x0f\xa0x', '\x03\xed', '\x00\x00', '\x03\xe8\xff'];

function frame(first: number, payload: Uint8Array, random: () => number): Buffer {
  const { length } = payload;
  const shortest = length < 126 ? 0 : 2;
  const extra = random() < 0.05 ? pick([2, 8], random) : shortest;
  const head = Buffer.alloc(2 + extra);
  head[0] = first;
  head[1] = extra === 0 ? length : extra === 2 ? 126 : 127;
  if (extra === 2) head.writeUInt16BE(length, 2);
  if (extra === 8) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

function sample(random: () => number): Uint8Array {
  const frames: Buffer[] = [];
  const count = Math.floor(random() * 6);
  for (let index = 0; index < count; index++) {
    const payload = Buffer.from(pick(TEXTS, random));
    if (random() < 0.25) {
      frames.push(frame(pick([0x89, 0x8a], random), payload.subarray(0, 125), random));
      continue;
    }
    const opcode = pick([1, 1, 2], random);
    const middle = Math.floor(random() * (payload.length + 1));
    if (random() < 0.5) frames.push(frame(0x80 | opcode, payload, random));
    else {
      frames.push(frame(opcode, payload.subarray(0, middle), random));
      if (random() < 0.4) frames.push(frame(0x89, Buffer.from('p'), random));
      frames.push(frame(0x80, payload.subarray(middle), random));
    }
  }
  if (random() < 0.2) frames.push(frame(0x88, Buffer.from(pick(CLOSES, random), 'latin1'), random));
  return Buffer.concat(frames);
}

/** Changes a frame's first byte, or its length field: found by walking the frames, as far as they are sound. */
function edit(bytes: Uint8Array, random: () => number): void {
  const starts: number[] = [];
  for (let pos = 0; pos + 1 < bytes.length && starts.length < 64;) {
    starts.push(pos);
    const short = bytes[pos + 1]! & 0x7f;
    pos += short < 126 ? 2 + short : short === 126 ? 4 + bytes[pos + 2]! * 256 + bytes[pos + 3]! : bytes.length;
  }
  if (starts.length === 0) return;
  const start = pick(starts, random);
  if (random() < 0.3) bytes[start] = Math.floor(random() * 256);
  else if (random() < 0.6) bytes[start + 1] = pick([0, 1, 2, 124, 125, 126, 127, 128, 129, 254, 255], random);
  else
    for (let at = start + 2; at < Math.min(start + 10, bytes.length); at++)
      bytes[at] = pick([0, 0, 0, 1, 0x7f, 0x80, 0xff], random);
}

type Storage = { message?: Carry; control?: Carry };

function read(bytes: Uint8Array, cuts: readonly number[]): { seen: string[]; wrong: string | undefined } {
  const seen: string[] = [];
  const watch = new Watch();
  const slice = watch.slice.bind(watch);
  const parser = new WebSocketParser(
    7,
    {
      message: (_client, buffer, start, end, isText) =>
        seen.push(`${isText ? 'text' : 'binary'} ${slice(buffer, start, end)}`),
      ping: (_client, buffer, start, end) => seen.push(`ping ${slice(buffer, start, end)}`),
      pong: (_client, buffer, start, end) => seen.push(`pong ${slice(buffer, start, end)}`),
      close: (_client, code, buffer, start, end) => seen.push(`close ${code} ${slice(buffer, start, end)}`),
      error: (_client, error) => {
        watch.call();
        seen.push(error instanceof WireError ? `error ${error.closeCode}` : `no wire error: ${String(error)}`);
      },
    },
    MAX_PAYLOAD_BYTES,
  );
  const storage = parser as unknown as Storage;
  const wrong = watch.pushInReads(bytes, cuts, parser.push.bind(parser), () =>
    (storage.message?.length ?? 0) > MAX_PAYLOAD_BYTES || (storage.control?.length ?? 0) > 125
      ? `keeps ${storage.message?.length} bytes of a message and ${storage.control?.length} of a control frame`
      : undefined,
  );
  parser.reset();
  const before = seen.length;
  parser.push(Buffer.from('\x81\x02ok', 'latin1'), 0, 4);
  const [after] = seen.splice(before);
  return { seen, wrong: wrong ?? (after === 'text ok' ? undefined : `after reset() it reads ${String(after)}`) };
}

type Receiver = {
  on(event: string, listener: (...parts: never[]) => void): void;
  _write(chunk: Buffer, encoding: string, done: (error?: Error) => void): void;
  _bufferedBytes: number;
};
// The types of ws leave out its parser.
const { Receiver } = ws as unknown as { Receiver: new (options: object) => Receiver };

function reference(bytes: Uint8Array): { seen: string[]; waiting: number } {
  const seen: string[] = [];
  const receiver = new Receiver({ isServer: false, maxPayload: MAX_PAYLOAD_BYTES, allowSynchronousEvents: true });
  const text = (data: Buffer): string => data.toString('latin1');
  receiver.on('message', (data: Buffer, isBinary: boolean) =>
    seen.push(`${isBinary ? 'binary' : 'text'} ${text(data)}`),
  );
  receiver.on('ping', (data: Buffer) => seen.push(`ping ${text(data)}`));
  receiver.on('pong', (data: Buffer) => seen.push(`pong ${text(data)}`));
  receiver.on('conclude', (code: number, reason: Buffer) => seen.push(`close ${code} ${text(reason)}`));
  // Not write(): it would tell of an error a turn later.
  receiver._write(Buffer.from(bytes), 'buffer', (error) => {
    if (!error) return;
    const key = Object.getOwnPropertySymbols(error).find((symbol) => symbol.description === 'status-code');
    seen.push(`error ${(error as unknown as Record<symbol, number>)[key!]}`);
  });
  return { seen, waiting: receiver._bufferedBytes };
}

function compare(
  actual: string[],
  { seen: expected, waiting }: { seen: string[]; waiting: number },
): string | undefined {
  const error = actual.at(-1)?.startsWith('error') === true ? actual.pop() : undefined;
  const expectedError = expected.at(-1)?.startsWith('error') === true ? expected.pop() : undefined;
  // ws looks at a text once it is whole, and may meet other frames, another fault or the end of the bytes before that.
  if (error === 'error 1007') return difference('differs from ws', actual, expected.slice(0, actual.length));
  const differs = difference('differs from ws', actual, expected);
  if (differs !== undefined) return differs;
  // ws waits for the second byte of a frame before it judges the first.
  if (error !== expectedError && !(expectedError === undefined && waiting > 0)) {
    return `${error ?? 'no error'}, where ws has ${expectedError ?? 'none'}`;
  }
  return undefined;
}

export const websocket: FuzzTarget = {
  name: 'websocket',
  sample,
  dictionary: [
    '\x81\x02hi',
    '\x89\x00',
    '\x88\x00',
    '\x88\x02\x03\xe8',
    '\x01\x01a',
    '\x80\x01b',
    '\x81\x7e\x00\x7e',
    '\x82\x7f',
    '\xc1\x00',
    '\x83\x00',
    '\xe2\x82',
    '\xff',
  ],
  edit,
  check(bytes, cuts) {
    const whole = read(bytes, []);
    const cut = read(bytes, cuts);
    return (
      whole.wrong ??
      cut.wrong ??
      difference('cut and whole differ', cut.seen, whole.seen) ??
      compare(whole.seen, reference(bytes))
    );
  },
};

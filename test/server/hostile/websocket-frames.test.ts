// Frames that no client may send, or that would fill the memory, against a server process of its own.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { ServerGroup } from '../../../bench/trial/server-group.ts';
import { encodeClientFrame } from '../../../bench/agent/wire/websocket.ts';
import { nowUs } from '../../../server/clock.ts';
import { until } from '../../helpers/until.ts';
import { HealthyStream } from './healthy-stream.ts';
import { RawClient } from './raw-client.ts';
import { startServerProcess } from '../../helpers/server-process.ts';
import { ownSample } from '../../helpers/own-sample.ts';

const MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

/** A masked frame whose first byte is free: FIN, reserved bits and opcode as an attacker likes them. */
function frame(first: number, payload: Uint8Array | string = ''): Buffer {
  const bytes = encodeClientFrame(2, Buffer.from(payload as Uint8Array), MASK);
  bytes[0] = first;
  return bytes;
}

/** The head of a masked frame that announces `length` bytes, and none of them. */
function announcement(first: number, length: bigint): Buffer {
  const head = Buffer.alloc(14);
  head[0] = first;
  head[1] = 0x80 | 127;
  head.writeBigUInt64BE(length, 2);
  return head;
}

const close = (code: number, reason: Uint8Array | string = ''): Buffer =>
  frame(0x88, Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason as Uint8Array)]));
const times = (count: number, bytes: Buffer): Buffer => Buffer.concat(Array.from({ length: count }, () => bytes));

/** Name, bytes, the status code that the server must close with. */
const ATTACKS: readonly [name: string, bytes: Uint8Array, closeCode: number][] = [
  ['an unmasked text', Buffer.from([0x81, 2, 0x68, 0x69]), 1002],
  ['an unmasked ping', Buffer.from([0x89, 0]), 1002],
  ['a reserved bit', frame(0xc1, 'x'), 1002],
  ['a deflated message, though none was agreed', frame(0xc1, Buffer.from('4a4c4a0600', 'hex')), 1002],
  ['a reserved opcode', frame(0x83, 'x'), 1002],
  ['a reserved control opcode', frame(0x8b, 'x'), 1002],
  ['a request instead of frames', Buffer.from('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'), 1002],
  ['a fragmented ping', frame(0x09, 'x'), 1002],
  ['a control frame above 125 bytes', frame(0x89, Buffer.alloc(126)), 1002],
  ['a continuation of nothing', frame(0x80, 'x'), 1002],
  ['a message inside a message', Buffer.concat([frame(0x01, 'a'), frame(0x81, 'b')]), 1002],
  ['a close frame with half a code', frame(0x88, 'x'), 1002],
  ['a close code that may not be sent', close(1005), 1002],
  ['a close code that does not exist', close(999), 1002],
  ['a text that is not UTF-8', frame(0x81, Buffer.from([0xc3, 0x28])), 1007],
  ['a text that ends inside a character', frame(0x81, Buffer.from([0xe2, 0x82])), 1007],
  [
    'fragments that are not UTF-8 together',
    Buffer.concat([frame(0x01, Buffer.from([0xe2])), frame(0x80, Buffer.from([0x28]))]),
    1007,
  ],
  ['a surrogate', frame(0x81, Buffer.from([0xed, 0xa0, 0x80])), 1007],
  ['a close reason that is not UTF-8', close(1000, Buffer.from([0xff])), 1007],
  ['a message above 64 KiB, announced', announcement(0x82, 65_537n), 1009],
  ['a message of 2^63 bytes, announced', announcement(0x82, 1n << 63n), 1009],
  [
    'fragments above 64 KiB together',
    Buffer.concat([frame(0x02, Buffer.alloc(1000)), times(66, frame(0x00, Buffer.alloc(1000)))]),
    1009,
  ],
  ['a flood of empty fragments', Buffer.concat([frame(0x01), times(1100, frame(0x00))]), 1008],
  ['a flood of fragments of one byte', Buffer.concat([frame(0x01, 'x'), times(1100, frame(0x00, 'x'))]), 1008],
];

async function startProcess(t: TestContext): Promise<ServerGroup> {
  const server = await startServerProcess(t, { rateHz: 50, startUs: Math.ceil(nowUs()) + 1000 });
  return server;
}

/** The frames that a server sent, as `opcode payload`; a close frame as its code. */
function framesOf(bytes: Buffer): string[] {
  const frames: string[] = [];
  for (let pos = 0; pos + 2 <= bytes.length;) {
    const opcode = bytes[pos]! & 0x0f;
    const short = bytes[pos + 1]!;
    const length = short === 126 ? bytes.readUInt16BE(pos + 2) : short;
    const start = pos + (short === 126 ? 4 : 2);
    frames.push(opcode === 8 ? `close ${length >= 2 ? bytes.readUInt16BE(start) : 1005}` : `opcode ${opcode}`);
    pos = start + length;
  }
  return frames;
}

/** Opens a WebSocket, attacks, and returns what the server sent up to its close frame and behind it. */
async function attack(t: TestContext, port: number, bytes: Uint8Array): Promise<string[]> {
  const client = await RawClient.open(t, port);
  client.upgrade();
  await until(() => client.body.length > 0, 'the first tick of the attacker');
  client.send(bytes);
  const frames = (): string[] => framesOf(Buffer.from(client.body, 'latin1'));
  await until(() => client.ended || frames().some((one) => one.startsWith('close')), 'the close frame');
  // Answered, so that the server may end the connection; more than a tick passes until it has.
  client.send(close(1000));
  client.socket.end();
  await until(() => client.ended, 'the end of the connection');
  client.socket.destroy();
  return frames();
}

test('each of them is closed with the code of RFC 6455 and gets nothing more; others notice nothing', async (t) => {
  const server = await startProcess(t);
  const healthy = await HealthyStream.open(t, server.port);
  for (const [name, bytes, closeCode] of ATTACKS) {
    await t.test(name, async (t) => {
      const frames = await attack(t, server.port, bytes);
      const at = frames.findIndex((one) => one.startsWith('close'));
      assert.equal(frames[at], `close ${closeCode}`);
      assert.deepEqual(frames.slice(at + 1), [], 'nothing may follow a close frame');
      assert.ok(await healthy.isIntact());
    });
  }
});

test('an attacker who does not answer the close frame gets nothing more, either', async (t) => {
  const server = await startProcess(t);
  const client = await RawClient.open(t, server.port);
  client.upgrade();
  await until(() => client.body.length > 0, 'the first tick');
  client.send(frame(0x83, 'x'));
  const frames = (): string[] => framesOf(Buffer.from(client.body, 'latin1'));
  await until(() => frames().includes('close 1002'), 'the close frame');
  const healthy = await HealthyStream.open(t, server.port);
  for (let tick = 0; tick < 3; tick++) assert.ok(await healthy.isIntact());
  assert.equal(frames().at(-1), 'close 1002');
});

test('rounds of all of them leave no memory behind', async (t) => {
  const server = await startProcess(t);
  const round = async (): Promise<void> => {
    await Promise.all(ATTACKS.map(([, bytes]) => attack(t, server.port, bytes)));
  };
  const heldAfter = async (rounds: number): Promise<number> => {
    for (let count = 0; count < rounds; count++) await round();
    for (;;) {
      const sample = ownSample((await server.sample(0, true))[0]);
      if (sample.connections.open === 0) return sample.process.heldBytes;
    }
  };
  const before = await heldAfter(5);
  const after = await heldAfter(10);
  // 240 attacks, each of which made the server hold up to 64 KiB for a moment; what a compiler keeps is a few hundred KiB.
  assert.ok(after - before < 4 * 1024 * 1024, `${after - before} bytes more are held`);
});

test('a flood of pings from a client that reads no pongs ends its connection', async (t) => {
  const server = await startServerProcess(t, { rateHz: 0.02 });
  const client = await RawClient.open(t, server.port);
  client.upgrade();
  await until(() => client.status === 101, 'the upgrade');
  const before = ownSample((await server.sample(0, true))[0]);
  client.socket.pause();
  const pings = times(500, frame(0x89, Buffer.alloc(125)));
  // As much as the kernel takes, and no more.
  const pour = (): void => {
    while (client.socket.write(pings));
  };
  client.socket.on('drain', pour);
  pour();
  for (;;) {
    const sample = ownSample((await server.sample(0, true))[0]);
    const grown = sample.process.heldBytes - before.process.heldBytes;
    assert.ok(grown < 4 * 1024 * 1024, `${grown} bytes are held for one client that does not read`);
    if (sample.connections.open === 0) break;
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ring, sharedRing } from '../../../../bench/machine/network/ring.ts';

/** Writes a packet of that length, all of one byte. */
function put(ring: Ring, length: number, byte: number): boolean {
  const { offset } = ring.room;
  ring.data.fill(byte, offset, offset + length);
  return ring.put(length, byte);
}

test('packets come out as they were put in, many times around', () => {
  const shared = sharedRing();
  const [from, to] = [new Ring(shared), new Ring(shared)];
  const ahead = 100;
  const check = (packet: number) => {
    assert.equal(to.next(), packet % 251);
    const { offset, length } = to.span;
    assert.equal(length, 40 + (packet % 1460));
    assert.equal(to.data[offset], packet % 251);
    assert.equal(to.data[offset + length - 1], packet % 251);
    to.take();
  };
  const packets = 120_000;
  for (let packet = 0; packet < packets; packet++) {
    assert.ok(put(from, 40 + (packet % 1460), packet % 251));
    if (packet >= ahead) check(packet - ahead);
  }
  for (let packet = packets - ahead; packet < packets; packet++) check(packet);
});

test('a full ring takes no more, and goes on once there is room', () => {
  const shared = sharedRing();
  const [from, to] = [new Ring(shared), new Ring(shared)];
  let held = 0;
  while (put(from, 1500, held % 251)) held++;
  assert.ok(held > 20_000, `${held} packets`);
  for (let packet = 0; packet < held; packet++) {
    assert.equal(to.next(), packet % 251);
    to.take();
  }
  assert.ok(put(from, 1500, 7));
  assert.equal(to.next(), 7);
});

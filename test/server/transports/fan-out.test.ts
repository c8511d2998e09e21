import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { nowUs } from '../../../server/clock.ts';
import { FanOut, type Member } from '../../../server/transports/fan-out.ts';

/** As much of a socket as the fan-out touches. */
class FakeSocket extends EventEmitter {
  readonly name: number;
  readonly log: number[];
  writableLength = 0;
  destroyed = false;

  constructor(name: number, log: number[]) {
    super();
    this.name = name;
    this.log = log;
  }

  write(): boolean {
    this.log.push(this.name);
    return true;
  }

  resetAndDestroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

function fanOutOf(count: number, seed = 5, faultUs = 0) {
  const log: number[] = [];
  const fanOut = new FanOut<Member>(1000, seed, faultUs);
  const sockets = Array.from({ length: count }, (_, name) => new FakeSocket(name, log));
  for (const socket of sockets) fanOut.add({ socket: socket as unknown as Socket, index: -1 });
  const round = () => {
    log.length = 0;
    fanOut.write(Buffer.from('x'));
    return [...log];
  };
  return { fanOut, sockets, round };
}

test('every round reaches each connection once, and begins at another place', () => {
  const { round } = fanOutOf(50);
  const firsts = new Set<number>();
  for (let i = 0; i < 200; i++) {
    const order = round();
    assert.deepEqual(
      order.toSorted((a, b) => a - b),
      Array.from({ length: 50 }, (_, name) => name),
    );
    firsts.add(order[0]!);
  }
  assert.ok(firsts.size > 40, `${firsts.size} of 50 places were first in 200 rounds`);
});

test('the order repeats with the seed', () => {
  assert.deepEqual(fanOutOf(20, 9).round(), fanOutOf(20, 9).round());
  assert.notDeepEqual(fanOutOf(20, 9).round(), fanOutOf(20, 10).round());
});

test('connections that close are forgotten, whichever they are', () => {
  const { fanOut, sockets, round } = fanOutOf(10);
  for (const name of [9, 0, 4, 5]) sockets[name]!.emit('close');
  assert.deepEqual(
    round().toSorted((a, b) => a - b),
    [1, 2, 3, 6, 7, 8],
  );
  assert.equal(fanOut.size, 6);
});

test('a consumer above its bound is cut and counted, the others are served', () => {
  const { fanOut, sockets, round } = fanOutOf(10);
  sockets[3]!.writableLength = 1001;
  sockets[4]!.writableLength = 1000;
  assert.equal(round().length, 10);
  assert.ok(sockets[3]!.destroyed);
  assert.ok(!sockets[4]!.destroyed);
  assert.equal(fanOut.cut, 1);
  assert.equal(round().length, 9);
});

test('sending to nobody does nothing', () => {
  assert.deepEqual(fanOutOf(0).round(), []);
});

test('a slow server, on purpose, takes that much longer for each write and reaches everyone all the same', () => {
  const { round } = fanOutOf(20, 5, 300);
  const startUs = nowUs();
  assert.equal(round().length, 20);
  assert.ok(nowUs() - startUs >= 20 * 300);
});

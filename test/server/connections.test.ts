import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Server } from 'node:net';
import { test } from 'node:test';
import { ConnectionCounter } from '../../server/connections.ts';

/** As much of a socket as is looked at; `bytesWritten` counts what is queued as well, as Node's does. */
class FakeSocket extends EventEmitter {
  bytesWritten = 0;
  bytesRead = 0;
  writableLength = 0;
  isCut = false;

  queue(bytes: number): void {
    this.bytesWritten += bytes;
    this.writableLength += bytes;
  }

  take(bytes: number): void {
    this.writableLength -= bytes;
  }

  resetAndDestroy(): void {
    this.isCut = true;
    this.emit('close');
  }
}

function connected() {
  const server = new EventEmitter();
  const counter = new ConnectionCounter(server as Server);
  const socket = new FakeSocket();
  server.emit('connection', socket);
  return { counter, socket };
}

test('a client that takes nothing of its queue between two looks is cut and counted', () => {
  const { counter, socket } = connected();
  socket.queue(1000);
  counter.cutStalled();
  assert.ok(!socket.isCut, 'it is looked at for the first time');
  socket.queue(500);
  counter.cutStalled();
  assert.ok(socket.isCut, 'that more is queued does not help');
  assert.equal(counter.stalled, 1);
  assert.equal(counter.totals().open, 0);
});

test('a client that takes some of it between any two looks stays, however long its queue is', () => {
  const { counter, socket } = connected();
  for (let look = 0; look < 100; look++) {
    socket.queue(1000);
    counter.cutStalled();
    socket.take(1);
  }
  assert.ok(!socket.isCut);
  assert.equal(counter.stalled, 0);
});

test('a client without a queue stays, however long nothing is sent to it', () => {
  const { counter, socket } = connected();
  for (let look = 0; look < 100; look++) counter.cutStalled();
  socket.queue(1000);
  counter.cutStalled();
  assert.ok(!socket.isCut);
});

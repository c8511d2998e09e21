import assert from 'node:assert/strict';
import { test } from 'node:test';
import { receive, type Channel } from '../../../bench/trial/channel.ts';

/** A line on which the test speaks. */
function line() {
  const listeners = new Set<(message: string) => void>();
  const channel: Channel<never, string> = {
    send: () => undefined,
    onMessage: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    lost: new Promise<never>(() => undefined),
  };
  return { channel, say: (message: string) => listeners.forEach((listener) => listener(message)) };
}

/** As a stopped process does: nothing has its turn. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

test('who stood still meanwhile does not blame the other for its silence', async () => {
  const { channel, say } = line();
  const answer = receive(channel, (message) => message, 50, 'an answer');
  standStill(700);
  setTimeout(() => say('here'), 10); // its turn comes after that of the timer that is due
  assert.equal(await answer, 'here');
});

test('who stays silent after that, too, is timed out', async () => {
  const { channel } = line();
  const answer = receive(channel, (message) => message, 50, 'an answer');
  standStill(700);
  await assert.rejects(answer, { code: 'TIMEOUT', message: 'an answer: no answer in 50 ms' });
});

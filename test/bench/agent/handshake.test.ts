import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Speech } from '../../../bench/agent/handshake.ts';
import type { Handshake } from '../../../bench/result/target.ts';

/** A speech of two clients, numbers 40 and 41 of the trial, and what it did. */
function speechOf(handshake: Handshake) {
  const said: string[] = [];
  const opened: number[] = [];
  const speech = new Speech(handshake, {
    clients: 2,
    firstClient: 40,
    say: (client, text) => said.push(`${client}: ${text}`),
    opened: (client) => opened.push(client),
  });
  const hear = (client: number, text: string) => speech.hear(client, Buffer.from(text), 0, Buffer.byteLength(text));
  return { speech, said, opened, hear };
}

test('each client says and awaits what has its own number', () => {
  const { speech, said, opened, hear } = speechOf({
    open: [{ send: 'I am {client}' }, { expect: 'welcome {client}' }],
    answer: [{ when: 'ping {client}', send: 'pong {client}' }],
  });
  speech.begin(1);
  assert.deepEqual(said.splice(0), ['1: I am 41']);
  assert.equal(hear(1, 'welcome 40'), 'opening');
  assert.deepEqual(opened, [], 'that was for another');
  assert.equal(hear(1, 'so welcome 41!'), 'opening');
  assert.deepEqual(opened, [1]);
  assert.deepEqual([hear(1, 'ping 40'), hear(1, 'ping 41')], ['message', 'answered']);
  assert.deepEqual(said, ['1: pong 41']);
});

test('what a client repeats begins when it is open, and ends with its connection', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { speech, said, hear } = speechOf({
    open: [{ expect: 'hi' }],
    every: [
      { ms: 100, send: 'beat {client}' },
      { ms: 250, send: 'slow' },
    ],
  });
  for (const client of [0, 1]) speech.begin(client);
  t.mock.timers.tick(300);
  assert.deepEqual(said, [], 'nobody is open yet');
  hear(0, 'hi');
  t.mock.timers.tick(250);
  assert.deepEqual(said.splice(0), ['0: beat 40', '0: beat 40', '0: slow']);
  speech.end(0);
  t.mock.timers.tick(1000);
  assert.deepEqual(said, []);
});

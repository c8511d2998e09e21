import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { AgentGroup } from '../../../bench/trial/agent-group.ts';
import type { Child } from '../../../bench/trial/child.ts';
import type { FromAgent, ToAgent } from '../../../bench/agent/messages.ts';

/** An agent without a process: it says what the test lets it say. */
function silentAgent(pid: number) {
  const line = new EventEmitter<{ message: [FromAgent] }>();
  const agent = { isKilled: false, say: (message: FromAgent) => line.emit('message', message) };
  const child: Child<ToAgent, FromAgent> = {
    pid,
    lost: new Promise<never>(() => undefined),
    send: () => undefined,
    onMessage: (listener) => {
      line.on('message', listener);
      return () => line.off('message', listener);
    },
    stop: async () => undefined,
    kill: () => (agent.isKilled = true),
  };
  return { agent, child };
}

test('what an agent said before anybody waited for it is not waited for again', async (t) => {
  // The clock stands: whoever waits for a time-out waits for ever.
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const [early, late] = [silentAgent(1), silentAgent(2)];
  const children = [early.child, late.child];
  const group = new AgentGroup([null, null], () => children.shift()!);
  early.agent.say({ type: 'complete' });
  let isComplete = false;
  const complete = group.complete(2000).then(() => (isComplete = true));
  await new Promise(setImmediate);
  assert.equal(isComplete, false, 'the other one has not said it yet');
  late.agent.say({ type: 'complete' });
  await complete;
});

test('where an agent cannot be started, those before it are ended', () => {
  const first = silentAgent(1);
  const starts = [
    () => first.child,
    () => {
      throw new Error('spawn ENOMEM');
    },
  ];
  assert.throws(() => new AgentGroup([0, 1], () => starts.shift()!()), /spawn ENOMEM/);
  assert.equal(first.agent.isKilled, true);
});

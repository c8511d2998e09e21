import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attachedTexts } from '../../../bench/judge/attached.ts';
import type { Target } from '../../../bench/result/target.ts';

const of = (name: string, changes: Partial<Target>): Target => ({
  name,
  publish: { http: { path: '/p' } },
  transports: {},
  ...changes,
});
const url = 'http://127.0.0.1:3000';

test('of servers that ran before the run is told that they are not fresh, and what nobody metered', () => {
  assert.deepEqual(attachedTexts({}), []);
  assert.deepEqual(attachedTexts({ targets: [of('go', { start: { command: ['./go'] } })] }), []);
  const metered = of('one', { attach: { url, pid: 7 } });
  const unmetered = of('two', { attach: { url } });
  const [fresh, ...none] = attachedTexts({ targets: [metered] });
  assert.match(fresh!, /^one ran before and is not started anew \(NOT_FRESH\)/);
  assert.deepEqual(none, []);
  const [both, cpu] = attachedTexts({ targets: [metered, unmetered] });
  assert.match(both!, /^one and two ran before and are not/);
  assert.match(cpu!, /^CPU and memory of two are not measured.*--pid, --pid-file or --cgroup$/);
});

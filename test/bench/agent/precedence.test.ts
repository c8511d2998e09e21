import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { getPriority } from 'node:os';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { Place, Precedence } from '../../../bench/agent/messages.ts';

const MODULE = new URL('../../../bench/agent/precedence.ts', import.meta.url).href;

/** In a process of its own: without privilege nobody comes back from a step down. */
async function placeOf(precedence: Precedence): Promise<Place & { policy: number }> {
  const script = `
    import { readFileSync } from 'node:fs';
    import { takePrecedence } from ${JSON.stringify(MODULE)};
    const place = takePrecedence('${precedence}');
    const [, after] = readFileSync('/proc/self/stat', 'latin1').split(') ');
    console.log(JSON.stringify({ ...place, policy: Number(after.split(' ')[41 - 3]) }))`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  return JSON.parse(stdout) as Place & { policy: number };
}

const skip = process.platform !== 'linux' && 'needs /proc';

test('the load steps back, witnesses go ahead as far as they may, others stay', { skip }, async () => {
  const [load, usual, witness] = await Promise.all((['load', 'usual', 'witness'] as const).map(placeOf));
  assert.deepEqual(load, { niceness: Math.max(5, getPriority()), isRealTime: false, policy: 0 });
  assert.deepEqual(usual, { niceness: getPriority(), isRealTime: false, policy: 0 });
  const mayBeFirst = spawnSync('chrt', ['-f', '1', 'true'], { stdio: 'ignore' }).status === 0;
  assert.deepEqual([witness!.isRealTime, witness!.policy], mayBeFirst ? [true, 1] : [false, 0]); // SCHED_FIFO is 1
  assert.ok(witness!.niceness <= getPriority(), `${witness!.niceness}`);
});

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { getPriority } from 'node:os';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { Precedence } from '../../../bench/agent/messages.ts';

const MODULE = new URL('../../../bench/agent/precedence.ts', import.meta.url).href;

/** In a process of its own: without privilege nobody comes back from a step down. */
async function niceAs(precedence: Precedence): Promise<number> {
  const script = `import { takePrecedence } from ${JSON.stringify(MODULE)}; console.log(takePrecedence('${precedence}'))`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  return Number(stdout);
}

test('the load steps back, witnesses go ahead as far as they may, others stay', async () => {
  const [load, usual, witness] = await Promise.all((['load', 'usual', 'witness'] as const).map(niceAs));
  assert.equal(load, Math.max(5, getPriority()));
  assert.equal(usual, getPriority());
  assert.ok(witness! <= getPriority(), `${witness}`);
});

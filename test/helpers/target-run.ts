import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { RunResult, Trial } from '../../bench/result/schema.ts';
import { small, startCommandLine } from './command-line.ts';
import { temporaryFolder } from './temporary.ts';

/** Runs one block of 20 clients by the command line, and waits for its end. */
export async function runTargets(t: TestContext, args: readonly string[]) {
  const out = join(temporaryFolder(t), 'run');
  const { ended, output } = startCommandLine(t, ['run', '--quick', '--rate', '20', ...small(), '--out', out, ...args]);
  const code = await ended;
  const result = () => JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as RunResult;
  return { code, result, ...output };
}

/** The first trial of an entrant. */
export function trialOf({ trials }: RunResult, entrant: string): Trial {
  return trials.find(({ cell }) => cell.transport === entrant)!;
}

/** Each step of a tick comes after the one before; of the built-in server nobody publishes. */
export function assertSteps({ trials }: RunResult): void {
  for (const { cell, phases, publish, firstReceiptUs, lastReceiptUs } of trials) {
    const ticks = phases.lastSeq - phases.firstSeq + 1;
    assert.deepEqual([firstReceiptUs!.count, lastReceiptUs!.count], [ticks, ticks], cell.transport);
    assert.ok(firstReceiptUs!.p50 <= lastReceiptUs!.p50, cell.transport);
    if (!cell.transport.includes(':')) {
      assert.equal(publish, null);
      continue;
    }
    assert.deepEqual([publish!.published, publish!.failed, publish!.unacknowledged], [ticks, 0, 0], cell.transport);
    assert.equal(publish!.answerUs.count, ticks);
    assert.ok(publish!.sentUs.p50 <= publish!.acknowledgedUs.p50, cell.transport);
    assert.ok(publish!.sentUs.p50 <= firstReceiptUs!.p50, cell.transport);
  }
}

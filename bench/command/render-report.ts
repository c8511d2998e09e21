import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT, PushbenchError } from '../basics/errors.ts';
import { visible } from '../basics/shown.ts';
import { REPORT_FILE, RESULT_FILE } from '../result/folder.ts';

const PROGRAM = fileURLToPath(new URL('../../report/main.ts', import.meta.url));
const MAX_ERROR_TEXT = 2000;

/**
 * Renders the report of the run or the search in a folder. In a process of its own, because the report depends on this program, not
 * the other way round.
 *
 * @returns the path of the report
 * @throws {PushbenchError} with what the renderer said: `usage` where the result is damaged, else `defect`
 */
export async function renderReport(directory: string, program: string = PROGRAM): Promise<string> {
  const failure = await run(program, [directory]);
  if (failure === null) return join(directory, REPORT_FILE);
  if (failure.ended === `exit ${EXIT.usage.code}`) {
    const result = join(directory, RESULT_FILE);
    const damaged = existsSync(result) ? result : directory;
    throw new PushbenchError('usage', 'RESULT_DAMAGED', `${damaged}: ${failure.text.replace(/^pushbench: /, '')}`);
  }
  throw new PushbenchError(
    'defect',
    'REPORT_FAILED',
    `the report could not be rendered (${failure.ended}); the result is kept. Try again: npm run bench -- report ${directory}\n${failure.text}`,
  );
}

/**
 * Renders the comparison of two runs as a page.
 *
 * @param a file of the run before, a result or a journal that was read already
 * @param b file of the run after
 * @param page where to write
 * @throws {PushbenchError} `resource`, with what the renderer said
 */
export async function renderComparison(a: string, b: string, page: string, program: string = PROGRAM): Promise<void> {
  const failure = await run(program, ['--compare', a, b, page]);
  if (failure === null) return;
  throw new PushbenchError(
    'resource',
    'COMPARISON_FAILED',
    `--html ${page}: the comparison could not be rendered (${failure.ended})\n${failure.text}`,
  );
}

/** @returns null, or how the program ended and what it said */
async function run(program: string, args: readonly string[]): Promise<{ ended: string; text: string } | null> {
  // its stdout would get into ours, which may have to be one JSON document
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-MAX_ERROR_TEXT);
  });
  const ended = await new Promise<string | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code === 0 ? null : (signal ?? `exit ${code}`)));
  });
  return ended === null ? null : { ended, text: said.trim().split('\n').map(visible).join('\n') };
}

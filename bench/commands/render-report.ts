import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT, PushbenchError } from '../errors.ts';
import { visible } from '../terminal/style.ts';
import { REPORT_FILE, RESULT_FILE } from './results.ts';

const PROGRAM = fileURLToPath(new URL('../../report/main.ts', import.meta.url));
const MAX_ERROR_TEXT = 2000;

/**
 * Renders the report of the result in a folder. In a process of its own, because the report depends on this program, not
 * the other way round.
 *
 * @returns the path of the report
 * @throws {PushbenchError} with what the renderer said: `usage` where the result is damaged, else `defect`
 */
export async function renderReport(directory: string, program: string = PROGRAM): Promise<string> {
  // its stdout would get into ours, which may have to be one JSON document
  const child = spawn(process.execPath, [program, directory], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-MAX_ERROR_TEXT);
  });
  const ended = await new Promise<string | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code === 0 ? null : (signal ?? `exit ${code}`)));
  });
  if (ended === null) return join(directory, REPORT_FILE);
  const text = said.trim().split('\n').map(visible).join('\n');
  if (ended === `exit ${EXIT.usage.code}`) {
    throw new PushbenchError(
      'usage',
      'RESULT_DAMAGED',
      `${join(directory, RESULT_FILE)}: ${text.replace(/^pushbench: /, '')}`,
    );
  }
  throw new PushbenchError(
    'defect',
    'REPORT_FAILED',
    `the report could not be rendered (${ended}); the result is kept. Try again: npm run bench -- report ${directory}\n${text}`,
  );
}

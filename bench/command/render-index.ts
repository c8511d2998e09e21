import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { visible } from '../basics/shown.ts';
import { INDEX_FILE } from '../result/folder.ts';

const PROGRAM = fileURLToPath(new URL('../../report/main.ts', import.meta.url));

/**
 * Writes the page of past runs into the folder of results. In a process of its own, as the report is. Nothing rests on it,
 * so that it never fails.
 *
 * @returns the path of the page, and why it was not written, if it was not
 */
export function renderIndex(
  root: string,
  program: string = PROGRAM,
): Promise<{ path: string; problem: string | null }> {
  const path = join(root, INDEX_FILE);
  return new Promise((resolve) => {
    execFile(process.execPath, [program, '--index', root], (error, _said, complaint) => {
      const [reason = ''] = complaint.trim().split('\n');
      const problem = error === null ? null : visible(reason.replace(/^pushbench: /, '') || error.message);
      resolve({ path, problem });
    });
  });
}

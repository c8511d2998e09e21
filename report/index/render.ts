import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findRuns } from '../../bench/commands/past-runs.ts';
import { INDEX_FILE, REPORT_FILE } from '../../bench/commands/results.ts';
import { PushbenchError } from '../../bench/errors.ts';
import { writeAtomically } from '../../bench/result/store.ts';
import { indexPage } from './page.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/**
 * Writes the page of the past runs below a folder into it and returns its path.
 * Throws a `PushbenchError` where the folder is not there or cannot be read or written.
 */
export async function renderIndex(root: string): Promise<string> {
  const found = await findRuns(root);
  if (found === null) throw new PushbenchError('usage', 'NO_FOLDER', `there is no folder ${root}`);
  const runs = found.map((run) => ({ ...run, hasReport: existsSync(join(root, run.id, REPORT_FILE)) }));
  const styles = await Promise.all(
    [here('../styles.css'), here('../plot/styles.css'), here('styles.css')].map((path) => readFile(path, 'utf8')),
  );
  const path = join(root, INDEX_FILE);
  writeAtomically(path, indexPage(runs, styles.join('')));
  return path;
}

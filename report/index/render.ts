import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findRuns } from '../../bench/run/past-runs.ts';
import { INDEX_FILE, REPORT_FILE } from '../../bench/result/folder.ts';
import { PushbenchError } from '../../bench/basics/errors.ts';
import { writeAtomically } from '../../bench/result/store.ts';
import { joinStyles } from '../../server/page/bundle.ts';
import { PLOT_STYLES, pageSheets } from '../bundle.ts';
import { indexPage } from './page.ts';

/**
 * Writes the page of the past runs below a folder into it and returns its path.
 * Throws a `PushbenchError` where the folder is not there or cannot be read or written.
 */
export async function renderIndex(root: string): Promise<string> {
  const found = await findRuns(root);
  if (found === null) throw new PushbenchError('usage', 'NO_FOLDER', `there is no folder ${root}`);
  const runs = found.map((run) => ({ ...run, hasReport: existsSync(join(root, run.id, REPORT_FILE)) }));
  // As they are: a bundler to shrink them takes a tenth of a second to start, and this page is written after every run.
  const styles = await joinStyles(pageSheets(PLOT_STYLES, new URL('styles.css', import.meta.url)));
  const path = join(root, INDEX_FILE);
  writeAtomically(path, indexPage(runs, styles));
  return path;
}

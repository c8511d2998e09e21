// `node report/main.ts DIR` renders DIR/result.json as DIR/report.html; `node report/main.ts --compare A B FILE` the
// comparison of two results or journals as FILE.
import { join } from 'node:path';
import { EXIT, PushbenchError } from '../bench/errors.ts';
import { readResult, writeAtomically } from '../bench/result/store.ts';
import { buildReport } from './build.ts';
import { renderComparison } from './comparison/render.ts';

/**
 * Renders the result in a folder and returns the path of the page, which appears whole or not at all.
 * Throws a `PushbenchError` where the result cannot be read or the page cannot be written.
 */
export async function renderReport(folder: string): Promise<string> {
  const document = await buildReport(readResult(join(folder, 'result.json')));
  const path = join(folder, 'report.html');
  writeAtomically(path, document);
  return path;
}

if (import.meta.main) {
  const [folder, ...more] = process.argv.slice(2);
  try {
    if (folder === '--compare') await renderComparison(more);
    else if (folder === undefined || more.length > 0)
      throw new PushbenchError(
        'usage',
        'REPORT_USAGE',
        'Usage: node report/main.ts DIR, where DIR holds a result.json.',
      );
    else process.stdout.write(`${await renderReport(folder)}\n`);
  } catch (error) {
    if (!(error instanceof PushbenchError)) throw error;
    process.stderr.write(`pushbench: ${error.message}\n`);
    process.exitCode = EXIT[error.reason].code;
  }
}

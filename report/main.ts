// `node report/main.ts DIR` renders DIR/result.json as DIR/report.html; `node report/main.ts --index ROOT` shows the runs
// below ROOT in ROOT/index.html; `node report/main.ts --compare A B FILE` the comparison of two results as FILE.
import { join } from 'node:path';
import { EXIT, PushbenchError } from '../bench/errors.ts';
import { readResult, writeAtomically } from '../bench/result/store.ts';

/**
 * Renders the result in a folder and returns the path of the page, which appears whole or not at all.
 * Throws a `PushbenchError` where the result cannot be read or the page cannot be written.
 */
export async function renderReport(folder: string): Promise<string> {
  const { buildReport } = await import('./build.ts');
  const document = await buildReport(readResult(join(folder, 'result.json')));
  const path = join(folder, 'report.html');
  writeAtomically(path, document);
  return path;
}

/** Each page loads what it needs: the list of runs is written more often than a report, and needs no bundler. */
async function render(args: readonly string[]): Promise<string> {
  const [first, second] = args;
  if (first === '--index' && second !== undefined && args.length === 2) {
    const { renderIndex } = await import('./index/render.ts');
    return renderIndex(second);
  }
  if (first === '--compare') {
    const { renderComparison } = await import('./comparison/render.ts');
    return renderComparison(args.slice(1));
  }
  if (first !== undefined && args.length === 1) return renderReport(first);
  throw new PushbenchError(
    'usage',
    'REPORT_USAGE',
    'Usage: node report/main.ts DIR, where DIR holds a result.json; --index ROOT; --compare A B FILE.',
  );
}

if (import.meta.main) {
  try {
    process.stdout.write(`${await render(process.argv.slice(2))}\n`);
  } catch (error) {
    if (!(error instanceof PushbenchError)) throw error;
    process.stderr.write(`pushbench: ${error.message}\n`);
    process.exitCode = EXIT[error.reason].code;
  }
}

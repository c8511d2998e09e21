// `node report/main.ts DIR` renders the run or the capacity search in DIR as DIR/report.html; `--index ROOT` shows the runs
// below ROOT in ROOT/index.html; `--compare A B FILE` the comparison of two results as FILE.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CAPACITY_FILE, CAPACITY_JOURNAL, REPORT_FILE, RESULT_FILE } from '../bench/result/folder.ts';
import { EXIT, PushbenchError } from '../bench/basics/errors.ts';
import { readResult, writeAtomically } from '../bench/result/store.ts';

/**
 * Renders the run or the capacity search in a folder and returns the path of the page, which appears whole or not at all.
 * Throws a `PushbenchError` where the result cannot be read or the page cannot be written.
 */
export async function renderReport(folder: string): Promise<string> {
  const path = join(folder, REPORT_FILE);
  const has = (file: string) => existsSync(join(folder, file));
  const isSearch = !has(RESULT_FILE) && (has(CAPACITY_FILE) || has(CAPACITY_JOURNAL));
  writeAtomically(path, isSearch ? await searchDocument(folder) : await runDocument(folder));
  return path;
}

async function runDocument(folder: string): Promise<string> {
  const { buildReport } = await import('./build.ts');
  return buildReport(readResult(join(folder, RESULT_FILE)));
}

async function searchDocument(folder: string): Promise<string> {
  const [{ readCapacity }, { capacityPage }] = await Promise.all([
    import('../bench/run/capacity/file.ts'),
    import('./capacity/page.ts'),
  ]);
  return capacityPage(readCapacity(folder));
}

/** Each page loads what it needs: the list of runs is written more often than a report, and needs no bundler. */
async function render(args: readonly string[]): Promise<string> {
  const [first, second] = args;
  if (first === '--index' && second !== undefined && args.length === 2) {
    const { renderIndex } = await import('./index/render.ts');
    return renderIndex(second);
  }
  if (first === '--compare') {
    const { renderComparison } = await import('./comparison/page.ts');
    return renderComparison(args.slice(1));
  }
  if (first !== undefined && args.length === 1) return renderReport(first);
  throw new PushbenchError(
    'usage',
    'REPORT_USAGE',
    'Usage: node report/main.ts DIR, where DIR holds a result.json or a capacity.json; --index ROOT; --compare A B FILE.',
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

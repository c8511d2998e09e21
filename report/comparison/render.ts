import { PushbenchError } from '../../bench/basics/errors.ts';
import { resultFromJournal } from '../../bench/run/assemble.ts';
import type { RunResult } from '../../bench/result/schema.ts';
import { readResult, writeAtomically } from '../../bench/result/store.ts';
import { comparisonPage } from './page.ts';

const read = (file: string): RunResult => (file.endsWith('.ndjson') ? resultFromJournal(file) : readResult(file));

/**
 * Writes the comparison of two runs as a page, which appears whole or not at all; returns its path.
 *
 * @param args the run before and the run after, each a result.json or a journal.ndjson, and the page
 * @throws PushbenchError (usage) where one is missing or cannot be read, (resource) where the page cannot be written
 */
export async function renderComparison(args: readonly string[]): Promise<string> {
  const [a, b, file, ...more] = args;
  if (a === undefined || b === undefined || file === undefined || more.length > 0)
    throw new PushbenchError('usage', 'REPORT_USAGE', 'Usage: node report/main.ts --compare A B FILE.');
  writeAtomically(file, await comparisonPage(read(a), read(b)));
  return file;
}

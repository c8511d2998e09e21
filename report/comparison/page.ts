import { PushbenchError } from '../../bench/basics/errors.ts';
import { resultFromJournal } from '../../bench/run/assemble.ts';
import type { RunResult } from '../../bench/result/schema.ts';
import { readResult, writeAtomically } from '../../bench/result/store.ts';
import { compareRuns } from '../../bench/judge/compare-runs.ts';
import { reportDocument } from '../document.ts';
import { pageStyles } from '../bundle.ts';
import { comparisonView } from './view.ts';
import { html } from '../../server/page/html.ts';

/**
 * The comparison of two runs as one HTML document without any external reference; it needs no script, so its policy allows
 * none.
 *
 * @param a the run before
 * @param b the run after
 */
export async function comparisonPage(a: RunResult, b: RunResult): Promise<string> {
  const name = ({ run }: RunResult) => run.label || run.id;
  const body = html`<main id="main" class="comparison">
      <header>
        <p class="brand">pushbench comparison</p>
        <h1>${name(a)} → ${name(b)}</h1>
      </header>
      ${comparisonView(compareRuns(a, b), a, b)}
    </main>
    <footer>Made by pushbench from ${a.run.id} and ${b.run.id}. This file is complete in itself.</footer>`;
  return reportDocument(`${name(a)} and ${name(b)} – pushbench comparison`, await pageStyles(), null, body);
}

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

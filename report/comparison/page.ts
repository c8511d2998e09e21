import type { RunResult } from '../../bench/result/schema.ts';
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

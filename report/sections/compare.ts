import type { Section } from './section.ts';
import { html } from '../../server/page/html.ts';

/** A place for another run beside this one; the scripts fill it. */
export const compare: Section = {
  id: 'compare',
  title: 'Compare with another run',
  short: 'Compare',
  render({ result }) {
    if (result.trials.length === 0) return null;
    return html`<p class="scriptless">
        In the page this needs JavaScript; without it:
        <code>npm run bench -- compare A B --html comparison.html</code>
      </p>
      <div id="chooser-of-runs" hidden>
        <p class="quiet">
          Drop another run’s <code>result.json</code> or <code>report.html</code> anywhere on this page, or choose it
          here. It is read in this page and goes nowhere else.
        </p>
        <p class="file">
          <label for="other-run">Other run</label>
          <input id="other-run" type="file" accept=".json,.html,application/json,text/html" />
          <button type="button" id="close-comparison" hidden>Close the comparison</button>
        </p>
      </div>
      <div id="comparison" class="comparison" aria-live="polite"></div>`;
  },
};

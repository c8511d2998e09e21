import type { Section } from '../sections/section.ts';
import { capacityChart } from './chart.ts';
import { panelsOf } from './panel.ts';
import type { SearchView } from './search-view.ts';
import { html } from '../../server/page/html.ts';

/** Every step of each transport, against its objectives. */
export const charts: Section<SearchView> = {
  id: 'charts',
  title: 'Charts',
  render({ result }) {
    const panels = panelsOf(result);
    if (panels.length === 0) return null;
    return html`<div class="${panels.length > 1 ? 'charts' : 'alone'}">
        ${panels.map((panel) => capacityChart(panel, result.transports, result.search.vary))}
      </div>
      <p class="quiet">
        The dashed line is the objective, the upright line the answer, the band its 95 % interval, or, with dashed
        edges, what encloses the boundary where there is no interval. Look how the marks near the band scatter: that is
        what the interval is made of.
      </p>`;
  },
};

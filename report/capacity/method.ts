import { attachedTexts } from '../../bench/judge/attached.ts';
import { html } from '../../server/page/html.ts';
import type { Section } from '../sections/section.ts';
import type { SearchView } from './search-view.ts';

/** How the answers came about, for who wants to rely on them. */
export const method: Section<SearchView> = {
  id: 'method',
  title: 'Method',
  render: ({ result }) =>
    html`<div class="prose">
      ${attachedTexts(result.search.settings).map((text) => html`<p><strong>${text}.</strong></p>`)}
      <p>
        The boundary is the load at which a trial meets its objectives as often as not. Each step is one life of a
        server process: ramp, warm-up, measured window, drain. The search grows, bisects on a scale of ratios, then
        confirms in fresh processes around the boundary.
      </p>
      <h3>Where the interval comes from</h3>
      <p>
        <em>By figures</em>: each of eight confirmations projects the boundary from how far its figure is from the
        limit, along the slope of the steps around it; the interval reaches from the smallest to the largest.
        <em>By outcomes</em>, for counts, gates and cliffs: what held and what did not, taken together. The chance to
        hold falls along a curve around the boundary whose steepness is not known either; the interval is where the
        boundary lies at 95 %, given every step.
      </p>
      <h3>Who is to blame</h3>
      <p>
        A failed step is asked in this order: was the machine disturbed (then it is repeated), did descriptors or ports
        run out, was the load generator the limit, did the server break a gate, is the objective broken. Where the load
        agents’ own delay may explain the boundary the answer reads “at least”, with about what the server alone would
        hold.
      </p>
      <h3>What this says nothing about</h3>
      <p>
        TLS, proxies, real networks, other servers, and clients that do something with an update: server and clients
        share one machine and the loopback device.
      </p>
    </div>`,
};

import { waysOf, type WayFigures } from '../../bench/judge/ways.ts';
import { formatCount, formatMicros, percent, quantity } from '../../bench/basics/amounts.ts';
import { lookOf } from '../../bench/result/entrant.ts';
import type { MetricSummary } from '../../bench/result/schema.ts';
import { html } from '../../server/page/html.ts';
import type { Section } from './section.ts';

const NONE = '–';

/** What proxies add, what they cost, and which line of a configuration to change. */
export const ways: Section = {
  id: 'ways',
  title: 'The way through a proxy',
  short: 'Proxies',
  render({ result }) {
    const found = waysOf(result);
    if (found.length === 0) return null;
    const { settings, cells } = result.plan;
    const hasStraight = cells.some(({ transport }) => !transport.includes('/'));
    const several = new Set(cells.map(({ clients }) => clients)).size > 1;
    return html`<p>
        ${
          hasStraight
            ? 'Added is what a delivery took more than straight to the server in the same block: the median of the blocks.'
            : 'Nothing went straight to the server: add none to --via to see what a proxy adds.'
        }
        Late are deliveries that came after the next tick was due. CPU and memory are the proxy’s own, beside the
        server’s.
      </p>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>way</th>
              <th>connected</th>
              <th>first byte</th>
              <th>p50 added</th>
              <th>p99 added</th>
              <th>age added</th>
              <th>late</th>
              <th>CPU a delivery</th>
              <th>memory a client</th>
            </tr>
          </thead>
          <tbody>
            ${found.map(
              (way) =>
                html`<tr>
                  <th>
                    ${lookOf(way.cell.transport, settings).label}${several ? `, ${formatCount(way.cell.clients)} clients` : ''}
                  </th>
                  <td>${percent(way.connectedShare)}</td>
                  <td>${way.openUs === null ? NONE : formatMicros(way.openUs)}</td>
                  <td>${amountOf('us', way.added.p50)}</td>
                  <td>${amountOf('us', way.added.p99)}</td>
                  <td>${amountOf('us', way.added.ageMean)}</td>
                  <td>${way.heldShare === null ? NONE : percent(way.heldShare)}</td>
                  <td>${amountOf('us', way.cpuPerDeliveryUs)}</td>
                  <td>${way.rssPerClientBytes === null ? NONE : quantity('bytes', way.rssPerClientBytes)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${adviceList(found, (way) => lookOf(way.cell.transport, settings).label)}`;
  },
};

function amountOf(unit: string, summary: MetricSummary | null): string {
  return summary === null ? NONE : quantity(unit, summary.median);
}

function adviceList(found: readonly WayFigures[], labelOf: (way: WayFigures) => string) {
  const spoilt = found.filter(({ advice }) => advice.length > 0);
  if (spoilt.length === 0) return null;
  return html`<ul class="warnings">
    ${spoilt.flatMap((way) =>
      way.advice.map(
        ({ setting, why }) =>
          html`<li class="warning caution">
            <p><strong>${labelOf(way)}: ${why}.</strong></p>
            <p><em>What to change in the configuration of ${way.proxy.program}:</em> <code>${setting}</code></p>
          </li>`,
      ),
    )}
  </ul>`;
}

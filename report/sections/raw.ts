import { networkWords } from '../../bench/result/network.ts';
import { readersOf } from '../../bench/judge/gates.ts';
import type { Trial } from '../../bench/result/schema.ts';
import { rowLabel } from '../figures/load.ts';
import { dataTable, num, text } from '../table.ts';
import { command } from './header.ts';
import type { ReportView, Section } from './section.ts';
import { formatCount, formatNumber, formatSetting, plural } from '../../bench/basics/amounts.ts';
import { html, type Content } from '../../server/page/html.ts';

/** Beyond this the page would grow past a megabyte; the result file has them all. */
const LISTED = 320;

const COLUMNS = [
  text('cell'),
  num('clients'),
  num('ticks/s'),
  num('payload, B'),
  num('block'),
  num('order'),
  text('validity'),
  num('connected'),
  num('delivered'),
  num('missed'),
  num('p50, ms'),
  num('p99, ms'),
  num('CPU/tick, µs'),
  num('agent busy, %'),
  num('reader lag p99, ms'),
  text('canary'),
];

function trialRow({ result }: ReportView, trial: Trial): Content[] {
  const { cell, latencyUs, clients, ledger, server } = trial;
  const milliseconds = (valueUs: number) => (latencyUs.count === 0 ? '–' : formatNumber(valueUs / 1000));
  return [
    cell.network ? `${rowLabel(result, cell)}, ${networkWords(cell.network)}` : rowLabel(result, cell),
    formatCount(cell.clients),
    formatSetting(cell.rateHz),
    formatSetting(cell.payloadBytes),
    String(trial.block + 1),
    String(trial.order + 1),
    validityText(trial),
    clients.connected === clients.target
      ? formatCount(clients.connected)
      : `${formatCount(clients.connected)} of ${formatCount(clients.target)}`,
    formatCount(ledger.delivered),
    formatCount(ledger.missed),
    milliseconds(latencyUs.p50),
    milliseconds(latencyUs.p99),
    server.cpuPerDeliveryUs === null ? '–' : formatNumber(server.cpuPerDeliveryUs),
    formatNumber(Math.max(0, ...trial.agents.map((agent) => agent.utilisation)) * 100),
    formatNumber(Math.max(0, ...readersOf(trial).map(({ lagUs }) => lagUs)) / 1000),
    canaryText(trial),
  ];
}

function validityText({ validity: { status, reasons } }: Trial): Content {
  if (status === 'valid') return status;
  return html`<span class="word ${status}">${[status, ...reasons.map(({ code }) => code)].join(' ')}</span>`;
}

/** What library clients saw against what the load saw. */
function canaryText({ canary }: Trial): string {
  if (canary === null) return '–';
  if (canary.clients === 0) return 'not connected';
  if (canary.differenceUs === null) return 'too few ticks';
  const { median, low, high } = canary.differenceUs;
  const [typical, from, to] = [median, low, high].map((us) => formatNumber(us / 1000));
  return `${canary.agrees === true ? 'agrees' : 'differs'}: ${typical} ms (${from} to ${to})`;
}

/** Every trial, also the invalid ones, and how to run them again. */
export const raw: Section = {
  id: 'raw',
  title: 'Raw figures',
  render(view) {
    const { trials, run } = view.result;
    const listed = trials.toSorted((a, b) => a.order - b.order).slice(0, LISTED);
    const rows = listed.map((trial) => trialRow(view, trial));
    const table =
      trials.length === 0
        ? html`<p class="notice">No trial ended, so there is none to list.</p>`
        : html`<details ${trials.length <= 64 ? html`open` : null}>
            <summary>${plural(trials.length, 'trial')}, in the order in which they ran</summary>
            ${dataTable('Every trial', COLUMNS, rows)}
            ${trials.length > LISTED ? html`<p>The first ${formatCount(LISTED)}; result.json has all.</p>` : null}
          </details>`;
    return html`${table}
      <p>
        <a href="result.json">result.json</a>, beside this file, holds every trial with its raw histograms, so that each
        figure of this page can be derived again. This repeats the run, with its order, phases and payloads:
      </p>
      ${command(run.command)}`;
  },
};

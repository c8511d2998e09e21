import { formatCount, formatDuration, formatIn, humanise, listing, plural, scaleFor } from '../format.ts';
import { focusOf, type Load, type Row } from '../figures/load.ts';
import { html, type Markup } from '../html.ts';
import { mark } from './mark.ts';
import type { ReportView, Section } from './section.ts';

const figure = (row: Row, id: string): number | null => row.summary?.metrics[id]?.median ?? null;

/** `1.20 ms over SSE, 503 ms over polling`, of the rows that have the figure. */
function perTransport(load: Load, id: string, unit: string, word: string): string {
  return listing(
    load.rows.flatMap((row) => {
      const value = row.usable.length > 0 ? figure(row, id) : null;
      return value === null ? [] : [`${humanise(unit, value)} ${word} ${row.label}`];
    }),
  );
}

function range(load: Load, id: string, unit: string): string | null {
  const values = load.rows.filter((row) => row.usable.length > 0).flatMap((row) => figure(row, id) ?? []);
  if (values.length === 0) return null;
  const scale = scaleFor(unit, values);
  const [low, high] = [formatIn(scale, Math.min(...values)), formatIn(scale, Math.max(...values))];
  return low === high ? `${low} ${scale.unit}` : `${low} to ${high} ${scale.unit}`;
}

function opening(loads: readonly Load[], load: Load): string {
  if (loads.length === 1) return 'At ';
  const every = load.rows.every((row) => row.usable.length > 0) ? 'every transport' : 'the most transports';
  return `The run swept ${plural(loads.length, 'load')}; at the largest with valid trials of ${every}, `;
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function ledgerSentence({ result }: ReportView): string {
  const sum = (of: (trial: (typeof result.trials)[number]) => number) =>
    result.trials.reduce((running, trial) => running + of(trial), 0);
  const faults = (['missed', 'duplicate', 'outOfOrder', 'corrupt'] as const).map((key) => ({
    name: key === 'outOfOrder' ? 'out of order' : key,
    count: sum((trial) => trial.ledger[key]),
  }));
  const expected = sum((trial) => trial.ledger.expected);
  const delivered = sum((trial) => trial.ledger.delivered);
  const coalesced = sum((trial) => trial.ledger.coalesced);
  const clean = faults.every(({ count }) => count === 0);
  const account = clean
    ? 'none was missed, duplicated, out of order or corrupt'
    : listing(faults.map(({ name, count }) => `${formatCount(count)} ${name}`));
  const skipped = coalesced === 0 ? '' : ` and ${formatCount(coalesced)} were skipped by design`;
  return `Of ${formatCount(expected)} ticks that clients were due, ${formatCount(delivered)} arrived${skipped}; ${account}.`;
}

function sentences(view: ReportView, load: Load): string[] {
  const { loads, result } = view;
  const cpu = range(load, 'cpu', 'us');
  const bytes = range(load, 'bytes', 'bytes');
  const memory = range(load, 'memory', 'bytes');
  const costs = [cpu === null ? null : `${cpu} of server CPU`, bytes === null ? null : `${bytes} on the wire`].filter(
    (cost) => cost !== null,
  );
  const polled = load.rows.find((row) => row.cell.pollIntervalMs !== null && row.usable.length > 0);
  const interval = polled?.cell.pollIntervalMs ?? null;
  const half = perTransport(load, 'p50', 'us', 'over');
  const most = perTransport(load, 'p99', 'us', 'over');
  return [
    `${opening(loads, load)}${load.label.replaceAll(' · ', ', ')}, on loopback:`,
    half === '' ? 'no tick was delivered.' : `half of the ticks had arrived after ${half}; 99 % after ${most}.`,
    costs.length > 0
      ? `A delivered tick cost ${listing(costs)}${memory === null ? '' : `; a connected client took ${memory} of the server’s memory`}.`
      : '',
    polled === undefined || interval === null
      ? ''
      : `${capitalised(polled.label)}, asking every ${formatDuration(interval)}, is ${formatDuration(interval / 2)} late on average whatever the server does.`,
    ledgerSentence(view),
    `Figures are medians over trials${result.plan.settings.blocks < 6 ? '; with fewer than six blocks they carry no interval' : ''}; they describe, the verdicts below decide.`,
  ].filter((sentence) => sentence !== '');
}

const TILES = [
  { id: 'p50', label: 'p50', unit: 'us' },
  { id: 'ageMean', label: 'mean age', unit: 'us' },
  { id: 'cpu', label: 'CPU per tick', unit: 'us' },
  { id: 'memory', label: 'memory per client', unit: 'bytes' },
  { id: 'bytes', label: 'bytes per tick', unit: 'bytes' },
] as const;

function tile({ page }: ReportView, row: Row): Markup {
  const p99 = figure(row, 'p99');
  if (row.usable.length === 0 || p99 === null) {
    return html`<li class="tile">
      <h3>${mark(page, row.look.id)}${row.label}</h3>
      <p class="none">no valid trial with a delivery</p>
    </li>`;
  }
  return html`<li class="tile">
    <h3>${mark(page, row.look.id)}${row.label}</h3>
    <p class="lead">${humanise('us', p99)} <span>p99 latency</span></p>
    <dl>
      ${TILES.map(({ id, label, unit }) => {
        const value = figure(row, id);
        return html`<div>
          <dt>${label}</dt>
          <dd>${value === null ? '–' : humanise(unit, value)}</dd>
        </div>`;
      })}
    </dl>
  </li>`;
}

/** The run in one paragraph and one card a transport, from figures only. */
export const glance: Section = {
  id: 'glance',
  title: 'In one look',
  render(view) {
    const load = focusOf(view.loads);
    if (view.standing.nothing !== null || load === undefined)
      return html`<p class="notice">${view.standing.nothing}</p>`;
    return html`<p class="glance">${sentences(view, load).join(' ')}</p>
      <ul class="tiles">
        ${load.rows.map((row) => tile(view, row))}
      </ul>`;
  },
};

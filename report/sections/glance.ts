import { sumOf } from '../../bench/basics/numbers.ts';
import { focusOf, type Load, type Row } from '../figures/load.ts';
import { markOf } from '../plot/look.ts';
import type { ReportView, Section } from './section.ts';
import { enumerate, formatCount, humanise, plural } from '../../bench/basics/amounts.ts';
import { html, type Markup } from '../../server/page/html.ts';

const figure = (row: Row, id: string): number | null => row.summary?.metrics[id]?.median ?? null;

/** More than that are not listed in a sentence. */
const MOST_LISTED = 6;

/**
 * `1.20 ms over SSE, 503 ms over polling`: lowest first, of the rows that have the figure; of many the lowest and the highest
 * alone.
 */
function perTransport(load: Load, id: string, unit: string): string {
  const found = load.rows.flatMap((row) => {
    const value = row.usable.length > 0 ? figure(row, id) : null;
    return value === null ? [] : [{ value, text: `${humanise(unit, value)} over ${row.label}` }];
  });
  const texts = found.toSorted((a, b) => a.value - b.value).map(({ text }) => text);
  if (texts.length <= MOST_LISTED) return enumerate(texts);
  return `${texts[0]} (the least of ${texts.length}) up to ${texts.at(-1)}`;
}

function opening(loads: readonly Load[], load: Load): string {
  const place = load.label.replaceAll(' · ', ', ');
  if (loads.length === 1) return `At ${place}, on one machine:`;
  const every = load.rows.every((row) => row.usable.length > 0) ? 'every transport' : 'the most transports';
  return `The run swept ${plural(loads.length, 'load')}. At the largest with valid trials of ${every}, ${place}, on one machine:`;
}

function ledgerSentence({ result }: ReportView): string {
  const sum = (of: (trial: (typeof result.trials)[number]) => number) => sumOf(result.trials.map(of));
  const faults = (['missed', 'duplicate', 'outOfOrder', 'corrupt'] as const).map((key) => ({
    name: key === 'outOfOrder' ? 'out of order' : key,
    count: sum((trial) => trial.ledger[key]),
  }));
  const expected = sum((trial) => trial.ledger.expected);
  const delivered = sum((trial) => trial.ledger.delivered);
  const coalesced = sum((trial) => trial.ledger.coalesced);
  const skipped = coalesced === 0 ? '' : `, ${formatCount(coalesced)} were skipped by design`;
  if (faults.every(({ count }) => count === 0))
    return delivered + coalesced === expected && coalesced === 0
      ? `All ${formatCount(expected)} ticks that clients were due in the run arrived: once, in order and intact.`
      : `Of ${formatCount(expected)} ticks that clients were due, ${formatCount(delivered)} arrived${skipped}; none was missed, duplicated, out of order or corrupt.`;
  return `Of ${formatCount(expected)} ticks that clients were due, ${formatCount(delivered)} arrived${skipped}: ${enumerate(faults.map(({ name, count }) => `${formatCount(count)} ${name}`))}.`;
}

/** What servers that are not ours sent besides ticks. */
function controlSentences({ result }: ReportView): string[] {
  const count = sumOf(result.trials.map(({ controlMessages = 0 }) => controlMessages));
  if (count === 0) return [];
  return [`Clients also received ${plural(count, 'message')} without a tick: greetings, pings and the like.`];
}

function sentences(view: ReportView, load: Load): string[] {
  const most = perTransport(load, 'p99', 'us');
  const late = most === '' ? 'no tick was delivered.' : `99 % of the ticks had arrived after ${most}.`;
  return [opening(view.loads, load), late, ledgerSentence(view), ...controlSentences(view)];
}

const TILES = [
  { id: 'p50', label: 'p50', unit: 'us' },
  { id: 'ageMean', label: 'mean age', unit: 'us' },
  { id: 'cpu', label: 'CPU per tick', unit: 'us' },
  { id: 'memory', label: 'memory per client', unit: 'bytes' },
  { id: 'bytes', label: 'bytes per tick', unit: 'bytes' },
] as const;

/** A figure as a share of the largest one beside it: lengths compare at a glance, the numbers say the rest. */
function share(load: Load, row: Row, id: string): Markup | null {
  const most = Math.max(0, ...load.rows.flatMap((other) => (other.usable.length > 0 ? (figure(other, id) ?? []) : [])));
  const value = figure(row, id);
  if (value === null || most === 0) return null;
  const width = Math.max(0, (value / most) * 100).toFixed(1);
  return html`<svg
    class="share"
    width="100%"
    height="3"
    viewBox="0 0 100 3"
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    <rect width="${width}" height="3" />
  </svg>`;
}

function tile({ page }: ReportView, load: Load, row: Row): Markup {
  const p99 = figure(row, 'p99');
  const name = html`<h3>${markOf(page.transports, row.look.id)}${row.label}</h3>`;
  if (row.usable.length === 0 || p99 === null) {
    return html`<li class="tile">
      ${name}
      <p class="none">no valid trial with a delivery</p>
    </li>`;
  }
  const place = page.transports.findIndex(({ id }) => id === row.look.id);
  return html`<li class="tile t${place}">
    ${name}
    <p class="lead">${humanise('us', p99)} <small>p99 latency</small></p>
    ${share(load, row, 'p99')}
    <dl class="pairs">
      ${TILES.map(({ id, label, unit }) => {
        const value = figure(row, id);
        return html`<div>
          <dt>${label}</dt>
          <dd>${value === null ? '–' : humanise(unit, value)}</dd>
          ${share(load, row, id)}
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
    const few = view.result.plan.settings.blocks < 6 ? ' With fewer than six blocks they carry no interval.' : '';
    return html`<p class="glance">${sentences(view, load).join(' ')}</p>
      <ul class="tiles">
        ${load.rows.map((row) => tile(view, load, row))}
      </ul>
      <p class="quiet">
        Medians over the trials; a bar is a share of the largest figure of its kind. They describe, the verdicts
        decide.${few}
      </p>`;
  },
};

import { html, type Markup } from '../../server/page/html.ts';
import type { PageData } from '../page-data.ts';
import { markOf } from '../plot/look.ts';
import { dataTable, num, text, type Row } from '../table.ts';
import { choose, type Choice, type Needs, type Option } from './choose.ts';
import {
  answerText,
  basisText,
  coresText,
  measureCommand,
  memoryText,
  needsText,
  objectionsText,
  timeText,
} from './words.ts';
import { formatNumber } from '../../bench/basics/amounts.ts';

const PERIODS_IN_BUDGET = 2;
const USUAL_BUDGET_MS = 1000;

/** What the chooser answers first: the load that the page shows first, one way, nothing between server and clients. */
export function firstNeeds(data: PageData): Needs | null {
  const load = data.loads.find(({ key }) => key === data.focus);
  if (load === undefined) return null;
  const { clients, rateHz, payloadBytes } = load;
  const budgetMs = Math.max(USUAL_BUDGET_MS, Math.round((PERIODS_IN_BUDGET * 1000) / rateHz));
  return { clients, rateHz, payloadBytes, budgetMs, upstream: 'none', requestsOnly: false };
}

const FIGURES = ['p99 age', 'by design', 'server CPU', 'memory, all clients', 'traffic'];
const COLUMNS = [text('transport'), ...FIGURES.map(num), text('figures'), text('fits')];

function row(data: PageData, needs: Needs, option: Option, isPick: boolean): Row {
  const why = objectionsText(option, data, needs);
  return {
    attributes: html`${why === '' ? null : html` class="out"`}`,
    content: [
      [markOf(data.transports, option.row.transport), option.row.label],
      timeText(option.ageMs),
      timeText(option.designMs),
      coresText(option.cores),
      memoryText(option.memoryBytes),
      `${formatNumber((option.bytesPerSecond * 8) / 1e6)} Mbit/s`,
      option.basis.kind,
      why === '' ? (isPick ? 'yes, chosen' : 'yes') : `no: ${why}`,
    ],
  };
}

function basis(data: PageData, needs: Needs, choice: Choice): Markup {
  const option = choice.kind === 'choice' ? choice.pick : choice.kind === 'none' ? choice.options[0] : undefined;
  const isMeasured = option?.basis.kind === 'measured';
  return html`${option === undefined ? null : html`<p class="basis">${basisText(option)}</p>`}
  ${
    isMeasured || choice.kind === 'no-evidence'
      ? null
      : html`<p class="basis">To measure it instead: <code>${measureCommand(data, needs)}</code></p>`
  }`;
}

/** The answer to the needs from this run's figures: its headline, its reasons, what it rests on, and every figure. */
export function answer(data: PageData, needs: Needs): Markup {
  const choice = choose(data, needs);
  const { headline, sentences } = answerText(choice, data, needs);
  const pick = choice.kind === 'choice' ? choice.pick : null;
  const options = choice.kind === 'choice' || choice.kind === 'none' ? choice.options : [];
  const rows = options.map((option) => row(data, needs, option, option === pick));
  return html`<p class="for">For ${needsText(needs)}</p>
    <p class="headline">${pick === null ? null : markOf(data.transports, pick.row.transport)}${headline}</p>
    ${sentences.map((sentence) => html`<p>${sentence}</p>`)} ${basis(data, needs, choice)}
    ${rows.length === 0 ? null : dataTable('What each would show', COLUMNS, rows)}`;
}

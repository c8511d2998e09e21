import { element, type Element, type Part } from '../element.ts';
import { elementTable, type ElementColumn } from '../element-table.ts';
import type { PageData } from '../page-data.ts';
import { markElement } from '../sections/mark.ts';
import { choose, type Choice, type Needs, type Option } from './choose.ts';
import { basisText, coresText, memoryText, objectionsText, timeText } from './option-words.ts';
import { answerText, measureCommand, needsText } from './words.ts';
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

const figures = (label: string): ElementColumn => ({ label, kind: 'num' });
const words = (label: string): ElementColumn => ({ label, kind: 'text' });

const COLUMNS: readonly ElementColumn[] = [
  words('transport'),
  figures('p99 age'),
  figures('by design'),
  figures('server CPU'),
  figures('memory, all clients'),
  figures('traffic'),
  words('figures'),
  words('fits'),
];

function row(data: PageData, needs: Needs, option: Option, isPick: boolean): Element {
  const why = objectionsText(option, data, needs);
  const number = (text: string) => element('td', { class: 'num' }, text);
  return element(
    'tr',
    why === '' ? {} : { class: 'out' },
    element('th', { scope: 'row' }, markElement(data.transports, option.row.transport), option.row.label),
    number(timeText(option.ageMs)),
    number(timeText(option.designMs)),
    number(coresText(option.cores)),
    number(memoryText(option.memoryBytes)),
    number(`${formatNumber((option.bytesPerSecond * 8) / 1e6)} Mbit/s`),
    element('td', { class: 'text' }, option.basis.kind),
    element('td', { class: 'text' }, why === '' ? (isPick ? 'yes, chosen' : 'yes') : `no: ${why}`),
  );
}

const paragraph = (text: string, kind = '') => element('p', kind === '' ? {} : { class: kind }, text);

function basis(data: PageData, needs: Needs, choice: Choice): Part[] {
  const option = choice.kind === 'choice' ? choice.pick : choice.kind === 'none' ? choice.options[0] : undefined;
  const isMeasured = option?.basis.kind === 'measured';
  return [
    ...(option === undefined ? [] : [paragraph(basisText(option), 'basis')]),
    ...(isMeasured || choice.kind === 'no-evidence'
      ? []
      : [
          element('p', { class: 'basis' }, 'To measure it instead: ', element('code', {}, measureCommand(data, needs))),
        ]),
  ];
}

/** The answer to the needs from this run's figures: its headline, its reasons, what it rests on, and every figure. */
export function answer(data: PageData, needs: Needs): Part[] {
  const choice = choose(data, needs);
  const { headline, sentences } = answerText(choice, data, needs);
  const pick = choice.kind === 'choice' ? choice.pick : null;
  const options = choice.kind === 'choice' || choice.kind === 'none' ? choice.options : [];
  return [
    paragraph(`For ${needsText(needs)}`, 'for'),
    element(
      'p',
      { class: 'headline' },
      ...(pick === null ? [] : [markElement(data.transports, pick.row.transport)]),
      headline,
    ),
    ...sentences.map((text) => paragraph(text)),
    ...basis(data, needs, choice),
    ...(options.length === 0
      ? []
      : [
          elementTable(
            'What each would show',
            COLUMNS,
            options.map((option) => row(data, needs, option, option === pick)),
          ),
        ]),
  ];
}

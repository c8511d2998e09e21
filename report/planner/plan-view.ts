import type { Estimate } from '../../bench/model/cost-model.ts';
import type { CostPlan } from '../../bench/model/planner.ts';
import { assumptionText, beyondText, workloadText } from '../../bench/model/cost-words.ts';
import { formatBytes, formatCount, formatFigure } from '../../bench/basics/amounts.ts';
import { element, type Element, type Part } from '../element.ts';
import { elementTable, type ElementColumn } from '../element-table.ts';
import { markElement } from '../sections/mark.ts';
import { planRows, serverFor, type PlanNeeds, type PlannerData, type PlanRow } from './plan-row.ts';

const figures = (label: string): ElementColumn => ({ label, kind: 'num' });

const COLUMNS: readonly ElementColumn[] = [
  { label: 'transport', kind: 'text' },
  figures('servers'),
  figures('cores'),
  figures('memory'),
  figures('egress per hour'),
  figures('egress per month'),
  figures('mean age'),
  { label: 'figures', kind: 'text' },
];

/** A figure as it is, for who reads the page by program, and as people read it; its interval and the like below it. */
function cell(name: string, value: number, text: string, ...below: readonly string[]): Element {
  return element(
    'td',
    { class: 'num', 'data-figure': name, 'data-value': String(value) },
    text,
    ...below.map((line) => element('small', {}, line)),
  );
}

function estimate(name: string, { value, low, high }: Estimate, text: (value: number) => string): Element {
  return cell(name, value, text(value), `${text(low)} to ${text(high)}`);
}

/** `extrapolated ×500`, for beside the name, where it is seen on the narrowest screen; nothing within what was measured. */
function extrapolation({ beyond }: CostPlan): Part[] {
  if (beyond.length === 0) return [];
  const farthest = Math.max(...beyond.map(({ factor }) => factor));
  return [element('small', { class: 'word caution' }, `extrapolated ×${formatFigure(farthest)}`)];
}

function basisText({ beyond }: CostPlan): string {
  return beyond.length === 0 ? 'within what was measured' : `${beyondText(beyond)} beyond what was measured`;
}

function rowOf({ transport, label, plan }: PlanRow, { transports }: PlannerData): Element {
  const name = element(
    'th',
    { scope: 'row' },
    markElement(transports, transport),
    label,
    ...(plan === null ? [] : extrapolation(plan)),
  );
  if (plan === null)
    return element(
      'tr',
      { class: 'out', 'data-transport': transport },
      name,
      ...COLUMNS.slice(1, -1).map(() => element('td', { class: 'num' }, '–')),
      element('td', { class: 'text' }, 'no model, see below'),
    );
  const { servers, cores, memoryBytes, egressBytesPerHour, egressBytesPerMonth, ageMeanMs, limitedBy } = plan;
  const range = servers.low === servers.high ? [] : [`${formatCount(servers.low)} to ${formatCount(servers.high)}`];
  const limit = servers.high > 1 ? [`limited by ${limitedBy}`] : [];
  return element(
    'tr',
    { 'data-transport': transport },
    name,
    cell('servers', servers.value, formatCount(servers.value), ...range, ...limit),
    estimate('cores', cores, formatFigure),
    estimate('memoryBytes', memoryBytes, formatBytes),
    cell('egressBytesPerHour', egressBytesPerHour, formatBytes(egressBytesPerHour)),
    cell('egressBytesPerMonth', egressBytesPerMonth, formatBytes(egressBytesPerMonth)),
    cell('ageMeanMs', ageMeanMs, `${formatFigure(ageMeanMs)} ms`),
    element('td', { class: 'text' }, basisText(plan)),
  );
}

/** What keeps transports from being planned, and which cells to add. */
export function refusals(rows: readonly PlanRow[]): Element {
  const refused = rows.flatMap(({ label, problem }) => (problem === null ? [] : [{ label, problem }]));
  return element(
    'ul',
    { class: 'refusals' },
    ...refused.map(({ label, problem }) => element('li', {}, element('strong', {}, label), `: ${problem}`)),
  );
}

const paragraph = (text: string, kind: string) => element('p', { class: kind }, text);

/** What that would cost over each transport, side by side, and what the figures rest on. */
export function planView(data: PlannerData, needs: PlanNeeds): Part[] {
  const rows = planRows(data, needs);
  const isBeyond = rows.some(({ plan }) => plan !== null && plan.beyond.length > 0);
  return [
    paragraph(`For ${workloadText(needs)}:`, 'for'),
    elementTable(
      'What it would cost',
      COLUMNS,
      rows.map((row) => rowOf(row, data)),
    ),
    ...(rows.some(({ problem }) => problem !== null) ? [refusals(rows)] : []),
    ...(isBeyond
      ? [
          paragraph(
            'Extrapolated figures carry the fitted lines beyond the loads that they were fitted to: they hold as long as nothing else becomes the limit there. Measure nearer to the load before you buy servers by them.',
            'basis',
          ),
        ]
      : []),
    paragraph(assumptionText(serverFor(data, needs)), 'basis'),
  ];
}

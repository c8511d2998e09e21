import type { CostModel, Fit } from '../../bench/model/cost-model.ts';
import { CPU_TERMS, FIT_NAMES, MEMORY_TERMS } from '../../bench/model/cost-words.ts';
import { formatBytes, formatFigure, percent } from '../../bench/basics/amounts.ts';
import type { PageData } from '../page-data.ts';
import { firstPlan, planRows, planView, refusals, type PlanNeeds } from '../planner/plan-view.ts';
import { markOf } from '../plot/look.ts';
import { groupedTable, num, text } from '../table.ts';
import { LOAD_FIELDS, numberField, type NumberField } from './number-field.ts';
import type { Section } from './section.ts';
import { html, type Content, type Markup } from '../../server/page/html.ts';

const FIELDS: readonly (NumberField & { readonly name: keyof PlanNeeds })[] = [
  ...LOAD_FIELDS,
  { name: 'pollIntervalMs', label: 'Poll interval', unit: 'ms' },
  { name: 'maxClients', label: 'Most clients', unit: 'per server', empty: 'no such limit' },
];

const COLUMNS = [text('term'), num('value'), num('95 % interval')];

function fitRows(fit: Fit, terms: Readonly<Record<string, string>>, shown: (value: number) => string): Content[][] {
  return fit.coefficients.map(({ term, value, low, high }) => [
    terms[term] ?? term,
    shown(value),
    low === null || high === null ? 'none' : `${shown(low)} to ${shown(high)}`,
  ]);
}

function errorText(name: string, { residual, worstLeftOut, cells, trials }: Fit): string {
  const leftOut =
    worstLeftOut === null
      ? 'no cell can be left out'
      : `a cell left out is predicted within ${percent(worstLeftOut, 2)}`;
  return `${name}: ${cells} cells, ${trials} trials, which deviate by ${percent(residual, 2)} (root mean square); ${leftOut}.`;
}

/** The coefficients behind the plans, with their errors. */
function modelTable(page: PageData, { transport, label, cpu, memory }: CostModel): Markup | null {
  if (cpu.kind !== 'fit' || memory.kind !== 'fit') return null;
  return html`<h3>${markOf(page.transports, transport)}${label}</h3>
    ${groupedTable(`Cost model of ${label}`, COLUMNS, [
      { name: FIT_NAMES.cpu, rows: fitRows(cpu, CPU_TERMS, (value) => `${formatFigure(value)} µs`) },
      { name: FIT_NAMES.memory, rows: fitRows(memory, MEMORY_TERMS, formatBytes) },
    ])}
    <p>${errorText(FIT_NAMES.cpu, cpu)} ${errorText(FIT_NAMES.memory, memory)}</p>`;
}

/** What a load of the reader's own would cost over each transport. Without scripts: the run's own load. */
export const planner: Section = {
  id: 'planner',
  title: 'What N clients would cost',
  short: 'Planner',
  render({ page }) {
    const needs = firstPlan(page);
    if (needs === null || page.models.length === 0) return null;
    const rows = planRows(page, needs);
    if (rows.every(({ plan }) => plan === null))
      return html`<p class="notice">
          This run cannot tell what another load would cost: its cells do not identify a cost model. A small sweep does,
          in about six minutes: <code>npm run bench -- plan --plan-sweep</code>
        </p>
        ${refusals(rows)}`;
    return html`<div class="needs" id="workload" role="group" aria-label="What is planned" hidden>
        ${FIELDS.map((field) => numberField('plan', field, needs[field.name], page))}
        <p class="field"><button type="button" id="save-plan" hidden>Save the plan as CSV</button></p>
      </div>
      <div class="answer" id="plan" aria-live="polite">${planView(page, needs)}</div>
      <details>
        <summary>The cost model of each transport</summary>
        <p>
          Fitted to this run’s own cells: a server, plus so much for each client, delivery and poll.
          <code>npm run bench -- plan</code> shows the same, with the cells that were left out one by one.
        </p>
        ${page.models.map((model) => modelTable(page, model))}
      </details>`;
  },
};

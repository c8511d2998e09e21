import type { Estimate } from '../../bench/model/cost-model.ts';
import { planCost, type CostPlan, type ServerKind, type Workload } from '../../bench/model/planner.ts';
import { assumptionText, beyondText, refusalText, workloadText } from '../../bench/model/cost-words.ts';
import { formatBytes, formatCount, formatFigure } from '../../bench/basics/amounts.ts';
import { html, type Markup } from '../../server/page/html.ts';
import type { PageData } from '../page-data.ts';
import { markOf } from '../plot/look.ts';
import { dataTable, num, text, type Row } from '../table.ts';

/** What the planner goes by. */
type PlannerData = Pick<PageData, 'models' | 'server' | 'loads' | 'focus' | 'transports'>;

/** What a workload would cost over one transport, or why this run cannot tell. */
export type PlanRow = { readonly transport: string; readonly label: string } & (
  | { readonly plan: CostPlan; readonly problem: null }
  | { readonly plan: null; readonly problem: string }
);

/** What is asked: a workload, and of its servers how many clients one may have; the rest of them is like what was measured. */
export type PlanNeeds = Workload & Pick<ServerKind, 'maxClients'>;

/** The plans of what is asked, one for each transport that the run has cells of. Pure. */
export function planRows(data: Pick<PlannerData, 'models' | 'server'>, needs: PlanNeeds): PlanRow[] {
  const { maxClients, ...workload } = needs;
  const server: ServerKind = { ...data.server, maxClients };
  return data.models.map((model) => {
    const { transport, label } = model;
    const planned = planCost(model, workload, server);
    if ('plan' in planned) return { transport, label, plan: planned.plan, problem: null };
    return { transport, label, plan: null, problem: refusalText(model) ?? `${planned.problems.join('; ')}.` };
  });
}

const USUAL_INTERVAL_MS = 1000;

/** What is planned first: the load that the page shows first, as CPU and memory allow; null where the run holds no load. */
export function firstPlan({ loads, focus }: Pick<PlannerData, 'loads' | 'focus'>): PlanNeeds | null {
  const load = loads.find(({ key }) => key === focus);
  if (load === undefined) return null;
  const { clients, rateHz, payloadBytes, rows } = load;
  const pollIntervalMs = rows.find((row) => row.pollIntervalMs !== null)?.pollIntervalMs ?? USUAL_INTERVAL_MS;
  return { clients, rateHz, payloadBytes, pollIntervalMs, maxClients: null };
}

const FIGURES = ['servers', 'cores', 'memory', 'egress per hour', 'egress per month', 'mean age'];
const COLUMNS = [text('transport'), ...FIGURES.map(num), text('figures')];

/** A figure as it is, for who reads the page by program, and as people read it; its interval and the like below it. */
function cell(name: string, value: number, shown: string, ...below: readonly string[]) {
  return {
    attributes: html` data-figure="${name}" data-value="${value}"`,
    content: [shown, ...below.map((line) => html`<small>${line}</small>`)],
  };
}

function estimate(name: string, { value, low, high }: Estimate, shown: (value: number) => string) {
  return cell(name, value, shown(value), `${shown(low)} to ${shown(high)}`);
}

/** `extrapolated ×500`, for beside the name, where it is seen on the narrowest screen; nothing within what was measured. */
function extrapolation({ beyond }: CostPlan): Markup | null {
  if (beyond.length === 0) return null;
  const farthest = Math.max(...beyond.map(({ factor }) => factor));
  return html`<small class="word caution">extrapolated ×${formatFigure(farthest)}</small>`;
}

function basisText({ beyond }: CostPlan): string {
  return beyond.length === 0 ? 'within what was measured' : `${beyondText(beyond)} beyond what was measured`;
}

function rowOf({ transport, label, plan }: PlanRow, { transports }: PlannerData): Row {
  const mark = markOf(transports, transport);
  if (plan === null)
    return {
      attributes: html` class="out" data-transport="${transport}"`,
      content: [[mark, label], ...FIGURES.map(() => '–'), 'no model, see below'],
    };
  const { servers, cores, memoryBytes, egressBytesPerHour, egressBytesPerMonth, ageMeanMs, limitedBy } = plan;
  const range = servers.low === servers.high ? [] : [`${formatCount(servers.low)} to ${formatCount(servers.high)}`];
  const limit = servers.high > 1 ? [`limited by ${limitedBy}`] : [];
  return {
    attributes: html` data-transport="${transport}"`,
    content: [
      [mark, label, extrapolation(plan)],
      cell('servers', servers.value, formatCount(servers.value), ...range, ...limit),
      estimate('cores', cores, formatFigure),
      estimate('memoryBytes', memoryBytes, formatBytes),
      cell('egressBytesPerHour', egressBytesPerHour, formatBytes(egressBytesPerHour)),
      cell('egressBytesPerMonth', egressBytesPerMonth, formatBytes(egressBytesPerMonth)),
      cell('ageMeanMs', ageMeanMs, `${formatFigure(ageMeanMs)} ms`),
      basisText(plan),
    ],
  };
}

/** More refusals than that are a wall of text. */
const MANY = 5;

/** What keeps transports from being planned, and which cells to add. */
export function refusals(rows: readonly PlanRow[]): Markup | null {
  const refused = rows.filter(({ problem }) => problem !== null);
  if (refused.length === 0) return null;
  const list = html`<ul class="refusals">
    ${refused.map(({ label, problem }) => html`<li><strong>${label}</strong>: ${problem}</li>`)}
  </ul>`;
  if (refused.length <= MANY) return list;
  return html`<details>
    <summary>Why, for each of ${refused.length}</summary>
    ${list}
  </details>`;
}

/** What that would cost over each transport, side by side, and what the figures rest on. */
export function planView(data: PlannerData, needs: PlanNeeds): Markup {
  const rows = planRows(data, needs);
  const tableRows = rows.map((row) => rowOf(row, data));
  const isBeyond = rows.some(({ plan }) => plan !== null && plan.beyond.length > 0);
  return html`<p class="for">For ${workloadText(needs)}:</p>
    ${dataTable('What it would cost', COLUMNS, tableRows)} ${refusals(rows)}
    ${
      isBeyond
        ? html`<p class="basis">
            Extrapolated figures carry the fitted lines beyond the loads that they were fitted to: they hold as long as
            nothing else becomes the limit there. Measure nearer to the load before you buy servers by them.
          </p>`
        : null
    }
    <p class="basis">${assumptionText({ ...data.server, maxClients: needs.maxClients })}</p>`;
}

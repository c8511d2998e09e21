import { planCost, type CostPlan, type Workload } from '../../bench/model/planner.ts';
import { refusalText } from '../../bench/model/wording.ts';
import type { PageData } from '../page-data.ts';

/** What the planner goes by. */
export type PlannerData = Pick<PageData, 'models' | 'server' | 'loads' | 'focus' | 'transports'>;

/** What a workload would cost over one transport, or why this run cannot tell. */
export type PlanRow = { readonly transport: string; readonly label: string } & (
  | { readonly plan: CostPlan; readonly problem: null }
  | { readonly plan: null; readonly problem: string }
);

/** The plans of a workload, one for each transport that the run has cells of. Pure. */
export function planRows({ models, server }: Pick<PlannerData, 'models' | 'server'>, workload: Workload): PlanRow[] {
  return models.map((model) => {
    const { transport, label } = model;
    const planned = planCost(model, workload, server);
    if ('plan' in planned) return { transport, label, plan: planned.plan, problem: null };
    return { transport, label, plan: null, problem: refusalText(model) ?? `${planned.problems.join('; ')}.` };
  });
}

const USUAL_INTERVAL_MS = 1000;

/** What is planned first: the load that the page shows first; null where the run holds no load. */
export function firstWorkload({ loads, focus }: Pick<PlannerData, 'loads' | 'focus'>): Workload | null {
  const load = loads.find(({ key }) => key === focus);
  if (load === undefined) return null;
  const { clients, rateHz, payloadBytes, rows } = load;
  const pollIntervalMs = rows.find((row) => row.pollIntervalMs !== null)?.pollIntervalMs ?? USUAL_INTERVAL_MS;
  return { clients, rateHz, payloadBytes, pollIntervalMs };
}

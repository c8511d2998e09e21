import { planCost, type CostPlan, type ServerKind, type Workload } from '../../bench/model/planner.ts';
import { refusalText } from '../../bench/model/cost-words.ts';
import type { PageData } from '../page-data.ts';

/** What the planner goes by. */
export type PlannerData = Pick<PageData, 'models' | 'server' | 'loads' | 'focus' | 'transports'>;

/** What a workload would cost over one transport, or why this run cannot tell. */
export type PlanRow = { readonly transport: string; readonly label: string } & (
  | { readonly plan: CostPlan; readonly problem: null }
  | { readonly plan: null; readonly problem: string }
);

/** What is asked: a workload, and of its servers how many clients one may have; the rest of them is like what was measured. */
export type PlanNeeds = Workload & Pick<ServerKind, 'maxClients'>;

/** The servers that a plan is for. */
export function serverFor({ server }: Pick<PlannerData, 'server'>, { maxClients }: PlanNeeds): ServerKind {
  return { ...server, maxClients };
}

/** The plans of what is asked, one for each transport that the run has cells of. Pure. */
export function planRows(data: Pick<PlannerData, 'models' | 'server'>, needs: PlanNeeds): PlanRow[] {
  const { maxClients: _, ...workload } = needs;
  const server = serverFor(data, needs);
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

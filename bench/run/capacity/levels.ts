import { preflightProblems, type Facts, type Needs } from '../preflight.ts';
import type { Cell, Settings } from '../../result/schema.ts';
import { asksAtInterval } from '../../../server/transports/traits.ts';
import type { SearchPlan } from '../../result/capacity-schema.ts';
import type { Range } from './search.ts';

/** The loads that a search may try; three digits are enough for any of them. */
export function rangeOf({ vary, min, max }: SearchPlan): Range {
  const round = (level: number) => {
    const rounded = Number(level.toPrecision(3));
    return vary === 'clients' ? Math.max(1, Math.round(rounded)) : rounded;
  };
  return { min, max, round };
}

/** What is tried at one level. */
export function cellAt({ vary, workload }: SearchPlan, transport: string, level: number): Cell {
  return {
    transport,
    ...workload,
    clients: vary === 'clients' ? level : workload.clients!,
    rateHz: vary === 'rate' ? level : workload.rateHz!,
    pollIntervalMs: asksAtInterval(transport) ? workload.pollIntervalMs : null,
  };
}

/** The settings of one step: no more agents than clients, and a window that holds ticks enough. */
export function settingsAt({ settings }: SearchPlan, cell: Cell): Settings {
  return { ...settings, agents: Math.min(settings.agents, cell.clients) };
}

const RESOURCE_CODES: ReadonlySet<string> = new Set(['OPEN_FILES', 'PORTS', 'MEMORY']);

/** What bounds a search before it starts. */
export type Ceiling = {
  /** The most clients, up to the number asked for, that this machine has descriptors and ports for; 0: for none. */
  readonly clients: number;
  /** Why no more, with the remedy; null where there is room for all. */
  readonly message: string | null;
};

/** How many clients this machine has room for, as preflight counts. Pure. */
export function ceilingOf(needs: Needs, facts: Facts): Ceiling {
  const problem = (clients: number) =>
    preflightProblems({ ...needs, clients }, facts).find(({ code }) => RESOURCE_CODES.has(code));
  const first = problem(needs.clients);
  if (first === undefined) return { clients: needs.clients, message: null };
  let [fits, exceeds] = [0, needs.clients];
  while (exceeds - fits > 1) {
    const middle = Math.floor((fits + exceeds) / 2);
    if (problem(middle) === undefined) fits = middle;
    else exceeds = middle;
  }
  return { clients: fits, message: first.message };
}

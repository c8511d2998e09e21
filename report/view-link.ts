// A view of the page as the fragment of a link: `#latency&t=sse,websocket&clients=2000&scale=linear`. Whatever somebody
// put into a fragment only ever selects among what the page has; the rest of it is ignored.
import type { Workload } from '../bench/model/planner.ts';
import { LOAD_KEYS, loadValue } from '../bench/result/cell.ts';
import { isUpstream, type Needs } from './chooser/choose.ts';
import { SWEEP_LABELS, type PageData, type SweepVariable } from './page-data.ts';
import type { PlanNeeds } from './planner/plan-view.ts';

/** What the reader has chosen to see: all of it, so that it can become a link. */
export type ViewState = {
  /** Id of the part of the page that was last gone to; empty for its top. */
  readonly section: string;
  /** Transports that are not drawn. */
  readonly hidden: ReadonlySet<string>;
  /** Of the axes that show times. */
  readonly scale: 'log' | 'linear';
  /** Key of the load that charts of one load show. */
  readonly load: string;
  /** What the sweep charts have on their x axis. */
  readonly across: SweepVariable | null;
  /** What the chooser is asked; `null` for the load that the page shows first. */
  readonly needs: Needs | null;
  /** What the planner is asked; `null` for the load that the page shows first. */
  readonly plan: PlanNeeds | null;
};

export type View = {
  readonly get: () => ViewState;
  readonly set: (change: Partial<ViewState>) => void;
};

/** Holds the state and calls `changed` after each change of it, with what it was before. */
export function createView(state: ViewState, changed: (state: ViewState, before: ViewState) => void): View {
  let current = state;
  return {
    get: () => current,
    set: (change) => {
      const before = current;
      current = { ...current, ...change };
      changed(current, before);
    },
  };
}

/** Everything shown, times on a log axis. */
export function initialState(data: PageData): ViewState {
  return {
    section: '',
    hidden: new Set(),
    scale: 'log',
    load: data.focus,
    across: data.swept[0] ?? null,
    needs: null,
    plan: null,
  };
}

/** What is counted; everything else may be a fraction. */
const COUNTS: ReadonlySet<string> = new Set(['clients', 'payloadBytes', 'maxClients']);

/** Whether the amount of that name is a whole number. */
export const isCount = (name: string): boolean => COUNTS.has(name);

/** Less and more than anybody has. */
const [LEAST, MOST] = [1e-6, 1e12];

/** Whether that may be the amount of that name: anything else is no question. */
export function isAmount(name: string, value: number): boolean {
  return value >= LEAST && value <= MOST && (!isCount(name) || Number.isInteger(value));
}

/** Names in a link of what tells loads apart, and of what a run can sweep. */
const NAMES = {
  clients: 'clients',
  rateHz: 'rate',
  payloadBytes: 'payload',
  driver: 'driver',
  fanOut: 'fan-out',
  network: 'network',
  pollIntervalMs: 'poll-interval',
} as const satisfies Record<(typeof LOAD_KEYS)[number] | SweepVariable, string>;

/** In the order in which a link has them: clients, ticks per second, bytes, milliseconds. */
const NEED_PARTS = ['clients', 'rateHz', 'payloadBytes', 'budgetMs'] as const satisfies (keyof Needs)[];
export const WORKLOAD_PARTS = [
  'clients',
  'rateHz',
  'payloadBytes',
  'pollIntervalMs',
] as const satisfies (keyof Workload)[];

/** Whether that names what a run can sweep. */
export const isSweep = (name: string): name is SweepVariable => Object.hasOwn(SWEEP_LABELS, name);

/** The fragment that leads to this view, with its `#`; what is as at first is left out. Empty for the page as it opens. */
export function linkTo(state: ViewState, data: PageData): string {
  const first = initialState(data);
  const parts = [encodeURIComponent(state.section)];
  if (state.hidden.size > 0) {
    const shown = data.transports.filter(({ id }) => !state.hidden.has(id));
    parts.push(`t=${shown.map(({ id }) => encodeURIComponent(id)).join(',')}`);
  }
  const load = data.loads.find(({ key }) => key === state.load);
  if (load !== undefined && state.load !== first.load)
    for (const key of LOAD_KEYS)
      if (data.loads.some((other) => loadValue(other, key) !== loadValue(load, key)))
        parts.push(`${NAMES[key]}=${encodeURIComponent(loadValue(load, key))}`);
  if (state.across !== null && state.across !== first.across) parts.push(`against=${NAMES[state.across]}`);
  if (state.scale !== first.scale) parts.push(`scale=${state.scale}`);
  if (state.needs !== null) parts.push(`need=${needsText(state.needs)}`);
  if (state.plan !== null) parts.push(`plan=${planText(state.plan)}`);
  const fragment = parts.join('&');
  return fragment === '' ? '' : `#${fragment}`;
}

/** What a fragment asks for; what it does not name, or names wrongly, is absent. */
export function readLink(fragment: string, data: PageData): Partial<ViewState> {
  const given = new URLSearchParams(`section=${fragment.replace(/^#/, '')}`);
  const hidden = hiddenOf(given.get('t'), data);
  const load = loadOf(given, data);
  const needs = needsOf(given.get('need') ?? '');
  const plan = planOf(given.get('plan') ?? '');
  const scale = given.get('scale');
  const across = data.swept.find((variable) => NAMES[variable] === given.get('against'));
  return {
    section: given.get('section') ?? '',
    ...(hidden === null ? {} : { hidden }),
    ...(load === null ? {} : { load }),
    ...(needs === null ? {} : { needs }),
    ...(plan === null ? {} : { plan }),
    ...(scale === 'log' || scale === 'linear' ? { scale } : {}),
    ...(across === undefined ? {} : { across }),
  };
}

/** Amounts by their names, in whose order they stand; `null` where there are more or fewer, or one that nobody may ask. */
function amountsOf<Name extends string>(names: readonly Name[], texts: readonly string[]): Record<Name, number> | null {
  const amounts = names.map((name, at) => [name, Number(texts[at])] as const);
  if (texts.length !== names.length || !amounts.every(([name, value]) => isAmount(name, value))) return null;
  return Object.fromEntries(amounts) as Record<Name, number>;
}

/** What gets through to clients, in a link. */
const WAYS = { all: 'streams', requestsOnly: 'requests' } as const;

/** `5000,10,128,1000,rarely,streams`. */
function needsText(needs: Needs): string {
  const way = needs.requestsOnly ? WAYS.requestsOnly : WAYS.all;
  return [...NEED_PARTS.map((part) => needs[part]), needs.upstream, way].join(',');
}

/** What such a text asks; `null` where it is none. */
function needsOf(text: string): Needs | null {
  const parts = text.split(',');
  const amounts = amountsOf(NEED_PARTS, parts.slice(0, NEED_PARTS.length));
  const [upstream = '', way, ...more] = parts.slice(NEED_PARTS.length);
  if (amounts === null || !isUpstream(upstream) || more.length > 0) return null;
  if (way !== WAYS.all && way !== WAYS.requestsOnly) return null;
  return { ...amounts, upstream, requestsOnly: way === WAYS.requestsOnly };
}

/** `1000000,1,128,1000`, and where a server has at most 5,000 clients `1000000,1,128,1000,5000`. */
function planText(needs: PlanNeeds): string {
  const limit = needs.maxClients === null ? [] : [needs.maxClients];
  return [...WORKLOAD_PARTS.map((part) => needs[part]), ...limit].join(',');
}

/** What such a text asks; `null` where it is none. */
function planOf(text: string): PlanNeeds | null {
  const parts = text.split(',');
  const workload = amountsOf(WORKLOAD_PARTS, parts);
  return workload === null ? amountsOf([...WORKLOAD_PARTS, 'maxClients'], parts) : { ...workload, maxClients: null };
}

/** Those that are not among the shown ones; `null` where no known transport is named. */
function hiddenOf(shown: string | null, data: PageData): ReadonlySet<string> | null {
  if (shown === null) return null;
  const named = new Set(shown.split(','));
  const known = data.transports.map(({ id }) => id);
  if (shown !== '' && !known.some((id) => named.has(id))) return null;
  return new Set(known.filter((id) => !named.has(id)));
}

/** The load that fits all that is named of one, preferably the first one shown. */
function loadOf(given: URLSearchParams, data: PageData): string | null {
  const asked = LOAD_KEYS.filter((key) => given.has(NAMES[key]));
  if (asked.length === 0) return null;
  const fitting = data.loads.filter((load) =>
    asked.every((key) => String(loadValue(load, key)) === given.get(NAMES[key])),
  );
  return (fitting.find(({ key }) => key === data.focus) ?? fitting[0])?.key ?? null;
}

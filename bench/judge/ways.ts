// What the way through a proxy does to a transport, against the straight way in the same blocks; and which line of its configuration
// to change. Runs in a browser too: no import of Node.
import { medianOf } from '../basics/numbers.ts';
import { straightOf } from '../../server/transports/traits.ts';
import { cellKey } from '../result/cell.ts';
import { proxyOf } from '../result/entrant.ts';
import type { Proxy } from '../result/proxy.ts';
import type { Cell, MetricSummary, RunResult } from '../result/schema.ts';
import { METRICS } from './metrics.ts';
import { adviceOn, type Advice } from './proxy-advice.ts';
import { soundTrials, standingByCell, type StandingTrials } from './standing-trials.ts';
import { summarise } from './summary.ts';

/** What one entrant goes through on its way, and what that costs it. */
export type WayFigures = {
  readonly cell: Cell;
  readonly proxy: Proxy;
  /** More than straight in the same block, in microseconds; null where nothing stands beside it. */
  readonly added: { readonly [K in (typeof ADDED)[number]]: MetricSummary | null };
  /** Until a client had the head of its answer, in microseconds. */
  readonly openUs: number | null;
  /** Share of deliveries that came later than a tick after they were due; null for transports that ask at an interval. */
  readonly heldShare: number | null;
  readonly cpuPerDeliveryUs: MetricSummary | null;
  readonly rssPerClientBytes: number | null;
  /** Of the trials that count, or of all where none does. */
  readonly connectedShare: number;
  readonly dropped: number;
  /** What clients were told that could not connect, or lost their connection, as codes. */
  readonly errors: readonly string[];
  readonly advice: readonly Advice[];
};

const ADDED = ['p50', 'p99', 'ageMean'] as const;

/** A row for each cell that went through a proxy, in the order of the plan; none where a run has no proxies. */
export function waysOf({ plan, trials }: Pick<RunResult, 'plan' | 'trials'>): WayFigures[] {
  const standing = standingByCell(trials);
  return plan.cells.flatMap((cell) => {
    const proxy = proxyOf(cell.transport, plan.settings);
    return proxy && standing.has(cellKey(cell)) ? [wayOf(cell, proxy, standing)] : [];
  });
}

function wayOf(cell: Cell, proxy: Proxy, standing: StandingTrials): WayFigures {
  const all = [...(standing.get(cellKey(cell))?.values() ?? [])];
  const sound = soundTrials(standing, cell);
  const beside = soundTrials(standing, { ...cell, transport: straightOf(cell.transport) });
  const added = (id: (typeof ADDED)[number]) => {
    const { of } = METRICS.find((metric) => metric.id === id)!;
    return summaryOf(
      [...sound].map(([block, trial]) => {
        const other = beside.get(block);
        const [through, straight] = [of(trial), other ? of(other) : null];
        return through === null || straight === null ? null : through - straight;
      }),
    );
  };
  // Of what a proxy has spoilt, the trials that do not count tell as well.
  const seen = sound.size > 0 ? [...sound.values()] : all;
  const target = seen.reduce((sum, { clients }) => sum + clients.target, 0);
  const connected = seen.reduce((sum, { clients }) => sum + clients.connected, 0);
  const facts = {
    cell,
    proxy,
    added: { p50: added('p50'), p99: added('p99'), ageMean: added('ageMean') },
    openUs: medianOf(seen.flatMap(({ connectUs }) => (connectUs.count === 0 ? [] : [connectUs.p50]))),
    heldShare: medianOf(seen.flatMap(({ proxy: figures }) => figures?.lateShare ?? [])),
    cpuPerDeliveryUs: summaryOf(seen.map(({ proxy: figures }) => figures?.cpuPerDeliveryUs ?? null)),
    rssPerClientBytes: medianOf(seen.flatMap(({ proxy: figures }) => figures?.rssPerClientBytes ?? [])),
    connectedShare: target === 0 ? 0 : connected / target,
    dropped: seen.reduce((sum, { clients }) => sum + clients.dropped, 0),
    errors: [...new Set(seen.flatMap(({ errors }) => errors.map(({ code }) => code)))],
  };
  return { ...facts, advice: adviceOn(facts) };
}

function summaryOf(values: readonly (number | null)[]): MetricSummary | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : summarise(known);
}

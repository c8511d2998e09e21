import { traitsOf } from '../../server/transports/traits.ts';
import type { PageData, PageLoad, PageRow } from '../page-data.ts';
import { distance, expectedAt, type Expected, type Place } from './evidence.ts';

/** How often a client speaks, in messages per second: not at all, about once a minute, about once a second. */
const UPSTREAM_HZ = { none: 0, rarely: 1 / 60, often: 1 } as const;

/** Whether that names how often a client speaks. */
export const isUpstream = (name: string): name is Needs['upstream'] => Object.hasOwn(UPSTREAM_HZ, name);

/** What somebody needs. */
export type Needs = Place & {
  /** The p99 age of what a client shows must not be above it. */
  readonly budgetMs: number;
  readonly upstream: keyof typeof UPSTREAM_HZ;
  /** Something on the way lets only plain requests and answers through, or holds streams back. */
  readonly requestsOnly: boolean;
};

/** Why a way of delivery is no answer. */
type Objection =
  | { readonly kind: 'stale' }
  | { readonly kind: 'blocked' }
  | { readonly kind: 'too-much-cpu' }
  | { readonly kind: 'loses'; readonly coverage: number };

/** One way of delivery under the needs. */
export type Option = Expected & {
  /** Of `cores`, what the clients' own messages take; `null` where the run cannot tell. */
  readonly upstreamCores: number | null;
  readonly objections: readonly Objection[];
};

/** Why one of several was taken. */
type Ground =
  /** It is the only one without an objection. */
  | 'only'
  /** A verdict of the run: it takes less CPU than each of the others. */
  | 'cpu'
  /** CPU does not tell the first ones apart; what they hold in memory does. */
  | 'memory'
  /** Neither does, by as much as would matter: by design it is the simplest. */
  | 'simplest'
  /** Clients speak, and the run has no figure for what their requests cost. */
  | 'both-ways';

export type Choice =
  /** No valid figures. */
  | { readonly kind: 'no-evidence' }
  /** The nearest measured load is too far away. */
  | { readonly kind: 'too-far'; readonly from: PageLoad; readonly factor: number }
  /** Nothing meets the needs. */
  | { readonly kind: 'none'; readonly options: readonly Option[] }
  | {
      readonly kind: 'choice';
      readonly pick: Option;
      readonly ground: Ground;
      /** As good as the pick: no verdict tells them apart, and no difference that would matter. */
      readonly alike: readonly Option[];
      /** All, the pick first, then by CPU; those with objections last. */
      readonly options: readonly Option[];
      /** The order rests on medians: the run has no verdicts on these. */
      readonly unjudged: boolean;
    };

/** Farther from every measured load than so many times, a figure would be a guess. */
const TOO_FAR = 10;

/** One process that is busy for so large a share of a core has nothing left for a burst. */
const BUSY = 0.9;

/** CPU that differs by less is no reason; as for the verdicts. */
const SAME_CPU = 0.02;

/** All clients together; less than an idle server process holds itself. */
const SAME_MEMORY_BYTES = 64 * 1024 * 1024;

/** What a transport can do, by its design. One that is not known here is taken for a stream that only the server speaks on. */
function designOf({ transport }: PageRow): { stream: boolean; bothWays: boolean; simplicity: number } {
  const traits = traitsOf(transport);
  if (traits === null) return { stream: true, bothWays: false, simplicity: Infinity };
  return { ...traits, stream: traits.asks === 'never' };
}

/**
 * Microseconds of server CPU for one request beside a stream, at the measured load nearest to a place: what long polling
 * takes for a delivery, which is one request, beyond what the cheapest stream takes for one. `null` where the run lacks either.
 */
export function requestCostUs(data: PageData, place: Place): number | null {
  const costs = data.loads.flatMap((load) => {
    const cpuOf = (row: PageRow) => row.metrics['cpu']?.[0] ?? Infinity;
    const usable = load.rows.filter((row) => row.usable);
    const polled = usable.filter(({ transport }) => traitsOf(transport)?.asks === 'at-once').map(cpuOf);
    const streamed = usable.filter((row) => designOf(row).stream).map(cpuOf);
    const us = Math.min(...polled) - Math.min(...streamed);
    return Number.isFinite(us) && us > 0 ? [{ us, far: distance(load, place) }] : [];
  });
  return costs.toSorted((a, b) => a.far - b.far)[0]?.us ?? null;
}

function optionOf(expected: Expected, data: PageData, needs: Needs): Option {
  const { bothWays, stream } = designOf(expected.row);
  const requestUs = needs.upstream === 'none' || bothWays ? 0 : requestCostUs(data, needs);
  const upstreamCores = requestUs === null ? null : (requestUs * UPSTREAM_HZ[needs.upstream] * needs.clients) / 1e6;
  const cores = expected.cores + (upstreamCores ?? 0);
  const coverage = expected.row.metrics['coverage']?.[0] ?? 1;
  const objections: Objection[] = [
    ...(needs.requestsOnly && stream ? [{ kind: 'blocked' } as const] : []),
    ...(expected.ageMs > needs.budgetMs ? [{ kind: 'stale' } as const] : []),
    ...(cores > BUSY * data.serverWorkers && expected.basis.kind !== 'measured'
      ? [{ kind: 'too-much-cpu' } as const]
      : []),
    ...(coverage < 1 ? [{ kind: 'loses', coverage } as const] : []),
  ];
  return { ...expected, cores, upstreamCores, objections };
}

type Outcome = 'differ' | 'same' | 'unjudged';

/** Whether the run's verdict tells two rows apart in one question, at the measured load nearest to a place. */
function verdictOn(data: PageData, place: Place, question: string, a: PageRow, b: PageRow): Outcome {
  const isSame = (x: PageRow | undefined, y: PageRow) =>
    x?.transport === y.transport && x.pollIntervalMs === y.pollIntervalMs;
  for (const { rows, pairs } of data.loads.toSorted((x, y) => distance(x, place) - distance(y, place)))
    for (const [asked, first, second, outcome] of pairs) {
      if (asked !== question) continue;
      const straight = isSame(rows[first], a) && isSame(rows[second], b);
      if (!straight && !(isSame(rows[first], b) && isSame(rows[second], a))) continue;
      if (outcome === 'withheld') return 'unjudged';
      return outcome === 'equivalent' || outcome === 'cannot-tell' ? 'same' : 'differ';
    }
  return 'unjudged';
}

/** Whether CPU speaks for neither: the run told no difference, and what clients send makes none either. */
function isSameCpu(data: PageData, needs: Needs, a: Option, b: Option): boolean {
  const close = (x: number, y: number) => Math.abs(x - y) <= SAME_CPU * Math.min(a.cores, b.cores);
  const verdict = verdictOn(data, needs, 'cpu', a.row, b.row);
  const own = (option: Option) => option.cores - (option.upstreamCores ?? 0);
  if (verdict === 'same') return close(a.upstreamCores ?? 0, b.upstreamCores ?? 0);
  return verdict === 'unjudged' ? close(own(a), own(b)) && close(a.cores, b.cores) : close(a.cores, b.cores);
}

/** Of those that are alike in CPU the ones that memory speaks for; all of them where it does not. */
function lightest(data: PageData, needs: Needs, options: readonly Option[]): readonly Option[] {
  const least = options.toSorted((a, b) => a.memoryBytes - b.memoryBytes)[0];
  if (least === undefined) return options;
  return options.filter(
    (option) =>
      option.memoryBytes - least.memoryBytes < SAME_MEMORY_BYTES ||
      verdictOn(data, needs, 'memory', least.row, option.row) === 'same',
  );
}

/** Where clients speak, what lets them on the same connection comes first; then whatever takes least to write and to run. */
function simplest(needs: Needs, options: readonly Option[]): Option | undefined {
  const apart = ({ row }: Option) => (needs.upstream !== 'none' && !designOf(row).bothWays ? 1 : 0);
  return options.toSorted(
    (a, b) =>
      apart(a) - apart(b) ||
      Math.sign(designOf(a.row).simplicity - designOf(b.row).simplicity) ||
      (b.row.pollIntervalMs ?? 0) - (a.row.pollIntervalMs ?? 0),
  )[0];
}

/**
 * Which transport this run's figures speak for. Those that are too stale, that may not get through, that lose ticks or that
 * a server cannot keep up with are out; of the rest the one with the least server CPU is taken, then the one with the least
 * memory, each only where the run's own verdict tells a difference and it is one that matters; then the simplest one. Pure.
 */
export function choose(data: PageData, needs: Needs): Choice {
  const options = expectedAt(data, needs)
    .map((expected) => optionOf(expected, data, needs))
    .toSorted((a, b) => a.objections.length - b.objections.length || a.cores - b.cores);
  const [first] = options;
  if (first === undefined) return { kind: 'no-evidence' };
  const far = options.every(({ basis }) => basis.kind === 'extrapolated' && basis.factor > TOO_FAR);
  if (far && first.basis.kind === 'extrapolated')
    return { kind: 'too-far', from: first.basis.from, factor: first.basis.factor };

  const fitting = options.filter(({ objections }) => objections.length === 0);
  const [cheapest] = fitting;
  if (cheapest === undefined) return { kind: 'none', options };
  const result = (pick: Option, ground: Ground, alike: readonly Option[]): Choice => ({
    kind: 'choice',
    pick,
    ground,
    alike: alike.filter((option) => option !== pick),
    options: [pick, ...options.filter((option) => option !== pick)],
    unjudged: fitting.some(
      (option) => option !== pick && verdictOn(data, needs, 'cpu', pick.row, option.row) === 'unjudged',
    ),
  });
  if (fitting.length === 1) return result(cheapest, 'only', []);
  const twoWay = fitting.find(({ row }) => designOf(row).bothWays);
  if (fitting.some(({ upstreamCores }) => upstreamCores === null) && twoWay !== undefined)
    return result(twoWay, 'both-ways', []);
  const alike = fitting.filter((option) => option === cheapest || isSameCpu(data, needs, cheapest, option));
  if (alike.length === 1) return result(cheapest, 'cpu', []);
  const light = lightest(data, needs, alike);
  const [only] = light;
  if (only !== undefined && light.length === 1) return result(only, 'memory', []);
  return result(simplest(needs, light) ?? cheapest, 'simplest', light);
}

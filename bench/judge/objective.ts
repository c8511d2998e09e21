import { holds, parseClaim, type Claim, type Operator } from './claim.ts';
import { suggestion } from '../../server/suggestion.ts';
import type { Trial } from '../result/schema.ts';
import { METRICS } from './metrics.ts';
import type { Parsed } from '../basics/amounts.ts';

/** What a trial must show for a load to count as held, as written with `--slo`. */
export type Slo = Claim & {
  /** As it was written. */
  readonly text: string;
  /** The only transport that it is about; null: all. */
  readonly transport: string | null;
};

/** A metric begins with a letter, and a transport's name ends at the dot before it. */
const GRAMMAR =
  /^(?:((?:[\w.:-]+\/)?(?:[\w.-]+:)?[\w-]+)\.)?([A-Za-z]\w*)\s*(<=|>=|==|=|<|>)\s*(\d+(?:\.\d+)?)\s*([A-Za-z%]*)$/;

/**
 * Reads `[transport.]metric op value unit`, as in `p99<100ms`, `missed=0` or `polling.p99<1100ms`: the claims of `--assert`
 * without a cell.
 */
export function parseSlo(text: string, transports: readonly string[]): Parsed<Slo> {
  const match = GRAMMAR.exec(text.trim());
  if (!match) return { problem: "is not an objective such as 'p99<100ms' or 'sse.missed=0'" };
  const [, transport = null, metricId = '', operator, number = '', unit = ''] = match;
  const problems: string[] = [];
  if (transport !== null && !transports.includes(transport.slice(transport.indexOf(':') + 1))) {
    const hint = suggestion(transport, transports);
    problems.push(`knows no transport ${transport}; there are ${transports.join(', ')}${hint}`);
  }
  const claim = parseClaim({ metricId, operator: operator === '=' ? '==' : (operator as Operator), number, unit });
  if ('problem' in claim) {
    const names = METRICS.map(({ id }) => id);
    problems.push(`${claim.problem}${names.some((name) => name === metricId) ? '' : suggestion(metricId, names)}`);
    return { problem: problems.join('; and it ') };
  }
  if (problems.length > 0) return { problem: problems.join('') };
  return { value: { text: text.trim(), transport, ...claim.value } };
}

/** Those that a transport must meet: its own, and of the general ones those about other metrics. */
export function slosOf<T extends Pick<Slo, 'transport' | 'metric'>>(slos: readonly T[], transport: string): T[] {
  const own = slos.filter((slo) => slo.transport === transport);
  const special = new Set(own.map(({ metric }) => metric.id));
  return [...slos.filter((slo) => slo.transport === null && !special.has(slo.metric.id)), ...own];
}

/** What one trial shows of one objective. */
export type SloFigure = {
  readonly slo: Slo;
  /** In the metric's own unit; null where the trial has no figure, which meets no objective. */
  readonly value: number | null;
  readonly holds: boolean;
  /**
   * How far from its limit, as a logarithm: 0 at the limit, ln 2 where twice as bad, negative where better. Infinite where
   * the metric does not tell how far: a count, a share, an equality, no figure.
   */
  readonly score: number;
};

/**
 * What the trial shows of each objective.
 *
 * @param withoutUs taken off every time that a client measures, to see what a faster client might have seen
 */
export function readSlos(slos: readonly Slo[], trial: Trial, withoutUs = 0): SloFigure[] {
  return slos.map((slo) => {
    const measured = METRICS.find(({ id }) => id === slo.metric.id)!.of(trial);
    const value =
      measured !== null && SEEN_BY_CLIENTS.has(slo.metric.id) ? Math.max(1, measured - withoutUs) : measured;
    const isHeld = value !== null && holds(slo, value);
    return { slo, value, holds: isHeld, score: scoreOf(slo, value, isHeld) };
  });
}

/** The worst of the objectives; minus infinity where none tells how far it is from its limit and all hold. */
export function worstScore(figures: readonly SloFigure[]): number {
  return Math.max(Number.NEGATIVE_INFINITY, ...figures.map(({ score }) => score));
}

/** Times that run on until an agent has read: they contain what it lets bytes wait. */
const SEEN_BY_CLIENTS: ReadonlySet<string> = new Set(
  METRICS.filter(({ id, unit }) => unit === 'us' && id !== 'cpu' && id !== 'agentCpu').map(({ id }) => id),
);

/** Units in which twice as much is twice as far, unlike a count that ought to be zero. */
const GRADUAL: ReadonlySet<string> = new Set(['us', 'bytes', 'cores']);

/** Whether a figure tells how far it is from this objective's limit, as a ratio. */
export function isGradual({ metric, operator, limit }: Pick<Slo, 'operator' | 'limit'> & { metric: { unit: string } }) {
  return limit > 0 && operator !== '==' && GRADUAL.has(metric.unit);
}

function scoreOf(slo: Slo, value: number | null, isHeld: boolean): number {
  if (value === null || value <= 0 || !isGradual(slo)) {
    return isHeld ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  const score = Math.log(value / slo.limit);
  return slo.operator.startsWith('<') ? score : -score;
}

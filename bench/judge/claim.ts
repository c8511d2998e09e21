import type { MetricInfo } from '../result/schema.ts';
import { METRICS } from './metrics.ts';
import type { Parsed } from '../basics/amounts.ts';

export type Operator = '<' | '<=' | '>' | '>=' | '==';

/** What is claimed of one figure of a trial or a cell: `p99<50ms`. */
export type Claim = {
  readonly metric: MetricInfo;
  readonly operator: Operator;
  /** In the metric's own unit. */
  readonly limit: number;
};

/** A claim as it was written, taken apart. */
export type ClaimParts = { metricId: string; operator: Operator; number: string; unit: string };

/** By the unit of a metric, the units in which a limit may be given, with what each counts in the metric's own. */
const UNITS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  us: { us: 1, ms: 1000, s: 1e6 },
  bytes: { bytes: 1, B: 1, KiB: 1024, MiB: 1024 ** 2 },
  ratio: { '%': 0.01 },
  count: { '': 1 },
  cores: { '': 1, cores: 1 },
};

const COMPARE: Readonly<Record<Operator, (value: number, limit: number) => boolean>> = {
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
  '==': (value, limit) => value === limit,
};

/** Whether a figure in the metric's own unit is as claimed. */
export function holds({ operator, limit }: Claim, value: number): boolean {
  return COMPARE[operator](value, limit);
}

/** Finds the metric and reads the limit in a unit that suits it. */
export function parseClaim({ metricId, operator, number, unit }: ClaimParts): Parsed<Claim> {
  const metric = METRICS.find(({ id }) => id === metricId);
  if (metric === undefined) {
    return { problem: `knows no metric ${metricId}; there are ${METRICS.map(({ id }) => id).join(', ')}` };
  }
  const units: Readonly<Record<string, number>> = UNITS[metric.unit] ?? { [metric.unit]: 1 };
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (factor === undefined) {
    const allowed = Object.keys(units).filter((name) => name !== '');
    const wanted = allowed.length === 0 ? 'no unit' : `one of ${allowed.join(', ')}`;
    return { problem: `${unit === '' ? 'has no unit' : `has the unit ${unit}`}; ${metricId} takes ${wanted}` };
  }
  const { id, label, better } = metric;
  return { value: { metric: { id, label, unit: metric.unit, better }, operator, limit: Number(number) * factor } };
}

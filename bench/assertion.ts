import type { Cell, CellSummary, MetricInfo, MetricSummary } from './result/schema.ts';
import { METRICS } from './stats/metrics.ts';
import { quantity } from './stats/wording.ts';
import { formatDuration, parseCount, parseDuration, parseRate, parseSize, type Parsed } from './units.ts';

type Operator = '<' | '<=' | '>' | '>=' | '==';

/** A claim about one figure, as written with `--assert`; which cell it means is known once the cells are. */
export type Assertion = {
  /** As it was written. */
  readonly text: string;
  readonly transport: string;
  readonly selector: Partial<Cell>;
  readonly metric: MetricInfo;
  readonly operator: Operator;
  /** In the metric's own unit. */
  readonly limit: number;
};

/** What became of an assertion. */
export type AssertionResult = {
  readonly assertion: string;
  readonly cell: Cell;
  readonly metric: string;
  readonly passed: boolean;
  /** Null where there is no figure. */
  readonly measured: MetricSummary | null;
  /** A line for people: `passed: sse.p99<50ms: 12.3 ms (11.9 ms to 12.8 ms, 8 trials)`. */
  readonly sentence: string;
};

/** A metric begins with a letter, so that the dot in a selector such as `rate=0.5` is not taken for the one before it. */
const GRAMMAR = /^([\w-]+)(?:@(.+))?\.([A-Za-z]\w*)\s*(<=|>=|==|<|>)\s*(\d+(?:\.\d+)?)\s*([A-Za-z%]*)$/;

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

/** What a selector may fix, in the order in which choices are shown. */
const SELECTORS = {
  clients: { key: 'clients', parse: parseCount, format: String },
  rate: { key: 'rateHz', parse: parseRate, format: String },
  payload: { key: 'payloadBytes', parse: parseSize, format: String },
  'poll-interval': { key: 'pollIntervalMs', parse: parseDuration, format: formatDuration },
} as const satisfies Record<
  string,
  { key: keyof Cell; parse: (text: string) => Parsed<number>; format: (value: number) => string }
>;

/** Reads `transport[@selector].metric op value unit`, as in `sse@clients=1000,rate=10.p99<50ms`. */
export function parseAssertion(text: string): Parsed<Assertion> {
  const match = GRAMMAR.exec(text.trim());
  if (!match) return { problem: "is not a claim such as 'sse.p99<50ms'" };
  const [, transport = '', selectorText, metricId = '', operator, number, unit = ''] = match;
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
  const selector = parseSelector(selectorText);
  if ('problem' in selector) return selector;
  const { id, label, better } = metric;
  return {
    value: {
      text: text.trim(),
      transport,
      selector: selector.value,
      metric: { id, label, unit: metric.unit, better },
      operator: operator as Operator,
      limit: Number(number) * factor,
    },
  };
}

function parseSelector(text: string | undefined): Parsed<Partial<Cell>> {
  const selector: Partial<Cell> = {};
  for (const part of text?.split(',') ?? []) {
    const [name = '', value = '', ...more] = part.split('=');
    if (!Object.hasOwn(SELECTORS, name) || more.length > 0) {
      return { problem: `cannot select a cell by ${part}; allowed: ${Object.keys(SELECTORS).join('=, ')}=` };
    }
    const { key, parse } = SELECTORS[name as keyof typeof SELECTORS];
    const parsed = parse(value);
    if ('problem' in parsed) return { problem: `${name}=${value} ${parsed.problem}` };
    selector[key] = parsed.value;
  }
  return { value: selector };
}

/** An assertion and the one cell that it is about. */
export type ResolvedAssertion = { readonly assertion: Assertion; readonly cell: Cell };

/**
 * Finds the cell of each assertion.
 *
 * @returns the mistakes, each a sentence that lists the choices: a transport that is not there, no such cell, several cells
 */
export function resolveAssertions(
  assertions: readonly Assertion[],
  cells: readonly Cell[],
): { resolved: ResolvedAssertion[]; mistakes: string[] } {
  const resolved: ResolvedAssertion[] = [];
  const mistakes: string[] = [];
  for (const assertion of assertions) {
    const { text, transport, selector, metric } = assertion;
    const own = cells.filter((cell) => cell.transport === transport);
    const keys = Object.keys(selector) as (keyof Cell)[];
    const matching = own.filter((cell) => keys.every((key) => cell[key] === selector[key]));
    const [cell, ...others] = matching;
    if (own.length === 0) {
      const there = [...new Set(cells.map((each) => each.transport))].join(', ');
      mistakes.push(`--assert '${text}': ${transport} is not measured; there are ${there}`);
    } else if (cell === undefined) {
      mistakes.push(`--assert '${text}': no such cell; there are ${choices(own, own, metric.id)}`);
    } else if (others.length > 0) {
      mistakes.push(`--assert '${text}': ${matching.length} cells fit; name one: ${choices(matching, own, metric.id)}`);
    } else {
      resolved.push({ assertion, cell });
    }
  }
  return { resolved, mistakes };
}

/** The beginnings of assertions that name one cell each, by what varies among the cells of the transport. */
function choices(shown: readonly Cell[], among: readonly Cell[], metric: string): string {
  const varying = Object.entries(SELECTORS).filter(([, { key }]) => new Set(among.map((cell) => cell[key])).size > 1);
  const names = shown.map((cell) => {
    const parts = varying.map(([name, { key, format }]) => `${name}=${format(cell[key]!)}`);
    return `${cell.transport}${parts.length > 0 ? `@${parts.join(',')}` : ''}.${metric}`;
  });
  return names.join(', ');
}

/**
 * Judges each assertion by the median of its cell. Without a figure, or where no trial of the cell is valid, it fails:
 * what was not soundly measured cannot be claimed.
 */
export function evaluateAssertions(
  resolved: readonly ResolvedAssertion[],
  summaryOf: (cell: Cell) => CellSummary | undefined,
): AssertionResult[] {
  return resolved.map(({ assertion, cell }) => {
    const { text, metric, operator, limit } = assertion;
    const summary = summaryOf(cell);
    const measured = summary?.metrics[metric.id] ?? null;
    const isSound = summary !== undefined && summary.valid > 0;
    const passed = measured !== null && isSound && COMPARE[operator](measured.median, limit);
    const figure = measured === null ? 'not measured' : measuredText(metric.unit, measured);
    const doubt = measured === null || isSound ? '' : '; no trial of the cell is valid';
    const sentence = `${passed ? 'passed' : 'FAILED'}: ${text}: ${figure}${doubt}`;
    return { assertion: text, cell, metric: metric.id, passed, measured, sentence };
  });
}

function measuredText(unit: string, { median, low, high, trials }: MetricSummary): string {
  const interval =
    low === null || high === null ? '' : `95 % interval ${quantity(unit, low)} to ${quantity(unit, high)}, `;
  return `${quantity(unit, median)} (${interval}${trials} ${trials === 1 ? 'trial' : 'trials'})`;
}

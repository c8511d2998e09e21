import { holds, parseClaim, type Claim, type Operator } from './claim.ts';
import type { Cell, CellSummary, MetricSummary } from '../result/schema.ts';
import {
  formatDuration,
  parseCount,
  parseDuration,
  parseRate,
  parseSize,
  quantity,
  type Parsed,
} from '../basics/amounts.ts';

/** A claim about one figure, as written with `--assert`; which cell it means is known once the cells are. */
export type Assertion = Claim & {
  /** As it was written. */
  readonly text: string;
  readonly transport: string;
  readonly selector: Partial<Cell>;
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
const GRAMMAR =
  /^((?:[\w.:-]+\/)?(?:[\w.-]+:)?[\w-]+)(?:@(.+))?\.([A-Za-z]\w*)\s*(<=|>=|==|<|>)\s*(\d+(?:\.\d+)?)\s*([A-Za-z%]*)$/;

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
  const claim = parseClaim({ metricId, operator: operator as Operator, number: number ?? '', unit });
  if ('problem' in claim) return claim;
  const selector = parseSelector(selectorText);
  if ('problem' in selector) return selector;
  return { value: { text: text.trim(), transport, selector: selector.value, ...claim.value } };
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
    const { text, metric } = assertion;
    const summary = summaryOf(cell);
    const measured = summary?.metrics[metric.id] ?? null;
    const isSound = summary !== undefined && summary.valid > 0;
    const passed = measured !== null && isSound && holds(assertion, measured.median);
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

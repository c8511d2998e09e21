import { enumerate, formatDuration } from '../basics/amounts.ts';
import { spanOf, type TermId, type Unidentified } from './cost-model.ts';
import { byCell, type Observation } from './observation.ts';
import { sameCell } from '../result/cell.ts';

/** Says what does not vary, and which cells would tell the terms apart: every combination of two values of each. */
export function unidentified(terms: readonly TermId[], observations: readonly Observation[]): Unidentified {
  const cells = byCell(observations).map(([first]) => first!.cell);
  const [template] = cells;
  if (template === undefined) return { kind: 'unidentified', sentence: 'no trial of it is valid', add: [] };
  const valuesOf = (key: 'clients' | 'rateHz' | 'pollIntervalMs') => cells.map((cell) => cell[key]!);
  const clients = twoOf(valuesOf('clients'), (one) => Math.max(1, Math.round(one / 4)));
  const rates = terms.includes('delivery') ? twoOf(valuesOf('rateHz'), (one) => one / 5) : [template.rateHz];
  const intervals = terms.includes('poll')
    ? twoOf(valuesOf('pollIntervalMs'), (one) => Math.max(10, Math.round(one / 4)))
    : [template.pollIntervalMs];
  const add = clients
    .flatMap((count) =>
      rates.flatMap((rateHz) =>
        intervals.map((pollIntervalMs) => ({ ...template, clients: count, rateHz, pollIntervalMs })),
      ),
    )
    .filter((cell) => !cells.some((there) => sameCell(there, cell)));
  const constant = [
    [terms.includes('client'), valuesOf('clients'), 'clients'],
    [terms.includes('delivery'), valuesOf('rateHz'), 'the rate'],
    [terms.includes('poll'), valuesOf('pollIntervalMs'), 'the poll interval'],
  ] as const;
  const same = constant.filter(([matters, values]) => matters && new Set(values).size < 2).map(([, , name]) => name);
  const why =
    same.length > 0
      ? `${enumerate(same)} ${same.length === 1 && same[0] !== 'clients' ? 'does' : 'do'} not vary`
      : 'what varies, varies together';
  const flags = [
    `--transports ${template.transport}`,
    `--clients ${clients.join(',')}`,
    `--rate ${rates.join(',')}`,
    ...(terms.includes('poll') ? [`--poll-interval ${intervals.map((ms) => formatDuration(ms!)).join(',')}`] : []),
  ];
  return {
    kind: 'unidentified',
    sentence: `the cells do not tell its ${terms.length} coefficients apart: ${why}. Run npm run bench -- ${flags.join(' ')}, or plan --plan-sweep`,
    add,
  };
}

/** The two extremes, or the only value and another. */
function twoOf(values: readonly number[], other: (only: number) => number): number[] {
  const { low, high } = spanOf(values);
  return low === high ? [other(high), high].toSorted((a, b) => a - b) : [low, high];
}

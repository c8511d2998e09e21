import { METRICS } from '../judge/metrics.ts';
import { csvField } from '../result/csv-field.ts';
import { cellColumnsOf } from '../result/cell.ts';
import type { CellSummary } from '../result/schema.ts';

/** One line a cell: what it is, how many trials, and each metric's median with its interval. */
export function summaryCsv(cells: readonly CellSummary[]): string {
  const cellColumns = cellColumnsOf(cells.map(({ cell }) => cell));
  const header = [
    ...cellColumns,
    'trials',
    'valid',
    ...METRICS.flatMap(({ id, unit }) => [`${id}_${unit}`, `${id}_low`, `${id}_high`]),
  ];
  const rows = cells.map(({ cell, trials, valid, metrics }) => [
    ...cellColumns.map((column) => cell[column] ?? null),
    trials,
    valid,
    ...METRICS.flatMap(({ id }) => {
      const summary = metrics[id];
      return [summary?.median ?? null, summary?.low ?? null, summary?.high ?? null];
    }),
  ]);
  return `${[header, ...rows].map((row) => row.map(csvField).join(',')).join('\r\n')}\r\n`;
}

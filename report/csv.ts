import { csvField } from '../bench/result/csv-field.ts';
import type { Cell, RunResult } from '../bench/result/schema.ts';
import { METRICS } from '../bench/stats/metrics.ts';

type Value = string | number | null;

const CELL_COLUMNS = [
  'transport',
  'clients',
  'rateHz',
  'payloadBytes',
  'pollIntervalMs',
  'driver',
  'fanOut',
] as const satisfies (keyof Cell)[];

const table = (head: readonly string[], lines: readonly (readonly Value[])[]) =>
  [head, ...lines].map((line) => `${line.map(csvField).join(',')}\r\n`).join('');

/** The summary matrix in long form: one line a cell and metric, figures in their stored units. */
export function matrixCsv({ cells, metrics: infos }: RunResult): string {
  const units = new Map(infos.map(({ id, unit }) => [id, unit]));
  const lines = cells.flatMap(({ cell, valid, metrics }) => {
    const place: Value[] = [...CELL_COLUMNS.map((column) => cell[column]), String(valid > 0)];
    return Object.entries(metrics).map(([id, { median, low, high, trials }]): Value[] => [
      ...place,
      id,
      units.get(id) ?? '',
      median,
      low,
      high,
      trials,
    ]);
  });
  return table([...CELL_COLUMNS, 'usable', 'metric', 'unit', 'median', 'low', 'high', 'trials'], lines);
}

/** Every trial in long form, also the invalid ones: one line a trial and metric, figures in their stored units. */
export function trialsCsv({ trials }: RunResult): string {
  const lines = trials.flatMap((trial) => {
    const { cell, block, order, attempt, validity } = trial;
    const place: Value[] = [...CELL_COLUMNS.map((column) => cell[column]), block + 1, order + 1, attempt];
    const reasons = validity.reasons.map(({ code }) => code).join(' ');
    return METRICS.flatMap(({ id, unit, of }): Value[][] => {
      const value = of(trial);
      return value === null ? [] : [[...place, validity.status, reasons, id, unit, value]];
    });
  });
  return table([...CELL_COLUMNS, 'block', 'order', 'attempt', 'validity', 'reasons', 'metric', 'unit', 'value'], lines);
}

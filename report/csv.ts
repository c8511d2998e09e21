import { csvField } from '../bench/result/csv-field.ts';
import type { PageData } from './page-data.ts';

type Value = string | number | null;

const CELL_COLUMNS = ['transport', 'clients', 'rateHz', 'payloadBytes', 'pollIntervalMs', 'driver', 'fanOut', 'usable'];
const FIGURE_COLUMNS = ['metric', 'unit', 'median', 'low', 'high', 'trials'];

/** The summary matrix in long form: one line a cell and metric, figures in their stored units. */
export function matrixCsv(data: PageData): string {
  const units = new Map(data.metrics.map(({ id, unit }) => [id, unit]));
  const lines = data.loads.flatMap(({ clients, rateHz, payloadBytes, driver, fanOut, rows }) =>
    rows.flatMap(({ transport, pollIntervalMs, usable, metrics }) => {
      const cell: Value[] = [transport, clients, rateHz, payloadBytes, pollIntervalMs, driver, fanOut, String(usable)];
      return Object.entries(metrics).map(([id, figures]): Value[] => [...cell, id, units.get(id) ?? '', ...figures]);
    }),
  );
  return [[...CELL_COLUMNS, ...FIGURE_COLUMNS], ...lines].map((line) => `${line.map(csvField).join(',')}\r\n`).join('');
}

import { csvField } from '../bench/result/csv-field.ts';
import { cellColumnsOf } from '../bench/result/cell.ts';
import type { RunResult } from '../bench/result/schema.ts';
import type { CostPlan } from '../bench/model/planner.ts';
import { METRICS } from '../bench/judge/metrics.ts';
import type { PlanNeeds, PlanRow } from './planner/plan-view.ts';
import { WORKLOAD_PARTS } from './view-link.ts';

type Value = string | number | null;

const table = (head: readonly string[], lines: readonly (readonly Value[])[]) =>
  [head, ...lines].map((line) => `${line.map(csvField).join(',')}\r\n`).join('');

/** The summary matrix in long form: one line a cell and metric, figures in their stored units. */
export function matrixCsv({ cells, metrics: infos }: RunResult): string {
  const columns = cellColumnsOf(cells.map(({ cell }) => cell));
  const units = new Map(infos.map(({ id, unit }) => [id, unit]));
  const lines = cells.flatMap(({ cell, valid, metrics }) => {
    const place: Value[] = [...columns.map((column) => cell[column] ?? null), String(valid > 0)];
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
  return table([...columns, 'usable', 'metric', 'unit', 'median', 'low', 'high', 'trials'], lines);
}

/** Every trial in long form, also the invalid ones: one line a trial and metric, figures in their stored units. */
export function trialsCsv({ trials }: RunResult): string {
  const columns = cellColumnsOf(trials.map(({ cell }) => cell));
  const lines = trials.flatMap((trial) => {
    const { cell, block, order, attempt, validity } = trial;
    const place: Value[] = [...columns.map((column) => cell[column] ?? null), block + 1, order + 1, attempt];
    const reasons = validity.reasons.map(({ code }) => code).join(' ');
    return METRICS.flatMap(({ id, unit, of }): Value[][] => {
      const value = of(trial);
      return value === null ? [] : [[...place, validity.status, reasons, id, unit, value]];
    });
  });
  return table([...columns, 'block', 'order', 'attempt', 'validity', 'reasons', 'metric', 'unit', 'value'], lines);
}

/** A plan in long form: one line a transport and figure; how far a figure is beyond what was measured, 1 where it is not. */
export function planCsv(rows: readonly PlanRow[], needs: PlanNeeds): string {
  const asked = PLAN_COLUMNS.map((column) => needs[column]);
  const lines = rows.flatMap(({ transport, plan }): Value[][] => {
    if (plan === null) return [];
    const place: Value[] = [transport, ...asked];
    const beyond = Math.max(1, ...plan.beyond.map(({ factor }) => factor));
    return PLAN_FIGURES.map(([id, unit]): Value[] => {
      const figure = plan[id];
      const { value, low, high } = typeof figure === 'number' ? { value: figure, low: null, high: null } : figure;
      return [...place, id, unit, value, low, high, beyond];
    });
  });
  return table(['transport', ...PLAN_COLUMNS, 'figure', 'unit', 'value', 'low', 'high', 'beyond'], lines);
}

const PLAN_COLUMNS = [...WORKLOAD_PARTS, 'maxClients'] as const;

const PLAN_FIGURES = [
  ['servers', 'count'],
  ['cores', 'cores'],
  ['memoryBytes', 'bytes'],
  ['egressBytesPerSecond', 'bytes/s'],
  ['egressWireBytesPerSecond', 'bytes/s'],
  ['ingressBytesPerSecond', 'bytes/s'],
  ['egressBytesPerHour', 'bytes'],
  ['egressBytesPerMonth', 'bytes'],
  ['ageMeanMs', 'ms'],
  ['fanOutMs', 'ms'],
] as const satisfies (readonly [keyof CostPlan, string])[];

import type { Cell, CellSummary, RunResult, Trial, TransportLook } from '../../bench/result/schema.ts';
import type { SweepVariable } from '../page-data.ts';
import { formatSetting, plural, spellDuration } from '../../bench/basics/amounts.ts';

/** One cell with everything that was found in it. */
export type Row = {
  readonly cell: Cell;
  readonly look: TransportLook;
  /** Names the transport, and the poll interval when the run has several. */
  readonly label: string;
  readonly summary: CellSummary | null;
  readonly trials: readonly Trial[];
  /** The trials that are not invalid: figures may rest on them. */
  readonly usable: readonly Trial[];
};

/** Cells that differ in nothing but the transport and its poll interval: what may be compared with one another. */
export type Load = {
  readonly key: string;
  readonly label: string;
  readonly cell: Cell;
  readonly rows: readonly Row[];
};

const loadKey = (cell: Cell) => [cell.clients, cell.rateHz, cell.payloadBytes, cell.driver, cell.fanOut].join('/');

const cellKey = (cell: Cell) => `${loadKey(cell)}/${cell.pollIntervalMs}/${cell.transport}`;

const UNKNOWN_LOOK = { colour: { light: '#5B6270', dark: '#A6AEBB' }, shape: 'circle', dash: [] } as const;

/** How the result says a transport is drawn and named; one that it does not describe is drawn in grey under its id. */
function lookOf(result: RunResult, id: string): TransportLook {
  return result.transports.find((look) => look.id === id) ?? { id, label: id, ...UNKNOWN_LOOK, dash: [] };
}

const known = new WeakMap<RunResult, readonly Cell[]>();

/** Every cell once: as planned, then those that only trials know. */
function cellsOf(result: RunResult): readonly Cell[] {
  const before = known.get(result);
  if (before !== undefined) return before;
  const cells = new Map<string, Cell>();
  for (const cell of [...result.plan.cells, ...result.trials.map((trial) => trial.cell)])
    if (!cells.has(cellKey(cell))) cells.set(cellKey(cell), cell);
  const all = [...cells.values()];
  known.set(result, all);
  return all;
}

const SWEEPABLE = ['clients', 'rateHz', 'payloadBytes', 'pollIntervalMs'] as const satisfies SweepVariable[];

/** The variables of which the run has more than one value. */
export function sweptVariables(result: RunResult): SweepVariable[] {
  const cells = cellsOf(result);
  return SWEEPABLE.filter((variable) => {
    const values = cells.map((cell) => cell[variable]).filter((value) => value !== null);
    return new Set(values).size > 1;
  });
}

function loadParts(cell: Cell): (readonly [keyof Cell, string])[] {
  return [
    ['clients', plural(cell.clients, 'client')],
    ['rateHz', `${formatSetting(cell.rateHz)} ${cell.rateHz === 1 ? 'tick/s' : 'ticks/s'}`],
    ['payloadBytes', `${formatSetting(cell.payloadBytes)} B`],
    ['driver', `${cell.driver} driver`],
    ['fanOut', `${cell.fanOut} fan-out`],
  ];
}

const USUAL = new Set(['lean driver', 'prepared fan-out']);

/** `1,000 clients · 10 ticks/s · 128 B`, with the driver and the fan-out when they are not the default ones. */
function loadLabel(cell: Cell): string {
  return loadParts(cell)
    .flatMap(([, text]) => (USUAL.has(text) ? [] : [text]))
    .join(' · ');
}

const usableRows = (load: Load) => load.rows.filter((row) => row.usable.length > 0).length;

/** The load to show first: of those with the most cells to rely on, the one with the most bytes to deliver a second. */
export function focusOf(loads: readonly Load[]): Load | undefined {
  const weight = ({ cell }: Load) => cell.clients * cell.rateHz * cell.payloadBytes;
  return loads.toSorted((a, b) => usableRows(b) - usableRows(a) || weight(b) - weight(a))[0];
}

/** The transport's name, and the poll interval when the run has several. */
export function rowLabel(result: RunResult, cell: Cell): string {
  const { label } = lookOf(result, cell.transport);
  return cell.pollIntervalMs !== null && sweptVariables(result).includes('pollIntervalMs')
    ? `${label} @ ${spellDuration(cell.pollIntervalMs)}`
    : label;
}

/** A name for one cell in a sentence or a table: as much of its load as tells it from the others. */
export function cellLabel(result: RunResult, cell: Cell): string {
  const differs = (name: keyof Cell) => new Set(cellsOf(result).map((other) => other[name])).size > 1;
  const parts = loadParts(cell).flatMap(([name, text]) => (differs(name) ? [text] : []));
  return parts.length === 0 ? rowLabel(result, cell) : `${rowLabel(result, cell)} at ${parts.join(', ')}`;
}

/** The loads of a run in planned order, each with its cells in planned order, summaries and trials. */
export function loadsOf(result: RunResult): Load[] {
  const trials = Map.groupBy(result.trials, (trial) => cellKey(trial.cell));
  const summaries = new Map(result.cells.map((summary) => [cellKey(summary.cell), summary]));
  const toRow = (cell: Cell): Row => {
    const own = trials.get(cellKey(cell)) ?? [];
    return {
      cell,
      look: lookOf(result, cell.transport),
      label: rowLabel(result, cell),
      summary: summaries.get(cellKey(cell)) ?? null,
      trials: own,
      usable: own.filter((trial) => trial.validity.status !== 'invalid'),
    };
  };
  return [...Map.groupBy(cellsOf(result), loadKey)].flatMap(([key, cells]) => {
    const [cell] = cells;
    return cell === undefined ? [] : [{ key, label: loadLabel(cell), cell, rows: cells.map(toRow) }];
  });
}

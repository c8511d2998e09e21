import { cellKey, loadKey, varying } from '../../bench/result/cell.ts';
import { networkWords } from '../../bench/result/network.ts';
import type { Cell, CellSummary, LoadLevel, RunResult, Trial, TransportLook } from '../../bench/result/schema.ts';
import { plainLook } from '../../server/page/marks.ts';
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

/** How the result says a transport is drawn and named; one that it does not describe is drawn in grey under its id. */
function lookOf(result: RunResult, id: string): TransportLook {
  return result.transports.find((look) => look.id === id) ?? plainLook(id);
}

const known = new WeakMap<RunResult, readonly Cell[]>();

/** Every cell once: as planned, then those that only trials know. */
function cellsOf(result: RunResult): readonly Cell[] {
  const before = known.get(result);
  if (before !== undefined) return before;
  const named = [...result.plan.cells, ...result.trials.map((trial) => trial.cell)];
  const all = [...new Map(named.map((cell) => [cellKey(cell), cell])).values()];
  known.set(result, all);
  return all;
}

const SWEEPABLE = ['clients', 'rateHz', 'payloadBytes', 'pollIntervalMs'] as const satisfies SweepVariable[];

/** The variables of which the run has more than one value. */
export function sweptVariables(result: RunResult): SweepVariable[] {
  const varied = varying(cellsOf(result));
  return SWEEPABLE.filter((variable) => varied.has(variable));
}

type Place = Pick<LoadLevel, 'clients' | 'rateHz' | 'payloadBytes'>;

/** Clients, ticks and payload, each with its unit. */
export function placeParts({ clients, rateHz, payloadBytes }: Place): (readonly [keyof Place, string])[] {
  return [
    ['clients', plural(clients, 'client')],
    ['rateHz', `${formatSetting(rateHz)} ${rateHz === 1 ? 'tick/s' : 'ticks/s'}`],
    ['payloadBytes', `${formatSetting(payloadBytes)} B`],
  ];
}

function loadParts(cell: LoadLevel): (readonly [keyof LoadLevel, string])[] {
  return [
    ...placeParts(cell),
    ['driver', `${cell.driver} driver`],
    ['fanOut', `${cell.fanOut} fan-out`],
    ['network', cell.network ? networkWords(cell.network) : LOOPBACK],
  ];
}

const LOOPBACK = 'loopback';

const USUAL = new Set(['lean driver', 'prepared fan-out', LOOPBACK]);

/** `1,000 clients · 10 ticks/s · 128 B`, with driver, fan-out and network when they are not the default ones. */
export function loadLabel(cell: LoadLevel): string {
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
  const varied = varying(cellsOf(result));
  const parts = loadParts(cell).flatMap(([name, text]) => (varied.has(name) ? [text] : []));
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

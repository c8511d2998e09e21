// What tells cells apart. Runs in a browser too: no import of Node.
import { NO_NETWORK } from './network.ts';
import type { Cell, LoadLevel } from './schema.ts';

/** What a load consists of: cells that share it may be compared with one another. */
export const LOAD_KEYS = [
  'clients',
  'rateHz',
  'payloadBytes',
  'driver',
  'fanOut',
  'network',
] as const satisfies (keyof LoadLevel)[];

/** What a run varies from cell to cell, besides the transport. */
const VARIED = [...LOAD_KEYS, 'pollIntervalMs'] as const satisfies (keyof Cell)[];

const COLUMNS = [
  'transport',
  'clients',
  'rateHz',
  'payloadBytes',
  'pollIntervalMs',
  'driver',
  'fanOut',
] as const satisfies (keyof Cell)[];

/** The columns of a table of these cells: that of the network only where there is one. */
export function cellColumnsOf(cells: readonly Cell[]): (keyof Cell)[] {
  return cells.some(({ network }) => network) ? [...COLUMNS, 'network'] : [...COLUMNS];
}

/** The load of a cell: what it shares with those that it is compared with. */
export function loadOf({ clients, rateHz, payloadBytes, driver, fanOut, network }: LoadLevel): LoadLevel {
  return { clients, rateHz, payloadBytes, driver, fanOut, ...(network ? { network } : {}) };
}

/** What a load has of that name; of one without a network the word for that. */
export function loadValue(load: LoadLevel, key: (typeof LOAD_KEYS)[number]): string | number {
  return load[key] ?? NO_NETWORK;
}

/** A text that two cells share if and only if their loads are the same: `1000/10/128/lean/prepared`, and the network behind it. */
export function loadKey(load: LoadLevel): string {
  return LOAD_KEYS.flatMap((key) => load[key] ?? []).join('/');
}

/** A text that two cells share if and only if they are the same combination. */
export function cellKey(cell: Cell): string {
  return JSON.stringify([cell.transport, ...VARIED.map((key) => cell[key] ?? null)]);
}

/** Cells are equal when all their properties are. */
export function sameCell(a: Cell, b: Cell): boolean {
  return cellKey(a) === cellKey(b);
}

/** Loads are equal when all their properties are. */
export function sameLoad(a: LoadLevel, b: LoadLevel): boolean {
  return loadKey(a) === loadKey(b);
}

/** The properties in which the cells of a run differ; of the poll interval only among those that poll. */
export function varying(cells: readonly Cell[]): Set<(typeof VARIED)[number]> {
  return new Set(VARIED.filter((key) => new Set(valuesOf(cells, key)).size > 1));
}

function valuesOf(cells: readonly Cell[], key: (typeof VARIED)[number]): (string | number)[] {
  return cells.flatMap((cell) => (key === 'pollIntervalMs' ? (cell[key] ?? []) : loadValue(cell, key)));
}

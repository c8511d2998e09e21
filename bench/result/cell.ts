// What tells cells apart. Runs in a browser too: no import of Node.
import type { Cell, LoadLevel } from './schema.ts';

/** What a load consists of: cells that share it may be compared with one another. */
export const LOAD_KEYS = [
  'clients',
  'rateHz',
  'payloadBytes',
  'driver',
  'fanOut',
] as const satisfies (keyof LoadLevel)[];

/** What a run varies from cell to cell, besides the transport. */
const VARIED = [...LOAD_KEYS, 'pollIntervalMs'] as const satisfies (keyof Cell)[];

/** The load of a cell: what it shares with those that it is compared with. */
export function loadOf({ clients, rateHz, payloadBytes, driver, fanOut }: LoadLevel): LoadLevel {
  return { clients, rateHz, payloadBytes, driver, fanOut };
}

/** A text that two cells share if and only if their loads are the same: `1000/10/128/lean/prepared`. */
export function loadKey(load: LoadLevel): string {
  return LOAD_KEYS.map((key) => load[key]).join('/');
}

/** A text that two cells share if and only if they are the same combination. */
export function cellKey(cell: Cell): string {
  return JSON.stringify([cell.transport, ...VARIED.map((key) => cell[key])]);
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
  return new Set(
    VARIED.filter((key) => new Set(cells.map((cell) => cell[key]).filter((value) => value !== null)).size > 1),
  );
}

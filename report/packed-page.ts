// The page's data as it stands in the document: curves without their x, which both sides know.
import { AGE_SHARES, percentileGrid } from './figures/grids.ts';
import type { PageData, PageLoad, PageRow, Point } from './page-data.ts';
import { rounded } from '../bench/basics/numbers.ts';

type Heights = readonly (number | null)[];
type PackedRow = Omit<PageRow, 'latency' | 'age'> & { readonly latency: Heights; readonly age: Heights };
type PackedLoad = Omit<PageLoad, 'rows'> & { readonly rows: readonly PackedRow[] };

/** See {@link unpackPage}. */
export type PackedPage = Omit<PageData, 'loads'> & { readonly loads: readonly PackedLoad[] };

function mapRows<From, To>(
  loads: readonly (Omit<PageLoad, 'rows'> & { readonly rows: readonly From[] })[],
  change: (row: From) => To,
): (Omit<PageLoad, 'rows'> & { readonly rows: readonly To[] })[] {
  return loads.map((load) => ({ ...load, rows: load.rows.map(change) }));
}

const heights = (points: readonly Point[]): Heights => points.map(([, y]) => y);

const curve = (xs: readonly number[], ys: Heights): Point[] =>
  ys.map((y, index): Point => [rounded(xs[index] ?? 0), y]);

/** Leaves out the x of the latency and age curves, and models where none of them can plan: the page says why already. */
export function packPage(data: PageData): PackedPage {
  return {
    ...data,
    models: data.models.some(({ cpu, memory }) => cpu.kind === 'fit' && memory.kind === 'fit') ? data.models : [],
    loads: mapRows(data.loads, (row) => ({ ...row, latency: heights(row.latency), age: heights(row.age) })),
  };
}

/** The page's data from what {@link packPage} made of it. */
export function unpackPage(packed: PackedPage): PageData {
  return {
    ...packed,
    loads: mapRows(packed.loads, (row) => ({
      ...row,
      latency: curve(percentileGrid(row.samples), row.latency),
      age: curve(AGE_SHARES, row.age),
    })),
  };
}

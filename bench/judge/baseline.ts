// Verdicts against one of those compared, in the place of verdicts on every two of them.
import { serverOf } from '../result/entrant.ts';
import type { Cell } from '../result/schema.ts';

type Placed = Pick<Cell, 'transport' | 'pollIntervalMs'>;

/**
 * The pairs whose difference a run is asked for, of the cells at one load: every two of them; or with a baseline each of the others,
 * in its order, with that. An entrant as baseline (`go:sse`) is compared with all others, a target (`go`, `builtin`) with those that
 * have the same transport and poll interval: they differ in the server alone.
 */
export function pairsOf<C extends Placed>(cells: readonly C[], baseline: string | undefined): [a: C, b: C][] {
  if (baseline === undefined) return cells.flatMap((a, at) => cells.slice(at + 1).map((b): [C, C] => [a, b]));
  const isEntrant = cells.some(({ transport }) => transport === baseline);
  const others = cells.filter((cell) => (isEntrant ? cell.transport : targetOf(cell)) !== baseline);
  return others.flatMap((a) => cells.flatMap((b): [C, C][] => (isBaselineOf(a, b, baseline) ? [[a, b]] : [])));
}

function isBaselineOf(a: Placed, b: Placed, baseline: string): boolean {
  if (b.transport === baseline) return true;
  return targetOf(b) === baseline && way(a) === way(b) && a.pollIntervalMs === b.pollIntervalMs;
}

const targetOf = ({ transport }: Placed) => serverOf(transport);

/** An entrant's transport, without its server. */
const way = ({ transport }: Placed) => transport.slice(transport.indexOf(':') + 1);

/** The baselines that leave a pair to compare: the servers, then the entrants. */
export function possibleBaselines(cells: readonly Placed[]): string[] {
  const names = [...new Set([...cells.map(targetOf), ...cells.map(({ transport }) => transport)])];
  return names.filter((name) => pairsOf(cells, name).length > 0);
}

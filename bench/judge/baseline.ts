// Verdicts against one of those compared, in the place of verdicts on every two of them.
import { proxyNameOf, straightOf } from '../../server/transports/traits.ts';
import { NO_PROXY, serverOf } from '../result/entrant.ts';
import type { Cell } from '../result/schema.ts';

type Placed = Pick<Cell, 'transport' | 'pollIntervalMs'>;

/**
 * The pairs whose difference a run is asked for, of the cells at one load: every two of them; or with a baseline each of the others,
 * in its order, with that. An entrant as baseline (`go:sse`) is compared with all others; a server (`go`, `builtin`) with those that
 * differ from its entrants in the server alone; a way (`none`, `nginx:tuned`) with those that differ from its entrants in the proxy
 * alone.
 */
export function pairsOf<C extends Placed>(cells: readonly C[], baseline: string | undefined): [a: C, b: C][] {
  if (baseline === undefined) return cells.flatMap((a, at) => cells.slice(at + 1).map((b): [C, C] => [a, b]));
  const [name, shared] = kindOf(cells, baseline);
  const others = cells.filter((cell) => name(cell) !== baseline);
  const own = cells.filter((cell) => name(cell) === baseline);
  return others.flatMap((a) => own.filter((b) => shared(a) === shared(b)).map((b): [C, C] => [a, b]));
}

/** What a baseline names of a cell, and what a cell must share with one of the baseline's to be compared with it. */
function kindOf(cells: readonly Placed[], baseline: string): readonly [name: Read, shared: Read] {
  const is = (name: Read) => cells.some((cell) => name(cell) === baseline);
  if (is(entrant)) return [entrant, () => ''];
  return is(server)
    ? [server, (cell) => JSON.stringify([way(cell), path(cell), cell.pollIntervalMs])]
    : [way, (cell) => JSON.stringify([server(cell), path(cell), cell.pollIntervalMs])];
}

type Read = (cell: Placed) => string;
const entrant: Read = ({ transport }) => transport;
const server: Read = ({ transport }) => serverOf(transport);
const way: Read = ({ transport }) => proxyNameOf(transport) ?? NO_PROXY;
/** An entrant's transport, without server and proxy. */
const path: Read = ({ transport }) => straightOf(transport).replace(/^[^:]*:/, '');

/** The baselines that leave a pair to compare: the servers, the ways to them, then the entrants. */
export function possibleBaselines(cells: readonly Placed[]): string[] {
  const names = new Set([server, way, entrant].flatMap((name) => cells.map(name)));
  return [...names].filter((name) => pairsOf(cells, name).length > 0);
}

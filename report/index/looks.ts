import type { RunResult, TransportLook } from '../../bench/result/schema.ts';
import { plainLook } from '../../server/page/marks.ts';

/** How each transport is drawn, in the order of the run that has the most; one that none describes is grey. */
export function looksOf(results: readonly RunResult[]): TransportLook[] {
  const looks = new Map<string, TransportLook>();
  // a stable sort: of runs with as many transports the newest comes first
  for (const { transports } of results.toSorted((a, b) => b.transports.length - a.transports.length)) {
    for (const look of transports) if (!looks.has(look.id)) looks.set(look.id, look);
  }
  const ids = new Set(results.flatMap(({ cells }) => cells.map(({ cell }) => cell.transport)));
  for (const id of ids.difference(looks)) {
    looks.set(id, plainLook(id));
  }
  return [...looks.values()].filter(({ id }) => ids.has(id));
}

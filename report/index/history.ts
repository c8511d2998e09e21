import { p99Of, type P99 } from '../../bench/run/past-runs.ts';
import type { LoadLevel, RunResult, TransportLook } from '../../bench/result/schema.ts';
import { plainLook } from '../../server/page/marks.ts';
import { runDifferences, type RunDifference } from '../../bench/judge/run-differences.ts';
import { loadKey, loadOf } from '../../bench/result/cell.ts';

/** A run that a page shows: its folder's name and its result without trials. */
export type ShownRun = { readonly id: string; readonly result: RunResult };

/** A run's p99 over a transport: `at` is the run's place in the history, from 0. */
export type HistoryPoint = P99 & { readonly at: number; readonly value: number };

export type Series = {
  readonly transport: string;
  readonly pollIntervalMs: number | null;
  readonly points: readonly HistoryPoint[];
  /** Neighbours that `compare` would judge, to be joined by a line. */
  readonly joined: readonly (readonly [HistoryPoint, HistoryPoint])[];
};

/** What is not as it was in the run before. */
type Change = { readonly at: number; readonly differences: readonly RunDifference[] };

/** How p99 went at one load: runs in the order of time, and a series for each transport. */
export type History = {
  readonly load: LoadLevel;
  readonly runs: readonly ShownRun[];
  /** Runs at this load that are older than those. */
  readonly older: number;
  readonly series: readonly Series[];
  readonly changes: readonly Change[];
};

/** More would stand too close to one another; the table has them all. */
const MOST_RUNS = 30;

/** What may differ without making figures differ, or is what one looks at. */
const EXPECTED: ReadonlySet<string> = new Set(['commit', 'status', 'blocks', 'memory (bytes)', 'limit of open files']);

/** How the machine, the versions and the settings of a run differ from those of another; what figures may depend on. */
export function changesBetween(before: RunResult, after: RunResult): RunDifference[] {
  return runDifferences(before, after).filter(({ what }) => !EXPECTED.has(what));
}

/**
 * A history for each load that at least two runs have figures for; first the one that was run last, then the one that was run
 * most often.
 *
 * @param runs in any order
 */
export function historiesOf(runs: readonly ShownRun[]): History[] {
  const inTime = runs.toSorted((a, b) => a.result.run.startedAt.localeCompare(b.result.run.startedAt));
  const ran = inTime.flatMap((run, place) => {
    const loads = new Map(figuresOf(run.result).map(({ cell }) => [loadKey(cell), loadOf(cell)]));
    return [...loads.values()].map((load) => ({ load, run, place }));
  });
  return [...Map.groupBy(ran, ({ load }) => loadKey(load)).values()]
    .filter((own) => own.length > 1)
    .toSorted((a, b) => b.at(-1)!.place - a.at(-1)!.place || b.length - a.length)
    .map(historyOf);
}

function historyOf(all: readonly { readonly load: LoadLevel; readonly run: ShownRun }[]): History {
  const { load } = all[0]!;
  const runs = all.slice(-MOST_RUNS).map(({ run }) => run);
  const changes = runs.map((run, at): Change => ({
    at,
    differences: at === 0 ? [] : changesBetween(runs[at - 1]!.result, run.result),
  }));
  const points = runs.flatMap(({ result }, at) =>
    figuresOf(result)
      .filter(({ cell }) => loadKey(cell) === loadKey(load))
      .flatMap((summary): HistoryPoint[] => {
        const p99 = p99Of(summary);
        return p99.value === null ? [] : [{ ...p99, at, value: p99.value }];
      }),
  );
  const series = Map.groupBy(points, ({ transport, pollIntervalMs }) => `${transport} ${pollIntervalMs}`);
  return {
    load,
    runs,
    older: all.length - runs.length,
    series: [...series.values()].map((own) => ({
      transport: own[0]!.transport,
      pollIntervalMs: own[0]!.pollIntervalMs,
      points: own,
      joined: own.slice(1).flatMap((point, index): [HistoryPoint, HistoryPoint][] => {
        const before = own[index]!;
        const [a, b] = [runs[before.at]!.result, runs[point.at]!.result];
        return runDifferences(a, b).some(({ withholds }) => withholds) ? [] : [[before, point]];
      }),
    })),
    changes: changes.filter(({ differences }) => differences.length > 0),
  };
}

/** The cells of a run that have a p99 to rely on. */
function figuresOf({ cells }: RunResult): RunResult['cells'] {
  return cells.filter((summary) => p99Of(summary).value !== null);
}

/** How each transport is drawn, in the order of the run that has the most; one that none describes is grey. */
export function looksOf(results: readonly RunResult[]): TransportLook[] {
  // a stable sort: of runs with as many transports the newest comes first
  const described = results
    .toSorted((a, b) => b.transports.length - a.transports.length)
    .flatMap((run) => run.transports);
  const ids = new Set(results.flatMap(({ cells }) => cells.map(({ cell }) => cell.transport)));
  const looks = Map.groupBy([...described, ...[...ids].map(plainLook)], ({ id }) => id);
  return [...looks].flatMap(([id, [look]]) => (ids.has(id) && look !== undefined ? [look] : []));
}

/** The label of a run, else its folder's name. */
export function nameOf({ id, result }: ShownRun): string {
  return result.run.label || id;
}

/** `Node 26.9.0 → 26.10.0; kernel 6.8 → 6.9`. */
export function differencesText(differences: readonly RunDifference[]): string {
  return differences.map(({ what, a, b }) => `${what} ${a} → ${b}`).join('; ');
}

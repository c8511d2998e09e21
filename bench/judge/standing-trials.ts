import { cellKey } from '../result/cell.ts';
import type { Cell, Trial } from '../result/schema.ts';

/** The trials that stand, of all cells, in the order in which they ran. */
export function standingTrials(trials: readonly Trial[]): Trial[] {
  const standing = new Set([...standingByCell(trials).values()].flatMap((blocks) => [...blocks.values()]));
  return trials.filter((trial) => standing.has(trial));
}

/** By cell (see {@link cellKey}) and block the trial that stands: the last attempt, whatever became of it. */
export type StandingTrials = ReadonlyMap<string, ReadonlyMap<number, Trial>>;

export function standingByCell(trials: readonly Trial[]): StandingTrials {
  const cells = Map.groupBy(trials, ({ cell }) => cellKey(cell));
  const standing = (own: readonly Trial[]) =>
    new Map(own.toSorted((a, b) => a.attempt - b.attempt).map((trial) => [trial.block, trial]));
  return new Map([...cells].map(([key, own]) => [key, standing(own)]));
}

/** Those that count, by block. */
export function soundTrials(standing: StandingTrials, cell: Cell): Map<number, Trial> {
  const all = standing.get(cellKey(cell)) ?? new Map<number, Trial>();
  return new Map([...all].filter(([, trial]) => trial.validity.status !== 'invalid'));
}

/** The gates that make a trial invalid. */
export function invalidCodes({ reasons }: Trial['validity']): string[] {
  return reasons.filter(({ severity }) => severity === 'invalid').map(({ code }) => code);
}

/** How often each invalidating gate was broken by the trials that stand of these cells, most frequent first. */
export function invalidCauses(standing: StandingTrials, cells: readonly Cell[]): { code: string; trials: number }[] {
  const counts = new Map<string, number>();
  for (const cell of cells) {
    for (const { validity } of standing.get(cellKey(cell))?.values() ?? []) {
      for (const code of new Set(invalidCodes(validity))) counts.set(code, (counts.get(code) ?? 0) + 1);
    }
  }
  return [...counts].map(([code, trials]) => ({ code, trials })).toSorted((a, b) => b.trials - a.trials);
}

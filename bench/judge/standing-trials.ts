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
  const cells = new Map<string, Map<number, Trial>>();
  for (const trial of trials) {
    const key = cellKey(trial.cell);
    const blocks = cells.get(key) ?? new Map<number, Trial>();
    cells.set(key, blocks);
    const other = blocks.get(trial.block);
    if (other === undefined || other.attempt < trial.attempt) blocks.set(trial.block, trial);
  }
  return cells;
}

/** Those that count, by block. */
export function soundTrials(standing: StandingTrials, cell: Cell): Map<number, Trial> {
  const all = standing.get(cellKey(cell)) ?? new Map<number, Trial>();
  return new Map([...all].filter(([, trial]) => trial.validity.status !== 'invalid'));
}

/** How often each invalidating gate was broken by the trials that stand of these cells, most frequent first. */
export function invalidCauses(standing: StandingTrials, cells: readonly Cell[]): { code: string; trials: number }[] {
  const counts = new Map<string, number>();
  for (const cell of cells) {
    for (const { validity } of standing.get(cellKey(cell))?.values() ?? []) {
      const broken = validity.reasons.filter(({ severity }) => severity === 'invalid').map(({ code }) => code);
      for (const code of new Set(broken)) counts.set(code, (counts.get(code) ?? 0) + 1);
    }
  }
  return [...counts].map(([code, trials]) => ({ code, trials })).toSorted((a, b) => b.trials - a.trials);
}

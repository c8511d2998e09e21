import { formatFigure } from '../../basics/amounts.ts';
import { standingTrials } from '../../judge/standing-trials.ts';
import { stepsOf, type Steps } from '../../judge/steps.ts';
import { sameCell } from '../../result/cell.ts';
import type { Cell, RunResult } from '../../result/schema.ts';
import { cellName } from './position.ts';
import { columnsOf } from './style.ts';

/**
 * When a tick was sent to servers that are published to, taken by them, and at their first and last client: one line, with as many
 * cells as it holds; none where nobody was published to.
 *
 * @param varies what tells the cells of the run apart
 */
export function stepLines(result: RunResult, varies: ReadonlySet<keyof Cell>, width: number): string[] {
  const standing = standingTrials(result.trials);
  const told = result.cells.flatMap(({ cell }) => {
    const trials = standing.filter((trial) => trial.publish && sameCell(trial.cell, cell));
    return trials.length === 0 ? [] : [`${cellName(cell, varies)} ${stepsText(stepsOf(trials))}`];
  });
  if (told.length === 0) return [];
  for (let count = told.length; count > 0; count--) {
    const rest = count < told.length ? [`${told.length - count} more`] : [];
    const line = `p50 ms since due: ${[...told.slice(0, count), ...rest].join('; ')}`;
    if (columnsOf(line) <= width) return [line];
  }
  return [];
}

/** `sent 0.42, taken 1.20, clients 0.90-8.10`. */
function stepsText({ sent, acknowledged, firstClient, lastClient }: Steps): string {
  const ms = (step: Steps[keyof Steps]) => (step === null ? '-' : formatFigure(step.p50 / 1000));
  return `sent ${ms(sent)}, taken ${ms(acknowledged)}, clients ${ms(firstClient)}-${ms(lastClient)}`;
}

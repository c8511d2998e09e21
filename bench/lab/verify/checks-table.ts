import type { Outcome } from './check.ts';
import type { Paint } from '../../command/terminal/style.ts';

/** Each outcome on three short lines: whether it passed and what is claimed, what was expected, what was measured. */
export function outcomeLines(outcomes: readonly Outcome[], paint: Paint): string[] {
  return outcomes.flatMap(({ claim, expected, measured, passed }) => [
    `${passed ? paint('green', 'pass') : paint(['bold', 'red'], 'FAIL')}  ${claim}`,
    `      expected ${expected}`,
    `      measured ${measured}`,
  ]);
}

/** What it comes to, and how to repeat it. */
export function outcomeSummary(outcomes: readonly Outcome[], seed: number): string {
  const failed = outcomes.filter((outcome) => !outcome.passed);
  if (failed.length === 0) {
    return `All ${outcomes.length} claims hold on this machine. (seed ${seed})`;
  }
  return (
    `${failed.length} of ${outcomes.length} claims do not hold: ${failed.map(({ claim }) => claim).join('; ')}. ` +
    `Close other programs and try again: npm run bench -- verify --seed ${seed}. ` +
    'Where it fails on an idle machine, do not rely on figures of this machine.'
  );
}

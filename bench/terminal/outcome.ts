import type { ExitReason } from '../errors.ts';
import type { RunResult, Trial } from '../result/schema.ts';
import { standingTrials } from '../stats/standing.ts';

/** How many trials stand, and how many of them count or do not; those with a caution count. */
export function trialCounts(trials: readonly Trial[]): { trials: number; valid: number; invalid: number } {
  const standing = standingTrials(trials);
  const invalid = standing.filter((trial) => trial.validity.status === 'invalid').length;
  return { trials: standing.length, valid: standing.length - invalid, invalid };
}

/** How a run that was not ended by a signal came out: done, or with trials that do not count. */
export function runOutcome(result: RunResult): Extract<ExitReason, 'done' | 'invalid'> {
  return trialCounts(result.trials).invalid > 0 ? 'invalid' : 'done';
}

/** One kind of warning over all trials that stand. */
export type Warning = {
  code: string;
  severity: 'caution' | 'invalid';
  /** Of the first trial that had it. */
  message: string;
  trials: number;
  transports: string[];
};

/** The reasons of all trials by their code, invalidating ones first, then by how many trials they concern. */
export function warningsOf(result: RunResult): Warning[] {
  const byCode = new Map<string, Warning>();
  for (const trial of standingTrials(result.trials)) {
    const seen = new Set<string>();
    for (const { code, severity, message } of trial.validity.reasons) {
      const warning = byCode.get(code) ?? { code, severity, message, trials: 0, transports: [] };
      byCode.set(code, warning);
      if (!seen.has(code)) warning.trials++;
      seen.add(code);
      if (severity === 'invalid') warning.severity = severity;
      if (!warning.transports.includes(trial.cell.transport)) warning.transports.push(trial.cell.transport);
    }
  }
  const rank = (warning: Warning) => (warning.severity === 'invalid' ? 0 : 1);
  return [...byCode.values()].toSorted((a, b) => rank(a) - rank(b) || b.trials - a.trials);
}

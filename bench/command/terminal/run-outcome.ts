import type { ExitReason } from '../../basics/errors.ts';
import type { RunResult } from '../../result/schema.ts';
import { judgement } from '../../judge/judgement.ts';
import { standingTrials } from '../../judge/standing-trials.ts';

/** How a run that was not ended by a signal came out: done, or with trials that do not count. */
export function runOutcome(result: RunResult): Extract<ExitReason, 'done' | 'invalid'> {
  return judgement(result).invalid > 0 ? 'invalid' : 'done';
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

/** The reasons of all trials that stand by their code, invalidating ones first, then by how many trials they concern. */
export function warningsOf(result: RunResult): Warning[] {
  const found = standingTrials(result.trials).flatMap((trial) =>
    trial.validity.reasons.map((reason) => ({ ...reason, trial })),
  );
  const warnings = [...Map.groupBy(found, ({ code }) => code)].map(([code, group]): Warning => ({
    code,
    severity: group.some(({ severity }) => severity === 'invalid') ? 'invalid' : 'caution',
    message: group[0]!.message,
    trials: new Set(group.map(({ trial }) => trial)).size,
    transports: [...new Set(group.map(({ trial }) => trial.cell.transport))],
  }));
  return warnings.toSorted((a, b) => b.severity.localeCompare(a.severity) || b.trials - a.trials);
}

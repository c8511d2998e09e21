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

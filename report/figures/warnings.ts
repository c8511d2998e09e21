import { gateFacts } from '../../bench/judge/gates.ts';
import { standingTrials } from '../../bench/judge/standing-trials.ts';
import type { RunResult, Trial, ValidityReason } from '../../bench/result/schema.ts';
import { cellLabel } from './load.ts';

/** What went wrong in one way, wherever it did. */
export type Warning = {
  readonly code: string;
  readonly severity: 'caution' | 'invalid';
  /** What happened, from the trial in which it was worst. */
  readonly cause: string;
  readonly remedy: string;
  readonly value: number;
  readonly limit: number;
  /** Of value and limit, as `amounts.ts` knows units; empty for plain numbers. */
  readonly unit: string;
  readonly cells: readonly string[];
  readonly trials: number;
};

/** How far a figure is beyond its limit, whichever side of it is the wrong one. */
function excess({ value, limit }: ValidityReason): number {
  if (limit === 0) return Math.abs(value);
  return value === 0 ? Infinity : Math.abs(Math.log(Math.abs(value / limit)));
}

/** The first sentence says what happened, the rest what to do. */
function splitMessage(message: string): { cause: string; remedy: string | null } {
  const end = message.search(/[.!?] (?=\S)/);
  return end < 0
    ? { cause: message, remedy: null }
    : { cause: message.slice(0, end + 1), remedy: message.slice(end + 2).trim() };
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

const DEFAULT_REMEDY = {
  invalid:
    'The figures of these trials are kept below, and no conclusion rests on them. Remove the cause and run again.',
  caution: 'The figures are kept and marked. Read them with this in mind, or remove the cause and run again.',
} as const;

/** Validity reasons of the trials that stand, grouped by code: invalidating ones first, then by how many trials they touch. */
export function warningsOf(result: RunResult): Warning[] {
  const found: { trial: Trial; reason: ValidityReason }[] = standingTrials(result.trials).flatMap((trial) =>
    trial.validity.reasons.map((reason) => ({ trial, reason })),
  );
  const groups = Map.groupBy(found, ({ reason }) => `${reason.severity} ${reason.code}`);
  const warnings = [...groups.values()].flatMap((group): Warning[] => {
    const worst = group.toSorted((a, b) => excess(b.reason) - excess(a.reason))[0]?.reason;
    if (worst === undefined) return [];
    const { cause, remedy } = splitMessage(worst.message);
    const facts = gateFacts(worst.code);
    return [
      {
        code: worst.code,
        severity: worst.severity,
        cause: sentence(cause),
        remedy: sentence(remedy ?? facts.remedy ?? DEFAULT_REMEDY[worst.severity]),
        value: worst.value,
        limit: worst.limit,
        unit: facts.unit === 'plain' ? '' : facts.unit,
        cells: [...new Set(group.map(({ trial }) => cellLabel(result, trial.cell)))],
        trials: new Set(group.map(({ trial }) => trial)).size,
      },
    ];
  });
  return warnings.toSorted((a, b) => b.severity.localeCompare(a.severity) || b.trials - a.trials);
}

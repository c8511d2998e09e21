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

/** What to do about what the gates find, where their message does not say it. */
const REMEDIES: Readonly<Record<string, string>> = {
  CLIENTS_NOT_CONNECTED:
    'Look at the errors; then raise the limit of open files, slow the ramp (--ramp) or ask for fewer clients.',
  CLIENTS_DROPPED: 'The server cut or lost them: look at the errors, then ask for fewer clients, ticks or bytes.',
  TICKS_MISSED:
    'The transport lost updates under this load: that is a finding. Repeat with less load to see where it begins.',
  TICKS_DUPLICATE: 'The transport broke its promise of exactly once: report it, with result.json.',
  TICKS_OUT_OF_ORDER: 'The transport broke its promise of order: report it, with result.json.',
  TICKS_CORRUPT: 'Bytes changed on the way: report it, with result.json.',
  NOTHING_DELIVERED: 'Measure longer (--duration) or ask for more ticks per second (--rate).',
  FEED_RATE_OFF:
    'Ask for fewer ticks per second (--rate) or fewer clients, or give the server more processes (--server-workers).',
  CANARY_LEDGER: 'Library clients lost or doubled ticks where the lean ones did not: report it, with result.json.',
  CANARY_DISAGREES: 'Give the agents more cores; if it stays, repeat with --driver library and compare.',
  THROTTLED: 'Raise the CPU quota of the container or service.',
  SWAPPING: 'Free some memory, or ask for fewer clients.',
  CPU_STOLEN: 'Run again when the host is calmer, or on a machine of your own.',
  CLOCK: 'Report it, with result.json: on one host this cannot be.',
};

const units = (unit: string, codes: string) => codes.split(' ').map((code) => [code, unit] as const);

/** In what the gates measure; the result does not say. */
const UNITS: ReadonlyMap<string, string> = new Map([
  ...units(
    'ratio',
    'CLIENTS_NOT_CONNECTED AGENT_SATURATED AGENT_LAG AGENT_BOUND FEED_RATE_OFF CANARY_ABSENT THROTTLED CPU_STOLEN',
  ),
  ...units('us', 'FEED_LATE POLLS_LATE CANARY_DISAGREES CLOCK SUSPENDED'),
  ...units('count', 'CLIENTS_DROPPED TICKS_MISSED TICKS_DUPLICATE TICKS_OUT_OF_ORDER TICKS_CORRUPT'),
  ...units('count', 'NOTHING_DELIVERED LISTEN_OVERFLOW CANARY_LEDGER SWAPPING'),
  ...units('times as much', 'UNSTEADY'),
]);

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
    return [
      {
        code: worst.code,
        severity: worst.severity,
        cause: sentence(cause),
        remedy: sentence(remedy ?? REMEDIES[worst.code] ?? DEFAULT_REMEDY[worst.severity]),
        value: worst.value,
        limit: worst.limit,
        unit: UNITS.get(worst.code) ?? '',
        cells: [...new Set(group.map(({ trial }) => cellLabel(result, trial.cell)))],
        trials: new Set(group.map(({ trial }) => trial)).size,
      },
    ];
  });
  return warnings.toSorted((a, b) => b.severity.localeCompare(a.severity) || b.trials - a.trials);
}

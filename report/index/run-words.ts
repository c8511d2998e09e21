import type { RunDifference } from '../../bench/judge/run-differences.ts';
import type { ShownRun } from './history.ts';

/** `2026-03-02 14:05 UTC`; what is no date is shown as it is. */
export function minute(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** The label of a run, else its folder's name. */
export function nameOf({ id, result }: ShownRun): string {
  return result.run.label || id;
}

/** `Node 26.9.0 → 26.10.0; kernel 6.8 → 6.9`. */
export function differencesText(differences: readonly RunDifference[]): string {
  return differences.map(({ what, a, b }) => `${what} ${a} → ${b}`).join('; ');
}

// A search and its answers in words, for the terminal and the report alike. The answers' own sentences are made in answer.ts.
import { asksAtInterval } from '../../../server/transports/traits.ts';
import { formatBytes, formatCount, formatDuration, formatFigure, formatLevel } from '../../basics/amounts.ts';
import type { CapacityAnswer, SearchPlan, Vary } from '../../result/capacity-schema.ts';

/** What bounds an answer, in a few words. */
export const OUTCOME_WORDS = {
  found: 'SLO broken beyond',
  'generator-bound': 'generator-bound: at least',
  'out-of-resources': 'out of descriptors or ports: at least',
  'not-reached': 'largest tried: at least',
  below: 'broken at the smallest load',
  enclosed: 'no interval',
} as const satisfies Record<CapacityAnswer['outcome'], string>;

/** What is searched, as a unit: `clients`, `ticks/s`. */
export function levelUnit(vary: Vary): string {
  return vary === 'clients' ? 'clients' : 'ticks/s';
}

/** A load with its unit: `11,200 clients`. */
export function amountText({ vary }: Pick<SearchPlan, 'vary'>, level: number): string {
  return `${formatLevel(level)} ${levelUnit(vary)}`;
}

/** The answer as one figure: `11,200`, `below 100`, `400 or more`; `-` where nothing is known. */
export function answerLevel({ estimate, outcome, low, high }: CapacityAnswer): string {
  if (estimate !== null) return formatLevel(estimate);
  if (outcome === 'below') return `below ${high === null ? '-' : formatLevel(high)}`;
  return low === null ? '-' : `${formatLevel(low)} or more`;
}

/** `10,700 to 11,600`; null where the answer has no interval. */
export function intervalText({ confidence, low, high }: CapacityAnswer): string | null {
  return confidence === null || low === null || high === null ? null : `${formatLevel(low)} to ${formatLevel(high)}`;
}

/** What every step shares: `1.00 ticks/s, 128 B, polls every 1s`. */
export function workloadText({ workload, transports }: SearchPlan): string {
  const { clients, rateHz, payloadBytes, pollIntervalMs } = workload;
  return [
    clients === null ? '' : `${formatCount(clients)} clients`,
    rateHz === null ? '' : `${formatFigure(rateHz)} ticks/s`,
    formatBytes(payloadBytes),
    transports.some(asksAtInterval) ? `polls every ${formatDuration(pollIntervalMs)}` : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

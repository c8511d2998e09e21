import type { Trial } from '../../bench/result/schema.ts';
import { rounded, sumOf } from '../../bench/basics/numbers.ts';

/** Fills that tell the parts of a stacked bar apart without colour. */
export type Fill = 'solid' | 'hatch' | 'light' | 'dots';

/** What stacked bars consist of, in their order. */
export const PARTS = {
  cpu: [
    ['user', 'solid'],
    ['system', 'hatch'],
  ],
  memory: [['held', 'solid']],
  bytes: [
    ['payload', 'solid'],
    ['framing', 'hatch'],
    ['response headers', 'light'],
    ['requests', 'dots'],
  ],
} as const satisfies Readonly<Record<string, readonly (readonly [label: string, fill: Fill])[]>>;

/** Splits a total in the proportion of the parts, so that a stacked bar is exactly as long as the table's figure. */
export function split(total: number, parts: readonly number[]): number[] | null {
  const sum = sumOf(parts);
  return sum > 0 ? parts.map((part) => rounded((total * part) / sum)) : null;
}

/** [user, system] microseconds of server CPU per delivered tick: the median total, split as all the trials together. */
export function cpuParts(total: number | undefined, trials: readonly Trial[]): number[] | null {
  const sum = (key: 'cpuUserUs' | 'cpuSystemUs') => sumOf(trials.map(({ server }) => server[key] ?? 0));
  return total === undefined ? null : split(total, [sum('cpuUserUs'), sum('cpuSystemUs')]);
}

/** [payload, framing, headers, requests] bytes per delivered tick: the median total, split as all the trials together. */
export function bytesParts(total: number | undefined, trials: readonly Trial[]): number[] | null {
  const counted = trials.flatMap((trial) =>
    trial.bytes.perDelivery === null ? [] : [{ ...trial.bytes.perDelivery, delivered: trial.ledger.delivered }],
  );
  const sum = (key: 'payload' | 'framing' | 'headers' | 'requests') =>
    sumOf(counted.map((bytes) => bytes[key] * bytes.delivered));
  return total === undefined ? null : split(total, [sum('payload'), sum('framing'), sum('headers'), sum('requests')]);
}

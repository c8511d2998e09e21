import type { Trial } from '../../bench/result/schema.ts';
import type { Connections, Point } from '../page-data.ts';
import { medianOf, rounded } from '../../bench/basics/numbers.ts';

/**
 * p50 or p99 of each second, in ms, as the median over the trials (percentiles of different trials are never averaged
 * nor merged here). A second in which nothing arrived is a gap.
 */
export function perSecond(trials: readonly Trial[], key: 'p50Us' | 'p99Us'): Point[] {
  const entries = trials.flatMap(({ timeline }) => timeline);
  const bySecond = Map.groupBy(entries, ({ second }) => second);
  const seconds = [...bySecond.keys()];
  if (seconds.length === 0) return [];
  const points: Point[] = [];
  for (let second = Math.min(...seconds); second <= Math.max(...seconds); second += 1) {
    const value = medianOf((bySecond.get(second) ?? []).flatMap((entry) => (entry.delivered > 0 ? entry[key] : [])));
    points.push([second + 0.5, value === null ? null : rounded(value / 1000)]);
  }
  return points;
}

type Samples = Trial['connectionsOverTime'];

/** Between two samples the value is on the straight line. */
function interpolate(samples: Samples, atMs: number, key: 'connected' | 'target'): number {
  const next = samples.find((sample) => sample.atMs >= atMs) ?? samples.at(-1);
  const before = samples.findLast((sample) => sample.atMs <= atMs);
  if (next === undefined || before === undefined) return 0;
  const span = next.atMs - before.atMs;
  return span <= 0 ? before[key] : before[key] + ((next[key] - before[key]) * (atMs - before.atMs)) / span;
}

const STEPS = 32;

/** Without what only repeats the value before at the end. */
function untilLast(values: readonly number[]): number[] {
  const last = values.findLastIndex((value) => value !== values.at(-1));
  return values.slice(0, last + 2);
}

/** Connections and their target since the ramp began, medians over the trials; `null` when none was sampled. */
export function connections(trials: readonly Trial[]): Connections | null {
  const sampled = trials.map((trial) => [
    { atMs: 0, connected: 0, target: 0 }, // the ramp begins with nobody
    ...trial.connectionsOverTime.toSorted((a, b) => a.atMs - b.atMs),
  ]);
  const ends = sampled.map((samples) => samples.at(-1)?.atMs ?? 0);
  const endMs = ends.reduce((latest, end) => Math.max(latest, end), 0);
  if (endMs === 0) return null;
  const curve = (key: 'connected' | 'target') =>
    Array.from({ length: STEPS + 1 }, (_, step) => {
      const atMs = (endMs * step) / STEPS;
      // A trial that has ended says nothing any more.
      const running = sampled.filter((_samples, index) => (ends[index] ?? 0) >= atMs - 1e-6);
      return Math.round(medianOf(running.map((samples) => interpolate(samples, atMs, key))) ?? 0);
    });
  const stepSeconds = rounded(endMs / STEPS / 1000);
  return { stepSeconds, steps: STEPS, connected: untilLast(curve('connected')), target: untilLast(curve('target')) };
}

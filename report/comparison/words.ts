// What changed between two runs, in sentences and figures.
import type { RunResult } from '../../bench/result/schema.ts';
import type { MetricChange, RunComparison } from '../../bench/judge/compare-runs.ts';
import { changeParts, outcomeCounts, TOO_FEW_TRIALS } from '../../bench/judge/change-words.ts';
import { cellLabel } from '../figures/load.ts';
import { enumerate, formatCount, formatIn, humanise, percent, plural, scaleFor } from '../../bench/basics/amounts.ts';

/** `+12.3 %` with its interval, `+8.10 to +16.4`. */
export function changeText(change: MetricChange): { middle: string; interval: string } {
  const parts = changeParts(change);
  if (parts === null) return { middle: '–', interval: '' };
  return { middle: `${parts.middle}${parts.unit.replace(' us', ' µs')}`, interval: parts.interval };
}

/** Both medians in the unit of the larger one. */
export function mediansText({ medians: { a, b }, metric }: MetricChange): { a: string; b: string } {
  const known = [a, b].filter((value) => value !== null);
  const scale = scaleFor(metric.unit, known);
  const text = (value: number | null) => (value === null ? '–' : `${formatIn(scale, value)} ${scale.unit}`.trim());
  return { a: text(a), b: text(b) };
}

/** A change beyond noise in one sentence. */
export function changeSentence(change: MetricChange, result: RunResult): string {
  const { middle, interval } = changeText(change);
  const { a, b } = mediansText(change);
  const rose = (change.medians.b ?? 0) > (change.medians.a ?? 0);
  const amount = middle.replace(/^[+-]/, '');
  const subject = `${change.metric.label} of ${cellLabel(result, change.cell)}`;
  return `${subject.charAt(0).toUpperCase()}${subject.slice(1)} ${rose ? 'rose' : 'fell'} by ${amount}, from ${a} to ${b}${interval === '' ? '' : ` (95 % interval ${interval})`}.`;
}

/** How many of each outcome, and what the intervals rest on; or why there is no verdict. */
export function conclusion({ changes, comparable, differences, family, cells }: RunComparison): string {
  if (cells.shared === 0)
    return 'Nothing to compare: no transport was measured in both with the same clients, rate, payload, poll interval, driver, fan-out and network. Repeat one run with the flags of the other.';
  if (!comparable) {
    const causes = differences.filter(({ withholds }) => withholds).map(({ what }) => what);
    return `No verdicts: the runs were not made alike (${enumerate(causes)}). The figures stand below; what differs between them may be the machine or the settings.`;
  }
  if (family === 0) return TOO_FEW_TRIALS;
  return `${enumerate(outcomeCounts(changes))}, of ${plural(changes.length, 'figure')} in ${plural(cells.shared, 'cell')}.`;
}

/** How the intervals were made, and what they cannot cover. */
export function caveat({ changes, family }: RunComparison): string {
  const margins = changes.map(({ margin }) => margin);
  const least = percent(Math.min(...margins));
  const margin = Math.max(...margins) > Math.min(...margins) ? `${least} or the clock’s error` : least;
  return `Changes of up to ${margin} count as none. 95 % intervals, exact rank sums, corrected for ${formatCount(family)} comparisons. Drift of the machine between the runs counts as a change: repeat what surprises.`;
}

/** Cells that only one of the runs has; empty where there are none. */
export function aloneText({ cells: { onlyA, onlyB } }: RunComparison): string {
  const alone = [
    ...(onlyA > 0 ? [`${plural(onlyA, 'cell')} only in A`] : []),
    ...(onlyB > 0 ? [`${plural(onlyB, 'cell')} only in B`] : []),
  ];
  return alone.length === 0 ? '' : `Not compared: ${enumerate(alone)}.`;
}

/** The trials of a run that count, in words. */
export function trialsText({ trials, run }: RunResult): string {
  const sound = trials.filter(({ validity }) => validity.status !== 'invalid').length;
  const cut = run.status === 'interrupted' ? ', interrupted' : '';
  return sound === trials.length
    ? `${plural(trials.length, 'trial')}${cut}`
    : `${humanise('count', sound)} of ${plural(trials.length, 'trial')} count${cut}`;
}

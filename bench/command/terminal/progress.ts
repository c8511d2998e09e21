import type { RunEvent } from '../../run/run-event.ts';
import type { Cell } from '../../result/schema.ts';
import { formatClock } from '../../basics/amounts.ts';
import { visible } from '../../basics/shown.ts';
import { varying } from '../../result/cell.ts';
import { liveProgress } from './live.ts';
import { cellName, figureParts, placeParts, reasonTeller, trialNumber, trialText, type Progress } from './position.ts';
import { reachText } from './reach-words.ts';
import type { Output, Paint } from './style.ts';

export type ProgressKind = 'live' | 'plain' | 'json' | 'off';

/** What `auto` means here: live where there is a terminal that can move its cursor, else plain lines. */
export function progressKind(
  flag: 'auto' | ProgressKind,
  env: Readonly<Record<string, string | undefined>>,
  isTTY: boolean,
): ProgressKind {
  if (flag !== 'auto') return flag;
  return isTTY && env['TERM'] !== 'dumb' ? 'live' : 'plain';
}

/** The display of that kind. */
export function openProgress(kind: ProgressKind, output: Output, paint: Paint): Progress<RunEvent> {
  if (kind === 'live') return liveProgress(output, paint);
  if (kind === 'plain') return plainProgress(output);
  return kind === 'json' ? jsonProgress(output, eventLine) : { handle: () => {}, stop: () => {} };
}

/** Per second and per client: of use in the result file, but too long for a line. Histograms are longer still. */
const LEFT_OUT = new Set(['hdr', 'timeline', 'connectionsOverTime']);

/** An event as one line of JSON, without its end of line; of trials the histograms and series are left out. */
export function jsonLine(event: object): string {
  return JSON.stringify(event, (key, value: unknown) => (LEFT_OUT.has(key) ? undefined : value));
}

/** The same of a run; of its end all but its status and counts is left out: it stands in the result file. */
export function eventLine(event: RunEvent): string {
  if (event.type !== 'run-end') return jsonLine(event);
  const { run, trials } = event.result;
  const invalid = trials.filter((trial) => trial.validity.status === 'invalid').length;
  const { type, directory } = event;
  return JSON.stringify({ type, directory, id: run.id, status: run.status, trials: trials.length, invalid });
}

/** For programs: one line an event. */
export function jsonProgress<Event>(output: Output, lineOf: (event: Event) => string): Progress<Event> {
  return { handle: (event) => output.write(`${lineOf(event)}\n`), stop: () => {} };
}

const LINE_EVERY_MS = 10_000;

/** Writes the lines of a log, and knows whether there was none for ten seconds. */
export function logWriter(
  output: Output,
  nowMs: () => number,
): { line: (text: string) => void; isQuiet: () => boolean } {
  let lineAtMs = nowMs();
  return {
    line: (text) => {
      lineAtMs = nowMs();
      output.write(`${text}\n`);
    },
    isQuiet: () => nowMs() - lineAtMs >= LINE_EVERY_MS,
  };
}

/**
 * For logs: one line a trial, and one every ten seconds while it runs; below a trial what its status means, where no
 * earlier one had it. No carriage returns, no colours.
 */
export function plainProgress(output: Output, nowMs: () => number = () => performance.now()): Progress<RunEvent> {
  let varies: ReadonlySet<keyof Cell> = new Set();
  const newReasons = reasonTeller();
  const { line, isQuiet } = logWriter(output, nowMs);
  const eta = ({ etaMs }: { etaMs: number }) => `ETA ${formatClock(etaMs)}`;
  const handle = (event: RunEvent) => {
    switch (event.type) {
      case 'run-start':
        varies = varying(event.plan.cells);
        line(
          `run ${visible(event.id)}: ${event.trials} trials, about ${formatClock(event.estimatedMs)}, into ${visible(event.directory)}; ${reachText(event.plan)}`,
        );
        return;
      case 'trial-start':
        return;
      case 'trial-progress': {
        if (!isQuiet()) return;
        const place = [`${trialNumber(event)} ${cellName(event.cell, varies)}`, ...placeParts(event), eta(event)];
        line([place.join(' · '), ...figureParts(event, false)].join(' | '));
        return;
      }
      case 'trial-end':
        line(`${trialNumber(event)} ${cellName(event.cell, varies)} · ${trialText(event.trial)} · ${eta(event)}`);
        for (const reason of newReasons(event.trial)) line(`  ${reason}`);
        return;
      case 'run-end':
        line(`run ${event.result.run.status}: ${event.result.trials.length} trials`);
    }
  };
  return { handle, stop: () => {} };
}

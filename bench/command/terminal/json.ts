import type { RunEvent } from '../../run/run-event.ts';
import type { Progress } from './progress-display.ts';
import type { Output } from './style.ts';

/** Per second and per client: of use in the result file, but too long for a line. Histograms are longer still. */
const LEFT_OUT = new Set(['hdr', 'timeline', 'connectionsOverTime']);

/**
 * An event as one line of JSON, without its end of line. Of a trial the histograms and series are left out, of a run's
 * end all but its status and counts: both stand in the result file.
 */
export function eventLine(event: RunEvent): string {
  if (event.type === 'run-end') {
    const { run, trials } = event.result;
    const invalid = trials.filter((trial) => trial.validity.status === 'invalid').length;
    const { type, directory } = event;
    return JSON.stringify({ type, directory, id: run.id, status: run.status, trials: trials.length, invalid });
  }
  return JSON.stringify(event, (key, value: unknown) => (LEFT_OUT.has(key) ? undefined : value));
}

/** For programs: one line of JSON an event. */
export function jsonProgress(output: Output): Progress {
  return { handle: (event) => output.write(`${eventLine(event)}\n`), stop: () => {} };
}

import { invalidCodes } from '../../judge/standing-trials.ts';
import type { CapacityEvent, StepPosition } from '../../run/capacity/search-loop.ts';
import type { CapacityStep } from '../../result/capacity-schema.ts';
import type { TrialProgress } from '../../trial/progress.ts';
import { formatDuration, formatLevel, formatMicros } from '../../basics/amounts.ts';
import { figureParts, placeParts, type Progress } from './position.ts';
import { jsonLine, jsonProgress, logWriter, type ProgressKind } from './progress.ts';
import { fit, type Output, type Paint } from './style.ts';
import { visible } from '../../basics/shown.ts';

const ERASE_LINE = '\r\u001B[2K';

/** The display of that kind: one line that is redrawn, lines for a log, a JSON document an event, or nothing. */
export function openCapacityProgress(
  kind: ProgressKind,
  output: Output,
  paint: Paint,
  nowMs: () => number = () => performance.now(),
): Progress<CapacityEvent> {
  if (kind === 'live') return liveProgress(output, paint);
  if (kind === 'plain') return plainProgress(output, nowMs);
  return kind === 'json' ? jsonProgress(output, eventLine) : { handle: () => {}, stop: () => {} };
}

function plainProgress(output: Output, nowMs: () => number): Progress<CapacityEvent> {
  const { line, isQuiet } = logWriter(output, nowMs);
  const handle = (event: CapacityEvent) => {
    const isRunning = event.type === 'step-progress';
    if (isRunning && !isQuiet()) return;
    const text = isRunning ? `${placeText(event)} · ${trialText(event)}` : finishedText(event);
    if (text !== null) line(text);
  };
  return { handle, stop: () => {} };
}

/** One line at the bottom that is redrawn; finished steps and answers scroll up above it. */
function liveProgress(output: Output, paint: Paint): Progress<CapacityEvent> {
  let isDrawn = false;
  const draw = (text: string) => {
    // a full last column makes some terminals begin a new line
    output.write(`${ERASE_LINE}${fit(text, Math.max(20, (output.columns ?? 80) - 1))}`);
    isDrawn = true;
  };
  const erase = () => {
    if (isDrawn) output.write(ERASE_LINE);
    isDrawn = false;
  };
  return {
    handle: (event) => {
      if (event.type === 'step-start') return draw(`${placeText(event)} · starting`);
      if (event.type === 'step-progress') return draw(`${placeText(event)} · ${trialText(event)}`);
      const text = finishedText(event);
      erase();
      if (text !== null) output.write(`${event.type === 'answer' ? paint('bold', text) : text}\n`);
    },
    stop: erase,
  };
}

/** Where the trial of a step stands, and its live figures. */
function trialText(progress: TrialProgress): string {
  return `${placeParts(progress).join(' · ')} | ${figureParts(progress, true).join(' | ')}`;
}

/** `sse step 7, bisect: 9,050 · 6,400 hold, 12,800 do not`. */
function placeText({ transport, number, stage, level, low, high }: StepPosition): string {
  const known = [
    low === null ? '' : `${formatLevel(low)} ${low === 1 ? 'holds' : 'hold'}`,
    high === null ? '' : `${formatLevel(high)} ${high === 1 ? 'does' : 'do'} not`,
  ].filter((part) => part !== '');
  const bracket = known.length === 0 ? '' : ` · ${known.join(', ')}`;
  return `${visible(transport)} step ${number}, ${stage}: ${formatLevel(level)}${bracket}`;
}

/** The line that stays of an event; null for those that leave none. */
function finishedText(event: CapacityEvent): string | null {
  if (event.type === 'search-start') return `search ${visible(event.id)} into ${visible(event.directory)}`;
  if (event.type === 'rest') {
    const { transport, ms } = event;
    return `${visible(transport)}: the machine is disturbed; waiting ${formatDuration(ms)} before the step is repeated`;
  }
  if (event.type === 'answer') return visible(event.answer.sentence);
  if (event.type === 'step-end') return `${placeText(event)} · ${outcomeText(event.step)}`;
  return null;
}

/** `holds · p99 61.2 ms`, `does not hold (agent-lag, TICKS_MISSED) · p99 …`. */
function outcomeText({ outcome, cause, trial }: CapacityStep): string {
  const why = [cause ?? '', ...invalidCodes(trial.validity).map(visible)].filter((part) => part !== '').join(', ');
  const words = { pass: 'holds', fail: `does not hold (${why})`, void: `repeated (${why})` }[outcome];
  return `${words} · p99 ${trial.latencyUs.count === 0 ? '-' : formatMicros(trial.latencyUs.p99)}`;
}

/** Of a search's end the answers alone: the steps stand in the file. */
function eventLine(event: CapacityEvent): string {
  if (event.type === 'search-end') {
    const { run, answers, steps } = event.result;
    const { type, directory } = event;
    return JSON.stringify({ type, directory, id: run.id, status: run.status, steps: steps.length, answers });
  }
  return jsonLine(event);
}

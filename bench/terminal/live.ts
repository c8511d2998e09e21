import type { Position, RunEvent, TrialProgress } from '../run-event.ts';
import type { Cell } from '../result/schema.ts';
import { formatClock } from '../units.ts';
import { cellName, figuresText, phaseText, reasonTexts, trialNumber, trialText, varying } from './position.ts';
import type { Progress } from './progress-display.ts';
import { fit, type Output, type Paint } from './style.ts';

const MIN_REDRAW_MS = 100;
/** Between two reports of the agents the clocks go on. */
const IDLE_REDRAW_MS = 500;

const HIDE_CURSOR = '\u001B[?25l';
const SHOW_CURSOR = '\u001B[?25h';
const ERASE_BELOW = '\u001B[J';

/** What the display knows of the running trial. */
export type LiveState = {
  position: Position;
  etaMs: number;
  progress: TrialProgress | null;
};

export type LiveClock = {
  nowMs: () => number;
  /** Calls again and again until the returned function is called. */
  every: (ms: number, call: () => void) => () => void;
};

const SYSTEM_CLOCK: LiveClock = {
  nowMs: () => performance.now(),
  every: (ms, call) => {
    const timer = setInterval(call, ms).unref();
    return () => clearInterval(timer);
  },
};

/**
 * The lines of the display, each within the width: one where everything fits, else where the trial stands above its
 * figures. `sinceMs` is the age of the state: clocks go on by it, but not beyond the end of the phase.
 */
export function liveLines(state: LiveState, varies: ReadonlySet<keyof Cell>, sinceMs: number, width: number): string[] {
  const { position, progress } = state;
  const eta = `ETA ${formatClock(state.etaMs - sinceMs)}`;
  const head = `${trialNumber(position)} ${cellName(position.cell, varies)}`;
  if (progress === null) return [fit(`${head} · starting · ${eta}`, width)];

  const phaseMs =
    progress.phaseTotalMs > 0
      ? Math.min(progress.phaseMs + sinceMs, Math.max(progress.phaseMs, progress.phaseTotalMs))
      : progress.phaseMs + sinceMs;
  const place = `${head} · ${phaseText({ ...progress, phaseMs })} · ${eta}`;
  const figures = figuresText(progress);
  const line = `${place} | ${figures}`;
  return line.length <= width ? [line] : [fit(place, width), fit(figures, width)];
}

/** Redraws in place on a terminal, at most ten times a second. Trials that are not valid stay above as lines. */
export function liveProgress(output: Output, paint: Paint, clock: LiveClock = SYSTEM_CLOCK): Progress {
  let state: LiveState | null = null;
  let stateAtMs = 0;
  let varies: ReadonlySet<keyof Cell> = new Set();
  let drawnLines = 0;
  let drawnAtMs = Number.NEGATIVE_INFINITY;
  let started = false;
  let stopped = false;

  const erase = () => {
    if (drawnLines === 0) return '';
    const up = drawnLines > 1 ? `\u001B[${drawnLines - 1}A` : '';
    drawnLines = 0;
    return `\r${up}${ERASE_BELOW}`;
  };
  const draw = () => {
    if (state === null || stopped) return;
    drawnAtMs = clock.nowMs();
    // a full last column makes some terminals begin a new line
    const width = Math.max(20, (output.columns ?? 80) - 1);
    const lines = liveLines(state, varies, drawnAtMs - stateAtMs, width);
    const erased = erase();
    drawnLines = lines.length;
    output.write(erased + lines.join('\n'));
  };
  const drawIfDue = () => {
    if (clock.nowMs() - drawnAtMs >= MIN_REDRAW_MS) draw();
  };
  const print = (line: string) => {
    output.write(`${erase()}${line}\n`);
    drawnAtMs = Number.NEGATIVE_INFINITY;
  };

  const restore = () => {
    if (stopped) return;
    stopped = true;
    stopTimer();
    process.off('exit', restore);
    if (started) output.write(erase() + SHOW_CURSOR);
  };
  const stopTimer = clock.every(IDLE_REDRAW_MS, drawIfDue);
  // also when the process is ended in the middle: a terminal without a cursor is a nuisance
  process.once('exit', restore);

  return {
    handle: (event: RunEvent) => {
      if (stopped) return;
      if (!started) {
        started = true;
        output.write(HIDE_CURSOR);
      }
      switch (event.type) {
        case 'run-start':
          varies = varying(event.plan.cells);
          return;
        case 'trial-start':
          state = { position: event, etaMs: event.etaMs, progress: null };
          stateAtMs = clock.nowMs();
          drawIfDue();
          return;
        case 'trial-progress':
          state = { position: event, etaMs: event.etaMs, progress: event };
          stateAtMs = clock.nowMs();
          drawIfDue();
          return;
        case 'trial-end': {
          const { status } = event.trial.validity;
          if (status === 'valid') return;
          const line = `${trialNumber(event)} ${cellName(event.cell, varies)} · ${trialText(event.trial)}`;
          print(paint(status === 'invalid' ? 'red' : 'yellow', line));
          for (const reason of reasonTexts(event.trial)) print(`  ${reason}`);
          drawIfDue();
          return;
        }
        case 'run-end':
          restore();
      }
    },
    stop: restore,
  };
}

import type { Position, RunEvent } from '../../run/run-event.ts';
import type { TrialProgress } from '../../trial/progress.ts';
import type { Cell } from '../../result/schema.ts';
import { formatClock, plural } from '../../basics/amounts.ts';
import { cellName, figureParts, placeParts, reasonTeller, trialNumber, trialText, type Progress } from './position.ts';
import { reachText } from './reach-words.ts';
import { columnsOf, fit, hang, pack, wrap, type Output, type Paint } from './style.ts';
import { varying } from '../../result/cell.ts';

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
 * The lines of the display, each within the width: one where everything fits, else the trial's place above its figures,
 * broken between them where need be. `sinceMs` is the age of the state: clocks go on by it, but not beyond the end of the
 * phase.
 */
export function liveLines(state: LiveState, varies: ReadonlySet<keyof Cell>, sinceMs: number, width: number): string[] {
  const { position, progress } = state;
  const eta = `ETA ${formatClock(state.etaMs - sinceMs)}`;
  const head = `${trialNumber(position)} ${cellName(position.cell, varies)}`;
  const packed = (parts: readonly string[], separator: string) =>
    pack(parts, separator, width).map((line) => fit(line, width));
  if (progress === null) return packed([head, 'starting', eta], ' · ');

  const phaseMs =
    progress.phaseTotalMs > 0
      ? Math.min(progress.phaseMs + sinceMs, Math.max(progress.phaseMs, progress.phaseTotalMs))
      : progress.phaseMs + sinceMs;
  const place = [head, ...placeParts({ ...progress, phaseMs }), eta];
  const [full, brief] = [false, true].map((isBrief) => figureParts(progress, isBrief)) as [string[], string[]];
  for (const figures of [full, brief]) {
    const line = [place.join(' · '), ...figures].join(' | ');
    if (columnsOf(line) <= width) return [line];
  }
  const [fullLines, briefLines] = [packed(full, ' | '), packed(brief, ' | ')];
  return [...packed(place, ' · '), ...(fullLines.length <= briefLines.length ? fullLines : briefLines)];
}

/**
 * Redraws in place on a terminal, at most ten times a second. Above it stay as lines: the trials that do not count, and
 * the first one with a reason for caution that none had before.
 */
export function liveProgress(output: Output, paint: Paint, clock: LiveClock = SYSTEM_CLOCK): Progress<RunEvent> {
  let state: LiveState | null = null;
  let stateAtMs = 0;
  let varies: ReadonlySet<keyof Cell> = new Set();
  let drawn: readonly string[] = [];
  let drawnAtMs = Number.NEGATIVE_INFINITY;
  let started = false;
  let stopped = false;

  const newReasons = reasonTeller();

  // a window whose size is unknown may say 0
  const columns = () => output.columns || 80;
  // room stays for the ^C that a terminal shows behind the last line
  const width = () => Math.max(2, columns() - 2);
  const erase = () => {
    if (drawn.length === 0) return '';
    // where the window has become narrower since, the terminal has broken what was drawn into more rows
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(columnsOf(line) / columns())), 0);
    drawn = [];
    return `\r${rows > 1 ? `\u001B[${rows - 1}A` : ''}${ERASE_BELOW}`;
  };
  const draw = () => {
    if (state === null || stopped) return;
    drawnAtMs = clock.nowMs();
    const lines = liveLines(state, varies, drawnAtMs - stateAtMs, width());
    const erased = erase();
    drawn = lines;
    output.write(erased + lines.join('\n'));
  };
  const drawIfDue = () => {
    if (clock.nowMs() - drawnAtMs >= MIN_REDRAW_MS) draw();
  };
  const print = (lines: readonly string[]) => {
    output.write(`${erase()}${lines.join('\n')}\n`);
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
          print(wrap(startText(event), width()));
          return;
        case 'trial-start':
        case 'trial-progress':
          state = { position: event, etaMs: event.etaMs, progress: event.type === 'trial-progress' ? event : null };
          stateAtMs = clock.nowMs();
          drawIfDue();
          return;
        case 'trial-end': {
          const { status } = event.trial.validity;
          const reasons = newReasons(event.trial);
          if (status === 'valid' || (status === 'caution' && reasons.length === 0)) return;
          const text = `${trialNumber(event)} ${cellName(event.cell, varies)} · ${trialText(event.trial)}`;
          const colour = status === 'invalid' ? 'red' : 'yellow';
          print([
            ...hang(wrap(text, width() - 2), '  ').map((line) => paint(colour, line)),
            ...reasons.flatMap((reason) => wrap(reason, width() - 2).map((line) => `  ${line}`)),
          ]);
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

function startText({ trials, estimatedMs, plan }: Extract<RunEvent, { type: 'run-start' }>): string {
  const [trial, cell] = [plural(trials, 'trial'), plural(plan.cells.length, 'cell')];
  return `${trial} of ${cell}, about ${formatClock(estimatedMs)}; ${reachText(plan)}. Ctrl-C ends it early and keeps what was measured.`;
}

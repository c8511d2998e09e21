import { EXIT_BY_SIGNAL, onStopSignal, stopOrders, type StopSignal } from '../../server/stop-signals.ts';
import { PushbenchError } from '../basics/errors.ts';
import type { Output } from './terminal/style.ts';

/** Where signals come from, and what ends the process; a test brings its own. */
export type SignalSource = {
  /** Calls at each signal that asks to stop, instead of ending the process, until the returned function is called. */
  onSignal: (call: (signal: StopSignal) => void) => () => void;
  exitNow: (code: number) => void;
  /** A clock that only runs forward; absent: this process's. */
  nowMs?: () => number;
};

/** This process. */
export const SIGNALS: SignalSource = {
  onSignal: onStopSignal,
  exitNow: (code) => process.exit(code),
};

/** An order to stop that may come any time. */
export type Stop = {
  /** Aborted by the first signal, with a {@link PushbenchError} as its reason. */
  readonly signal: AbortSignal;
  /** The first signal; null: none came. */
  readonly by: StopSignal | null;
  /** Signals end the process again. */
  forget(): void;
};

/**
 * Stops orderly at the first signal, and at once at the second, unless that is the first one twice.
 *
 * @param told what is said of the first: what becomes of what there is
 * @param quieten takes the display off the screen before anything is said
 */
export function stopOnSignal(
  { onSignal, exitNow, nowMs }: SignalSource,
  stderr: Output,
  told: string,
  quieten: () => void = () => undefined,
): Stop {
  const abort = new AbortController();
  let by: StopSignal | null = null;
  const first = (signal: StopSignal) => {
    quieten();
    by = signal;
    stderr.write(`${signal}: stopping; ${told} (once more: stops at once)\n`);
    abort.abort(new PushbenchError('interrupted', signal, `stopped by ${signal}`));
  };
  const again = (signal: StopSignal) => {
    quieten();
    exitNow(EXIT_BY_SIGNAL[signal]);
  };
  const forget = onSignal(stopOrders(first, again, nowMs));
  return {
    signal: abort.signal,
    get by() {
      return by;
    },
    forget,
  };
}

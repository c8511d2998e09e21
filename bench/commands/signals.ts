import { PushbenchError } from '../errors.ts';
import type { Output } from '../terminal/style.ts';

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** What a process that was stopped by a signal ends with. */
export const EXIT_BY_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const satisfies Record<StopSignal, number>;

/** Where signals come from, and what ends the process; a test brings its own. */
export type SignalSource = {
  /** Calls at each SIGINT and SIGTERM, instead of ending the process, until the returned function is called. */
  onSignal: (call: (signal: StopSignal) => void) => () => void;
  exitNow: (code: number) => void;
};

/** This process. */
export const SIGNALS: SignalSource = {
  onSignal: (call) => {
    process.on('SIGINT', call).on('SIGTERM', call);
    return () => process.off('SIGINT', call).off('SIGTERM', call);
  },
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
 * Stops orderly at the first signal, and at once at the second.
 *
 * @param told what is said of the first: what becomes of what there is
 * @param quieten takes the display off the screen before anything is said
 */
export function stopOnSignal(
  { onSignal, exitNow }: SignalSource,
  stderr: Output,
  told: string,
  quieten: () => void = () => undefined,
): Stop {
  const abort = new AbortController();
  let by: StopSignal | null = null;
  const forget = onSignal((signal) => {
    quieten();
    if (by !== null) return exitNow(EXIT_BY_SIGNAL[signal]);
    by = signal;
    stderr.write(`${signal}: stopping; ${told} (once more: stops at once)\n`);
    abort.abort(new PushbenchError('interrupted', signal, `stopped by ${signal}`));
  });
  return {
    signal: abort.signal,
    get by() {
      return by;
    },
    forget,
  };
}

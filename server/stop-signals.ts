// How programs that run until they are told to stop learn of it: `npm run bench` and `npm start` alike.

import { startedByRunner } from './package-runner.ts';

/** What a process that was stopped by a signal ends with: 128 and the signal's number. */
export const EXIT_BY_SIGNAL = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

export type StopSignal = keyof typeof EXIT_BY_SIGNAL;

/**
 * A shell that replaces itself by the program, and a package runner that passes signals on, make two of one Ctrl-C: the
 * terminal's own and the forwarded one, milliseconds apart. Nobody presses twice on purpose within this time.
 */
const SAME_SIGNAL_MS = 500;

/**
 * Sorts signals into orders: the first, and a later one by which the sender insists.
 *
 * @param nowMs a clock that only runs forward
 */
export function stopOrders(
  first: (signal: StopSignal) => void,
  again: (signal: StopSignal) => void,
  nowMs: () => number = () => performance.now(),
): (signal: StopSignal) => void {
  let firstMs: number | undefined;
  return (signal) => {
    if (firstMs === undefined) {
      firstMs = nowMs();
      first(signal);
    } else if (nowMs() - firstMs > SAME_SIGNAL_MS) {
      again(signal);
    }
  };
}

/**
 * Calls at each signal that asks this process to stop, instead of ending it, until the returned function is called. The end
 * of the package runner that started it counts as SIGTERM: npm ends by that signal without passing it on to more than
 * its shell, and whoever sent it, a supervisor or a cancelled job, believes that all is over.
 */
export function onStopSignal(call: (signal: StopSignal) => void): () => void {
  const signals = Object.keys(EXIT_BY_SIGNAL) as StopSignal[];
  for (const signal of signals) process.on(signal, call);
  const unwatch = startedByRunner() ? onOrphaned(() => call('SIGTERM')) : () => undefined;
  return () => {
    unwatch();
    for (const signal of signals) process.off(signal, call);
  };
}

/** Ends this process with its package runner, for programs that keep nothing of what is not finished. */
export function endWithRunner(): void {
  if (startedByRunner()) onOrphaned(() => process.exit(EXIT_BY_SIGNAL.SIGTERM));
}

const LOOK_MS = 250;

/** Calls once when the process that started this one has ended. @returns ends the watch */
function onOrphaned(call: () => void): () => void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent && isThere(parent)) return;
    clearInterval(timer);
    call();
  }, LOOK_MS).unref();
  return () => clearInterval(timer);
}

/** Windows keeps the number of a parent that has ended. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Leaves it to the controller what to do: a terminal sends Ctrl-C, and its own end, to every process that was started in it.
 */
export function leaveTerminalToController(): void {
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
}

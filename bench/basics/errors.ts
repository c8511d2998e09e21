/** What the process's exit code tells a script. One table: help, docs/flags.md and tests read it. */
export const EXIT = {
  done: { code: 0, meaning: 'done' },
  defect: { code: 1, meaning: 'a defect in pushbench' },
  usage: { code: 2, meaning: 'bad usage: nothing was started' },
  invalid: { code: 3, meaning: 'done, but not every trial is valid' },
  assertion: { code: 4, meaning: 'an assertion or a comparison failed' },
  target: { code: 5, meaning: 'the target is unreachable or not what was expected' },
  resource: { code: 6, meaning: 'this machine lacks a resource (files, ports, disk)' },
  interrupted: {
    code: 130,
    meaning: 'interrupted by SIGINT (129: SIGHUP, 143: SIGTERM or the end of npm); what was measured so far is kept',
  },
} as const;

export type ExitReason = keyof typeof EXIT;

/**
 * A failure that its user can do something about: printed as one sentence without a stack.
 * The message says what happened, where, and what to do next.
 */
export class PushbenchError extends Error {
  readonly reason: ExitReason;
  /** Stable, for scripts: `PORT_TAKEN`, `UNKNOWN_FLAG`, … */
  readonly code: string;

  constructor(reason: ExitReason, code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PushbenchError';
    this.reason = reason;
    this.code = code;
  }
}

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** What a process that was stopped by a signal ends with. */
export const EXIT_BY_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const satisfies Record<StopSignal, number>;

/** Calls at each SIGINT and SIGTERM, instead of ending the process, until the returned function is called. */
export function onSignal(call: (signal: StopSignal) => void): () => void {
  process.on('SIGINT', call).on('SIGTERM', call);
  return () => process.off('SIGINT', call).off('SIGTERM', call);
}

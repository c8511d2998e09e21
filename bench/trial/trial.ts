import type { UnjudgedTrial } from '../judge/gates.ts';
import type { TrialEvidence } from './evidence.ts';
import { composeTrial } from './figures.ts';
import type { TrialProgress } from './progress.ts';
import type { TrialSpec } from './spec.ts';
import { TrialRun } from './trial-run.ts';

/** The figures of one trial; all else as {@link measureTrial}. */
export async function runTrial(
  spec: TrialSpec,
  onProgress: (progress: TrialProgress) => void,
  signal: AbortSignal,
): Promise<UnjudgedTrial> {
  return composeTrial(await measureTrial(spec, onProgress, signal));
}

/**
 * Runs one trial from the start of its processes to their end: ramp, warm-up, measure, drain.
 *
 * A process that is lost on the way does not end it: the others go on to the end of the window, so that what they have
 * measured is kept, and the loss stands in the trial. Where no server or no agent is left, nothing more can come, and the
 * trial ends at once.
 *
 * @param signal aborts it: the processes are ended and the promise rejects with the signal's reason
 * @throws PushbenchError where a process cannot start, or the target is not what was expected
 */
export async function measureTrial(
  spec: TrialSpec,
  onProgress: (progress: TrialProgress) => void,
  signal: AbortSignal,
): Promise<TrialEvidence> {
  signal.throwIfAborted();
  const run = new TrialRun(spec, onProgress);
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => undefined);
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const evidence = await Promise.race([evidenceOf(run), aborted.promise]);
    await run.stop();
    return evidence;
  } finally {
    signal.removeEventListener('abort', onAbort);
    run.kill();
  }
}

/** All that can be learnt: of the whole trial, or of what came before the last server or the last agent was lost. */
async function evidenceOf(run: TrialRun): Promise<TrialEvidence> {
  const server = await run.start();
  if (server) {
    const whole = phases(run);
    whole.catch(() => undefined); // of one that was cut short nobody hears any more
    const proxyLost = run.proxyLost.then(() => true);
    const isProxyLost = await Promise.race([whole, server.nobodyLeft, run.agents.nobodyLeft, proxyLost]);
    if (server.isGone) run.refuseUntried();
    // What had arrived before the server ended is still to be read, and who lost a connection to be counted.
    if (server.isGone || isProxyLost) await run.settle();
  }
  return run.finish();
}

/** What happens in a trial while nobody is lost. */
async function phases(run: TrialRun): Promise<void> {
  await run.prepare();
  if (!(await run.connect())) return;
  await run.warm();
  await run.measure();
  await run.drain();
}

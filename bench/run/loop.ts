// The loop of a run and of a search: trials one after the other, each judged and journalled as it ends, and a result at the
// end, however early it comes.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PushbenchError } from '../basics/errors.ts';
import { judge } from '../judge/gates.ts';
import { ownCommit, ownVersion } from '../machine/environment.ts';
import { Journal } from '../result/journal.ts';
import type { RunInfo, Trial } from '../result/schema.ts';
import type { TrialProgress } from '../trial/progress.ts';
import type { TrialSpec } from '../trial/spec.ts';
import { runTrial } from '../trial/trial.ts';
import { isUnwritten, UnwrittenRun } from './unwritten-run.ts';

/** What a run and a search are asked alike. */
export type LoopRequest<Event> = {
  id: string;
  /** Where to write; created if it is missing. */
  directory: string;
  label: string;
  command: string;
  /** Of the server; 0 takes a free one for each trial. */
  port: number;
  /** Ends it early: what was measured so far is kept and the result is marked interrupted. */
  signal: AbortSignal;
  onEvent: (event: Event) => void;
  /** How a trial is run; replaced in tests. */
  execute?: typeof runTrial;
};

/** Runs a trial and judges it; what `lineOf` makes of it has been kept when the promise resolves. */
type Measure<Line> = (
  spec: TrialSpec,
  onProgress: (progress: TrialProgress) => void,
  lineOf: (trial: Trial) => Line,
) => Promise<Line>;

/** What is a run's own, or a search's. */
type Loop<Head extends { run: RunInfo }, Line, Result> = {
  /** The journal's name in the folder. */
  journal: string;
  /** What is known before the first trial. */
  head: (run: RunInfo) => Head;
  /** Everything follows from these. */
  compose: (head: Head, lines: Line[]) => Result;
  write: (result: Result) => void;
  begun: () => void;
  /** Measures in its order, until there is no more or the signal aborts. */
  trials: (measure: Measure<Line>) => Promise<void>;
  ended: (result: Result) => void;
};

/**
 * Journals every trial as it ends, and writes the result.
 *
 * @returns the result; `run.status` is `interrupted` when the signal ended it early
 * @throws PushbenchError where a trial could not be run; what was measured before is written as well, and where nothing was
 *   the folder is left empty. `UnwrittenRun` where that could not be written either
 */
export async function runLoop<Head extends { run: RunInfo }, Line, Result>(
  request: Omit<LoopRequest<never>, 'onEvent'>,
  loop: Loop<Head, Line, Result>,
): Promise<Result> {
  const { directory, signal, execute = runTrial } = request;
  mkdirSync(directory, { recursive: true });
  const { begun, ended } = beginRun(request);
  const head = loop.head(begun);
  const journal = new Journal<Head, Line>(join(directory, loop.journal), head);
  const lines: Line[] = [];
  loop.begun();

  const compose = (status: RunInfo['status']) => loop.compose({ ...head, run: ended(status) }, lines);
  const finish = (status: RunInfo['status']) => {
    journal.close();
    const result = compose(status);
    written(
      () => loop.write(result),
      () => result,
    );
    loop.ended(result);
    return result;
  };
  const measure: Measure<Line> = async (spec, onProgress, lineOf) => {
    const unjudged = await execute(spec, onProgress, signal);
    const line = lineOf({ ...unjudged, validity: judge(unjudged) });
    // What has just been measured must not be lost because it cannot be written down.
    lines.push(line);
    written(
      () => journal.add(line),
      () => compose('interrupted'),
    );
    return line;
  };

  try {
    await loop.trials(measure);
  } catch (error) {
    if (isUnwritten(error)) {
      journal.close();
      throw error;
    }
    if (signal.aborted) return finish('interrupted');
    // Whatever broke, hours of measuring may lie before it; before the first trial there is nothing to keep.
    if (lines.length > 0) finish('interrupted');
    else journal.discard();
    throw error;
  }
  return finish(signal.aborted ? 'interrupted' : 'complete');
}

/** What a run that begins now tells of itself: while it lasts, and once it has ended. */
function beginRun({ id, label, command }: Pick<RunInfo, 'id' | 'label' | 'command'>) {
  const startedAt = new Date();
  const startedMs = performance.now();
  const begun: RunInfo = {
    id,
    label,
    command,
    version: ownVersion(),
    commit: ownCommit(),
    startedAt: startedAt.toISOString(),
    finishedAt: null,
    status: 'interrupted',
  };
  const ended = (status: RunInfo['status']): RunInfo => {
    // The clock on the wall may have been set meanwhile: what lies between the two times must be what it took.
    const finishedAt = new Date(startedAt.getTime() + performance.now() - startedMs).toISOString();
    return { ...begun, status, finishedAt };
  };
  return { begun, ended };
}

/**
 * Writes something of a run.
 *
 * @param result what has been measured so far
 * @throws {@link UnwrittenRun} where this machine lacks what it takes, as room on the disk
 */
function written(write: () => void, result: () => unknown): void {
  try {
    write();
  } catch (error) {
    if (error instanceof PushbenchError && error.reason === 'resource') throw new UnwrittenRun(error, result());
    throw error;
  }
}

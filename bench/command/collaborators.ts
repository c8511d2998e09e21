import { randomInt } from 'node:crypto';
import { visible } from '../basics/shown.ts';
import { cpuQuota } from '../machine/control-groups.ts';
import { allowedCores } from '../machine/cores.ts';
import { indexProblem } from '../result/folder.ts';
import type { FlagContext } from './flag-table.ts';
import { probeMachine, type Facts, type Needs } from '../run/preflight.ts';
import { pinProblem } from '../machine/pinning.ts';
import { TRANSPORT_IDS } from '../../server/transports/traits.ts';
import type { Surroundings } from './command.ts';
import { SIGNALS, type SignalSource } from './signals.ts';

/** How results become pages; a test brings its own. */
export type Rendering = {
  /** @returns the path of the report. @throws {PushbenchError} where it could not be rendered */
  renderReport: (directory: string) => Promise<string>;
  /** Shows the past runs below the folder of results. */
  renderIndex: (root: string) => Promise<{ path: string; problem: string | null }>;
  /** @returns null, or a sentence that says why it was not opened */
  openFile: (path: string) => Promise<string | null>;
};

/** What every command that measures works with once its flags are sound; a test brings its own. */
export type Collaborators = SignalSource &
  Rendering & { probeMachine: (needs: Needs) => Promise<Facts>; now: () => Date };

/** The flags are judged before anything else is loaded, so that mistakes are told at once. */
export type Loader<T extends Collaborators> = { context: () => FlagContext; collaborators: () => Promise<T> };

/** What flags are judged by on this machine. */
export function machineContext(): FlagContext {
  return {
    cores: allowedCores().length,
    quotaCores: cpuQuota(),
    randomSeed: () => randomInt(2 ** 32),
    transports: TRANSPORT_IDS,
    pinProblem,
  };
}

/** The renderers as they are. */
export async function loadRendering(): Promise<Rendering> {
  const [{ renderReport }, { renderIndex }, { openFile }] = await Promise.all([
    import('./render-report.ts'),
    import('./render-index.ts'),
    import('./open-file.ts'),
  ]);
  return { renderReport, renderIndex, openFile };
}

/** The world as it is. */
export async function loadCollaborators(): Promise<Collaborators> {
  return { ...SIGNALS, ...(await loadRendering()), probeMachine, now: () => new Date() };
}

/** Writes the page of past runs anew; says so where it could not be written. */
export async function refreshIndex(
  { renderIndex }: Pick<Rendering, 'renderIndex'>,
  { stderr, cwd, results }: Pick<Surroundings, 'stderr' | 'cwd' | 'results'>,
): Promise<void> {
  const index = await renderIndex(results);
  if (index.problem !== null) stderr.write(`${indexProblem(index, cwd)}\n`);
}

/** Opens a report that was asked for and rendered; says so where it could not be opened. */
export async function openReport(
  { openFile }: Pick<Rendering, 'openFile'>,
  { stderr }: Pick<Surroundings, 'stderr'>,
  isAsked: boolean,
  report: string | null,
): Promise<void> {
  const problem = isAsked && report !== null ? await openFile(report) : null;
  if (problem !== null) stderr.write(`${visible(problem)}\n`);
}

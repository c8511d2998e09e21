import { randomInt } from 'node:crypto';
import { cpuQuota } from '../machine/control-groups.ts';
import { allowedCores } from '../machine/cores.ts';
import type { FlagContext } from './flag-table.ts';
import { probeMachine, type Facts, type Needs } from '../run/preflight.ts';
import { pinProblem } from '../machine/pinning.ts';
import { TRANSPORT_IDS } from '../../server/transports/traits.ts';
import { SIGNALS, type SignalSource } from './signals.ts';

/** What every command that measures works with once its flags are sound; a test brings its own. */
export type Collaborators = SignalSource & {
  probeMachine: (needs: Needs) => Promise<Facts>;
  /** @returns the path of the report. @throws {PushbenchError} where it could not be rendered */
  renderReport: (directory: string) => Promise<string>;
  /** Shows the past runs below the folder of results. */
  renderIndex: (root: string) => Promise<{ path: string; problem: string | null }>;
  /** @returns null, or a sentence that says why it was not opened */
  openFile: (path: string) => Promise<string | null>;
  now: () => Date;
};

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

/** The world as it is. */
export async function loadCollaborators(): Promise<Collaborators> {
  const [{ renderReport }, { renderIndex }, { openFile }] = await Promise.all([
    import('./render-report.ts'),
    import('./render-index.ts'),
    import('./open-file.ts'),
  ]);
  return { ...SIGNALS, probeMachine, renderReport, renderIndex, openFile, now: () => new Date() };
}

import { randomInt } from 'node:crypto';
import { visible } from '../basics/shown.ts';
import { cpuQuota } from '../machine/control-groups.ts';
import { allowedCores } from '../machine/cores.ts';
import { claimPort } from '../machine/port-claim.ts';
import { indexProblem, makeDirectory } from '../result/folder.ts';
import { openFile } from './open-file.ts';
import { renderIndex } from './render-index.ts';
import { renderReport } from './render-report.ts';
import type { FlagContext } from './flag-table.ts';
import { requireProxies } from '../proxy/find-proxy.ts';
import { probeMachine } from '../run/preflight.ts';
import { pinProblem } from '../machine/pinning.ts';
import { TRANSPORT_IDS } from '../../server/transports/traits.ts';
import type { Settings } from '../result/schema.ts';
import type { Surroundings } from './command.ts';
import { SIGNALS } from './signals.ts';

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

/** How results become pages; a test brings its own. */
export const RENDERING = { renderReport, renderIndex, openFile };

/**
 * What every command that measures works with once its flags are sound; a test brings its own. What is slow to load is
 * loaded where it is called: the flags are judged before, so that mistakes are told at once.
 */
export const COLLABORATORS = {
  ...SIGNALS,
  ...RENDERING,
  context: machineContext,
  probeMachine,
  now: () => new Date(),
};

/**
 * The plan with its targets built, its proxies found, and the versions of both known; says what is being built, which may take
 * minutes.
 *
 * @throws PushbenchError where a build fails, or a proxy is not installed
 */
export async function readyPlan<P extends { settings: Settings }>(plan: P, stderr: Surroundings['stderr']): Promise<P> {
  const settings = { ...plan.settings };
  if (settings.proxies) settings.proxies = requireProxies(settings.proxies);
  if (settings.targets) {
    const { buildTargets } = await import('../target/build.ts');
    settings.targets = buildTargets(settings.targets, ({ name }) => stderr.write(`Building ${name} ...\n`));
  }
  return { ...plan, settings };
}

/**
 * Works in a new folder, with the port claimed.
 *
 * @param out as it was asked for; undefined: a new one below the results
 * @throws {PushbenchError} `resource` where port or folder cannot be had; what `work` throws, without leaving empty folders behind
 */
export async function inNewFolder(
  { port, root, out, startedAt }: { port: number; root: string; out: string | undefined; startedAt: Date },
  work: (folder: { id: string; directory: string }) => Promise<number>,
): Promise<number> {
  const releasePort = await claimPort(port);
  const { id, path, discard } = await makeDirectory(root, out, startedAt);
  try {
    return await work({ id, directory: path });
  } catch (error) {
    await discard();
    throw error;
  } finally {
    releasePort();
  }
}

export type Rendering = typeof RENDERING;

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

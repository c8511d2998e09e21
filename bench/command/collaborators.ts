import { randomInt } from 'node:crypto';
import { PushbenchError } from '../basics/errors.ts';
import { visible } from '../basics/shown.ts';
import { cpuQuota } from '../machine/control-groups.ts';
import { allowedCores } from '../machine/cores.ts';
import { authority } from '../agent/routes.ts';
import { resolveAim } from '../machine/address.ts';
import { addressOf } from '../result/target.ts';
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
import type { Target } from '../result/target.ts';
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
 * The plan with the servers that run already by their addresses, looked up once, so that every trial goes to the same machine.
 *
 * @throws {PushbenchError} where a name has no address, or nobody may aim there
 */
export async function withAddresses<P extends { settings: Pick<Settings, 'targets'> }>(
  plan: P,
  { ownTarget }: { ownTarget: string | undefined },
): Promise<P> {
  const { targets } = plan.settings;
  if (!targets) return plan;
  const resolved = await Promise.all(
    targets.map(async (target) => {
      if (!target.attach) return target;
      const { host, port } = addressOf(target.attach);
      const aim = await resolveAim(host, `${target.name}, ${target.attach.url}`, ownTarget);
      return { ...target, attach: { ...target.attach, url: `http://${authority({ host: aim, port })}` } };
    }),
  );
  return { ...plan, settings: { ...plan.settings, targets: resolved } };
}

/**
 * The plan with its targets built, its proxies found, and the versions of both known; says what is being built, which may take
 * minutes. Before, the servers that run already are looked at, so that a wrong number is told before anything is measured.
 *
 * @throws {PushbenchError} where one is not there or cannot be built, or a proxy is not installed
 */
export async function readyPlan<P extends { settings: Settings }>(plan: P, stderr: Surroundings['stderr']): Promise<P> {
  const settings = { ...plan.settings };
  if (settings.proxies) settings.proxies = requireProxies(settings.proxies);
  if (settings.targets) settings.targets = await readyTargets(settings.targets, stderr);
  return { ...plan, settings };
}

async function readyTargets(targets: readonly Target[], stderr: Surroundings['stderr']): Promise<Target[]> {
  const [{ buildTargets }, { attachTo, listenerNote }] = await Promise.all([
    import('../target/build.ts'),
    import('../target/attached.ts'),
  ]);
  for (const { name, attach } of targets) {
    if (!attach) continue;
    const meter = await attachTo(attach).catch((error: Error) => {
      throw new PushbenchError('target', 'TARGET_START', `${name}: ${error.message}`, { cause: error });
    });
    const note = listenerNote(attach, meter.sample().attached.pids);
    if (note !== null) stderr.write(`Note: ${note}\n`);
  }
  return buildTargets(targets, ({ name }) => stderr.write(`Building ${name} ...\n`));
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

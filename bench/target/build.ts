import { spawnSync } from 'node:child_process';
import { PushbenchError } from '../basics/errors.ts';
import { firstLine, visible } from '../basics/shown.ts';
import type { Target } from '../result/target.ts';

/** A build that fetches and compiles what it depends on may take minutes. */
const BUILD_TIMEOUT_MS = 15 * 60_000;
const VERSION_TIMEOUT_MS = 30_000;

/** As much of what a build wrote as its error quotes. */
const QUOTED_CHARACTERS = 1000;

/**
 * Builds the targets that say how, one after the other, and asks each for its version.
 *
 * @param onBuild is told of each before it is built
 * @returns the targets, each with what it printed as its version
 * @throws PushbenchError (target) `TARGET_BUILD` where a build cannot be started or fails, with what it wrote last
 */
export function buildTargets(targets: readonly Target[], onBuild: (target: Target) => void): Target[] {
  return targets.map((target) => {
    if (!target.start) return target;
    const { build, version, cwd = process.cwd() } = target.start;
    if (build) {
      onBuild(target);
      runBuild(target, build, cwd);
    }
    const found = version ? versionOf(version, cwd) : null;
    return found === null ? target : { ...target, found };
  });
}

function runBuild({ name, from }: Target, build: readonly string[], cwd: string): void {
  const { error, status, stdout, stderr } = run(build, cwd, BUILD_TIMEOUT_MS);
  if (status === 0) return;
  const why = error
    ? `could not be started (${error.message})${from === undefined ? '' : `; it needs: ${from}`}`
    : `failed. It said:\n${visible(`${stdout}${stderr}`.trim().slice(-QUOTED_CHARACTERS))}`;
  throw new PushbenchError('target', 'TARGET_BUILD', `${name}: '${build.join(' ')}' ${why}`);
}

/** Programs print their version to either stream; null where there is none. */
function versionOf(version: readonly string[], cwd: string): string | null {
  const { status, stdout, stderr } = run(version, cwd, VERSION_TIMEOUT_MS);
  return status === 0 ? firstLine(`${stdout}${stderr}`) : null;
}

function run([program, ...args]: readonly string[], cwd: string, timeout: number) {
  return spawnSync(program!, args, { cwd, timeout, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

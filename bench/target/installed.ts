import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import type { Target } from '../result/target.ts';
import { firstLine } from '../basics/shown.ts';

/** Whether a target can be started on this machine. */
export type Installed = {
  isInstalled: boolean;
  /** What its version command prints; null where it has none, or it did not answer. */
  version: string | null;
  /** It is made by its build command, which has not been run yet. */
  isToBeBuilt: boolean;
};

/** A version is looked for no longer: `node --version` takes 50 ms, a virtual machine a second where others start beside it. */
const VERSION_TIMEOUT_MS = 5000;

/** Looks for the program of a target, and asks for its version. Nothing is built, and nothing of the target started. */
export async function lookForTarget(
  { start }: Target,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Installed> {
  // One that runs already needs no program here.
  if (!start) return { isInstalled: true, version: null, isToBeBuilt: false };
  const { build, command, version, cwd = process.cwd() } = start;
  const has = ([program]: readonly string[]) => isProgram(program!, cwd, env['PATH'] ?? '');
  if (!has(build ?? command)) return { isInstalled: false, version: null, isToBeBuilt: false };
  const isToBeBuilt = build !== undefined && !has(command);
  const answer = version ? await ask(version, cwd) : { line: null, isRefused: false };
  // A version command may ask what is yet to be built.
  const isInstalled = !answer.isRefused || isToBeBuilt;
  return { isInstalled, version: answer.line, isToBeBuilt };
}

/** What a command prints first; refused where it cannot be started, or says by its code that something is wrong. */
function ask([program, ...args]: readonly string[], cwd: string): Promise<{ line: string | null; isRefused: boolean }> {
  return new Promise((done) => {
    execFile(program!, args, { cwd, timeout: VERSION_TIMEOUT_MS, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      const isLate = error?.killed === true;
      done({ line: error ? null : firstLine(`${stdout}${stderr}`), isRefused: error !== null && !isLate });
    });
  });
}

/** As a shell looks for a command: a path as it is, a name in the folders of PATH. */
function isProgram(program: string, cwd: string, path: string): boolean {
  const places = program.includes('/') ? [resolve(cwd, program)] : path.split(delimiter).map((at) => join(at, program));
  return places.some((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

// What a package runner (npm, pnpm, yarn, bun) tells of the script that it runs, and what it does to the script's flags.

import { readFileSync } from 'node:fs';

type Env = Readonly<Record<string, string | undefined>>;

/** The scripts of package.json that users start with flags, or that run until they are told to stop. */
const OWN_SCRIPT = /^(start|bench)(:|$)/;

/**
 * Whether a package runner started this process. All of them name the script that they run, and so does the environment of
 * whatever that script starts: another script's name says nothing of this process.
 */
export function startedByRunner(env: Env = process.env): boolean {
  return OWN_SCRIPT.test(env['npm_lifecycle_event'] ?? '');
}

/**
 * Where the user stands, against which the paths that are typed are meant: a runner starts its scripts in the package's root,
 * whatever folder it was called in, and tells that one apart.
 */
export function userDirectory(env: Env, cwd: string): string {
  return (startedByRunner(env) && env['INIT_CWD']) || cwd;
}

/** Settings of npm's own that people keep in a file or a variable; that they are set says nothing, and they change no figure. */
const ONLY_DISPLAY: ReadonlySet<string> = new Set(['color', 'progress']);

/**
 * The flags that npm took for itself, as written, because they stood before its `--`: it passes them on in variables only
 * (`npm_config_dry_run`), without a word. Other runners hand all flags to the script.
 *
 * @param names of the script's flags, without dashes
 * @param settings reads an npmrc file, null where there is none: what is set there was not typed
 */
export function swallowedFlags(
  env: Env,
  names: readonly string[],
  settings: (file: string) => string | null = readIfThere,
): string[] {
  if (!startedByRunner(env) || !(env['npm_config_user_agent'] ?? '').startsWith('npm/')) return [];
  const files = [env['npm_config_userconfig'], env['npm_config_globalconfig'], '.npmrc'];
  const text = files.map((file) => (file ? (settings(file) ?? '') : '')).join('\n');
  return names.flatMap((name) => {
    const value = env[`npm_config_${name.replaceAll('-', '_')}`];
    if (!value || value === 'false' || ONLY_DISPLAY.has(name)) return [];
    if (new RegExp(`^\\s*${name}\\s*=`, 'm').test(text)) return [];
    // npm takes `--clients 5` apart: the value becomes an operand of the script
    return [value === 'true' ? `--${name}` : `--${name}=${value}`];
  });
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** What to do about {@link swallowedFlags}. @param script as it is run: `npm run bench` */
export function swallowedMessage(flags: readonly string[], script: string): string {
  return `npm took ${flags.join(' ')} for itself; flags come after --: ${script} -- ${flags.join(' ')}`;
}

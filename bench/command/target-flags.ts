// From the flags of other servers, and from target files, to targets; and from these to what is compared.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isTransportId, TRAITS, TRANSPORT_IDS, type TransportId } from '../../server/transports/traits.ts';
import { commandWords } from '../basics/command-words.ts';
import { quote } from '../basics/shown.ts';
import { BUILTIN, entrantsOf, offeredBy } from '../result/entrant.ts';
import { assertSchema } from '../result/store.ts';
import { Target, TARGET_NAME } from '../result/target.ts';

/** What the command line says of other servers. */
export type TargetOptions = {
  /** Commands that start one each. */
  starts: string[];
  /** What they are called, in the same order. */
  names: string[];
  ssePath: string | undefined;
  websocketPath: string | undefined;
  streamPath: string | undefined;
  /** `builtin`, and paths of target files. */
  targetFiles: string[];
};

const PATHS = { sse: 'ssePath', websocket: 'websocketPath', stream: 'streamPath' } as const;
/** The flags of the paths. */
const PATH_FLAGS = { sse: 'sse', websocket: 'ws', stream: 'stream' } as const;

/**
 * What the flags ask to compare. Reads target files.
 *
 * @param flags those without a mistake of their own
 * @param areTransportsGiven else they are those that the targets have, or the default ones where there are no targets
 * @param cwd what paths of files are relative to
 * @returns mistakes: what stands against it, each in a sentence
 */
export function comparedOf(
  flags: Partial<TargetOptions> & { transports?: readonly TransportId[]; baseline?: string | undefined },
  areTransportsGiven: boolean,
  cwd: string,
): { transports: string[]; targets?: Target[]; mistakes: string[] } {
  const mistakes: string[] = [];
  const options = { ...NO_TARGETS, ...flags };
  const targets = targetsOf(options, cwd, mistakes);
  const asked = areTransportsGiven ? flags.transports : undefined;
  const transports = entrants(targets, asked, options.targetFiles, isAboutStarted(flags, targets));
  if (mistakes.length === 0 && transports.length === 0) {
    mistakes.push('--transports: the servers have none of these; allowed: what they are given paths for');
  }
  return { transports, mistakes, ...(targets.length > 0 ? { targets } : {}) };
}

/** What is compared in the place of the flags that say so. */
export function withCompared<F extends TargetOptions, C>(flags: F, compared: C): Omit<F, keyof TargetOptions> & C {
  const others = Object.entries(flags).filter(([key]) => !Object.hasOwn(NO_TARGETS, key));
  return { ...(Object.fromEntries(others) as Omit<F, keyof TargetOptions>), ...compared };
}

const NO_TARGETS: TargetOptions = {
  starts: [],
  names: [],
  ssePath: undefined,
  websocketPath: undefined,
  streamPath: undefined,
  targetFiles: [],
};

/** The servers that are asked for besides the built-in one. */
function targetsOf(options: TargetOptions, cwd: string, mistakes: string[]): Target[] {
  const paths = Object.entries(PATHS).flatMap(([id, key]) => {
    const path = options[key];
    return path === undefined ? [] : [[id, { path }] as const];
  });
  const started = options.starts.map((text, index): Target => {
    let command: string[] = [];
    try {
      command = commandWords(text);
    } catch (error) {
      mistakes.push(`--start ${(error as Error).message}`);
    }
    const name = options.names[index] ?? (options.starts.length === 1 ? 'mine' : `mine${index + 1}`);
    return { name, start: { command, cwd }, publish: 'stdin', transports: Object.fromEntries(paths) };
  });
  if (started.length > 0 && paths.length === 0) {
    mistakes.push(`--start: says not where clients find its ticks; add --sse /path, --ws /path or --stream /path`);
  }
  if (started.length === 0 && paths.length > 0) {
    mistakes.push(
      `--${PATH_FLAGS[paths[0]![0] as keyof typeof PATHS]}: is a path of the server that --start starts; add --start 'COMMAND'`,
    );
  }
  if (options.names.length > options.starts.length) {
    mistakes.push(`--name ${quote(options.names.at(-1)!)}: names no server; give one --start for each --name`);
  }
  const read = options.targetFiles.flatMap((file) => {
    if (file === BUILTIN) return [];
    try {
      return [readTarget(pathOf(file, cwd))];
    } catch (error) {
      mistakes.push(`--targets ${quote(file)}: ${(error as Error).message}`);
      return [];
    }
  });
  const targets = [...read, ...started];
  for (const [index, { name }] of targets.entries()) {
    if (!TARGET_NAME.test(name))
      mistakes.push(`target ${quote(name)}: its name must be of a-z, 0-9, . _ and -, up to 32`);
    else if (name === BUILTIN || isTransportId(name))
      mistakes.push(`target ${quote(name)}: that name is taken; choose another`);
    else if (targets.findIndex((other) => other.name === name) < index)
      mistakes.push(`target ${quote(name)}: stands there twice; --name tells them apart`);
  }
  return targets;
}

/** Whether servers that were started are held against one of them: the built-in one has no part in that unless it is asked for. */
function isAboutStarted(
  { starts = [], baseline }: Partial<TargetOptions> & { baseline?: string | undefined },
  targets: readonly Target[],
): boolean {
  const server = baseline?.split(':')[0];
  return starts.length > 1 && targets.some(({ name }) => name === server);
}

/** Of the built-in server the transports that are asked for, where it is not left out, and those of each target that has them. */
function entrants(
  targets: readonly Target[],
  asked: readonly TransportId[] | undefined,
  targetFiles: readonly string[],
  withoutBuiltin: boolean,
): string[] {
  const offered = new Set(targets.flatMap(offeredBy));
  const wanted = asked ?? TRANSPORT_IDS.filter((id) => (targets.length > 0 ? offered.has(id) : TRAITS[id].isDefault));
  const isIn = targetFiles.length === 0 ? !withoutBuiltin : targetFiles.includes(BUILTIN);
  const own = isIn ? wanted : [];
  return [...own, ...targets.flatMap((target) => entrantsOf(target, wanted))];
}

/** A target file, or one of those in `targets/` by the name of its folder. */
function pathOf(file: string, cwd: string): string {
  const recipe = fileURLToPath(new URL(`../../targets/${file}/target.json`, import.meta.url));
  return TARGET_NAME.test(file) && existsSync(recipe) ? recipe : resolve(cwd, file);
}

/** @throws Error, a sentence, where the file cannot be read, is no JSON, or no target */
function readTarget(path: string): Target {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(
      `cannot be read as JSON (${(error as Error).message}); allowed: ${BUILTIN}, the name of a folder in targets/, or the path of a target file`,
      {
        cause: error,
      },
    );
  }
  assertSchema(Target, value, 'it', 'usage');
  const target = value as Target;
  return { ...target, start: { ...target.start, cwd: resolve(dirname(path), target.start.cwd ?? '.') } };
}

// From the flags of other servers, and from target files, to targets; and from these to what is compared.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suggestion } from '../../server/suggestion.ts';
import { isTransportId, TRAITS, TRANSPORT_IDS, type TransportId } from '../../server/transports/traits.ts';
import { commandWords } from '../basics/command-words.ts';
import { quote } from '../basics/shown.ts';
import { findProxy } from '../proxy/find-proxy.ts';
import { BUILTIN, entrantsOf, NO_PROXY, offeredBy } from '../result/entrant.ts';
import { errorCode } from '../result/folder.ts';
import type { Proxy } from '../result/proxy.ts';
import { schemaDeviation } from '../result/store.ts';
import { type Attach, Target, TARGET_NAME, targetProblem } from '../result/target.ts';
import { doorMistakes } from './door-mistakes.ts';

/** What the command line says of other servers. */
export type TargetOptions = {
  /** Commands that start one each. */
  starts: string[];
  /** Where others run already. */
  urls: string[];
  /** How ticks come to those that run already, or, where there are none, to those that are started. */
  publish: Target['publish'] | undefined;
  /** Of the one that runs already, what is metered. */
  pid: number | undefined;
  pidFile: string | undefined;
  cgroup: string | undefined;
  /** What they are called, those that are started first. */
  names: string[];
  ssePath: string | undefined;
  websocketPath: string | undefined;
  streamPath: string | undefined;
  pollPath: string | undefined;
  longPollPath: string | undefined;
  /** `builtin`, and paths of target files. */
  targetFiles: string[];
  /** `none`, and proxies. */
  via: string[];
};

const RECIPES = new URL('../../targets/', import.meta.url);

const PATHS = {
  sse: 'ssePath',
  websocket: 'websocketPath',
  stream: 'streamPath',
  polling: 'pollPath',
  'long-polling': 'longPollPath',
} as const;
/** The flags of the paths. */
const PATH_FLAGS = {
  sse: 'sse',
  websocket: 'ws',
  stream: 'stream',
  polling: 'poll',
  'long-polling': 'long-poll',
} as const;

/**
 * What the flags ask to compare. Reads target files.
 *
 * @param flags those without a mistake of their own
 * @param areTransportsGiven else they are those that the targets have, or the default ones where there are no targets
 * @param cwd what paths of files are relative to
 * @returns mistakes: what stands against it, each in a sentence
 */
export function comparedOf(
  flags: Partial<TargetOptions> & {
    transports?: readonly TransportId[];
    pollLatest?: boolean;
    baseline?: string | undefined;
  },
  areTransportsGiven: boolean,
  cwd: string,
): { transports: string[]; targets?: Target[]; proxies?: Proxy[]; mistakes: string[] } {
  const mistakes: string[] = [];
  const options = { ...NO_TARGETS, ...flags };
  const targets = targetsOf(options, cwd, mistakes);
  mistakes.push(...targets.flatMap((target) => doorMistakes(target, flags.pollLatest === true)));
  const asked = areTransportsGiven ? flags.transports : undefined;
  const straight = entrants(targets, asked, options.targetFiles, isAboutStarted(flags, targets));
  const ways = waysOf(options.via, cwd, mistakes);
  const transports = straight.flatMap((entrant) => ways.map((way) => (way ? `${way.name}/${entrant}` : entrant)));
  const proxies = ways.filter((way) => way !== null);
  if (mistakes.length === 0 && transports.length === 0) {
    mistakes.push('--transports: the servers have none of these; allowed: what they are given paths for');
  }
  return {
    transports,
    mistakes,
    ...(targets.length > 0 ? { targets } : {}),
    ...(proxies.length > 0 ? { proxies } : {}),
  };
}

/** What is compared in the place of the flags that say so. */
export function withCompared<F extends TargetOptions, C>(flags: F, compared: C): Omit<F, keyof TargetOptions> & C {
  const others = Object.entries(flags).filter(([key]) => !Object.hasOwn(NO_TARGETS, key));
  return { ...(Object.fromEntries(others) as Omit<F, keyof TargetOptions>), ...compared };
}

const NO_TARGETS: TargetOptions = {
  starts: [],
  urls: [],
  publish: undefined,
  pid: undefined,
  pidFile: undefined,
  cgroup: undefined,
  names: [],
  ssePath: undefined,
  websocketPath: undefined,
  streamPath: undefined,
  pollPath: undefined,
  longPollPath: undefined,
  targetFiles: [],
  via: [],
};

/** The ways between clients and server; null is the one without a proxy, which is there where nothing else is asked for. */
function waysOf(words: readonly string[], cwd: string, mistakes: string[]): (Proxy | null)[] {
  const ways = words.flatMap((word) => {
    try {
      return [findProxy(word, cwd)];
    } catch (error) {
      mistakes.push(`--via ${(error as Error).message}`);
      return [];
    }
  });
  const names = ways.map((way) => way?.name ?? NO_PROXY);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) mistakes.push(`--via ${quote(twice)}: stands there twice`);
  return ways.length === 0 ? [null] : ways;
}

/** The servers that are asked for besides the built-in one. */
function targetsOf(options: TargetOptions, cwd: string, mistakes: string[]): Target[] {
  const paths = Object.entries(PATHS).flatMap(([id, key]) => {
    const path = options[key];
    return path === undefined ? [] : [[id, { path }] as const];
  });
  const transports = Object.fromEntries(paths);
  const { starts, urls } = options;
  const nameOf = (index: number) =>
    options.names[index] ?? (starts.length + urls.length === 1 ? 'mine' : `mine${index + 1}`);
  const started = starts.map((text, index): Target => {
    let command: string[] = [];
    try {
      command = commandWords(text);
    } catch (error) {
      mistakes.push(`--start ${(error as Error).message}`);
    }
    const publish = urls.length > 0 ? 'stdin' : (options.publish ?? 'stdin');
    return { name: nameOf(index), start: { command, cwd }, publish, transports };
  });
  const attached = urls.map((url, index): Target => {
    const attach = { url, ...meteredOf(options, cwd) };
    return { name: nameOf(starts.length + index), attach, publish: options.publish ?? 'stdin', transports };
  });
  mistakes.push(...pathMistakes(options, paths), ...attachMistakes(options));
  if (options.names.length > starts.length + urls.length) {
    mistakes.push(
      `--name ${quote(options.names.at(-1)!)}: names no server; give one --start or --target for each --name`,
    );
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
  const targets = [...read, ...started, ...attached];
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

function pathMistakes({ starts, urls }: TargetOptions, paths: readonly (readonly [string, unknown])[]): string[] {
  const isAny = starts.length + urls.length > 0;
  const [first] = paths;
  if (isAny && !first) {
    const flag = starts.length > 0 ? 'start' : 'target';
    return [
      `--${flag}: says not where clients find its ticks; add --sse /path, --ws /path, --stream /path, --poll /path or --long-poll /path`,
    ];
  }
  if (isAny || !first) return [];
  const flag = PATH_FLAGS[first[0] as keyof typeof PATHS];
  return [
    `--${flag}: is a path of the server that --start starts, or that --target names; add --start 'COMMAND' or --target URL`,
  ];
}

/** What of the flags of servers that run already does not go together. */
function attachMistakes({ starts, urls, publish, ...options }: TargetOptions): string[] {
  const meters = (['pid', 'pidFile', 'cgroup'] as const)
    .filter((key) => options[key] !== undefined)
    .map((key) => `--${key === 'pidFile' ? 'pid-file' : key}`);
  const [meter] = meters;
  const found: string[] = [];
  if (urls.length > 0 && publish === undefined) {
    found.push(
      "--target: says not how ticks come to it; add --publish 'POST /path', where a request with a tick as its body is sent on to every client",
    );
  }
  if (urls.length > 0 && (publish === 'self' || publish === 'stdin')) {
    found.push(
      `--publish ${publish}: a server that runs already cannot be told so; allowed with --target: 'POST /path', with --start also this`,
    );
  }
  if (urls.length === 0 && starts.length === 0 && publish !== undefined) {
    found.push('--publish: is how ticks come to the server of --target or --start; add one of them');
  }
  if (meter !== undefined && urls.length !== 1) {
    found.push(
      urls.length === 0
        ? `${meter}: is of the server that --target names; add --target URL, what --start starts is metered anyway`
        : `${meter}: says not of which --target; give each server a target file (docs/targets.md)`,
    );
  }
  if (meters.length > 1) found.push(`${meters.join(', ')}: each says what is metered; give one of them`);
  return found;
}

function meteredOf({ pid, pidFile, cgroup }: TargetOptions, cwd: string): Omit<Attach, 'url'> {
  return {
    ...(pid === undefined ? {} : { pid }),
    ...(pidFile === undefined ? {} : { pidFile: resolve(cwd, pidFile) }),
    ...(cgroup === undefined ? {} : { cgroup }),
  };
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
  return recipeNames().includes(file) ? recipePath(file) : resolve(cwd, file);
}

/** The folders in `targets/` that are servers to measure, by name. */
export function recipeNames(): string[] {
  return readdirSync(RECIPES)
    .filter((name) => existsSync(recipePath(name)))
    .toSorted();
}

/** The target file of a folder in `targets/`. */
export function recipePath(name: string): string {
  return fileURLToPath(new URL(`${name}/target.json`, RECIPES));
}

/**
 * Reads a target file.
 *
 * @throws Error, a sentence, where the file cannot be read, is no JSON, or no target
 */
export function readTarget(path: string): Target {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const names = [BUILTIN, ...recipeNames()];
    throw new Error(
      `there is no such server, and no such file (${errorCode(error)})${suggestion(basename(path), names)}; allowed: ${names.join(', ')}, or ` +
        'the path of a target file',
      { cause: error },
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`is not JSON: ${(error as Error).message}`, { cause: error });
  }
  // It is for editors.
  if (typeof value === 'object' && value !== null) Reflect.deleteProperty(value, '$schema');
  const deviation = schemaDeviation(Target, value);
  if (deviation !== null) {
    throw new Error(
      `is no target file of this version of pushbench, at ${deviation}; its fields are in targets/README.md`,
    );
  }
  const target = value as Target;
  const problem = targetProblem(target);
  if (problem !== null) throw new Error(`it ${problem}`);
  const { start, attach } = target;
  const beside = (file: string) => resolve(dirname(path), file);
  return {
    ...target,
    ...(start ? { start: { ...start, cwd: beside(start.cwd ?? '.') } } : {}),
    ...(attach?.pidFile === undefined ? {} : { attach: { ...attach, pidFile: beside(attach.pidFile) } }),
  };
}

// From the values as they were written to options, and back to the command that repeats a run.
import { PushbenchError } from '../basics/errors.ts';
import { quote } from '../basics/shown.ts';
import type { RunOptions } from '../run/options.ts';
import { contradictions } from './contradictions.ts';
import { comparedOf, withCompared } from './target-flags.ts';
import {
  flagTable,
  RUN_FLAGS,
  type AllOptions,
  type Flag,
  type FlagContext,
  type FlagKey,
  type FlagTable,
} from './flag-table.ts';

/** By name without dashes, each value as it was written, in order; null: the flag stood there without a value. */
export type FlagValues = { readonly [name: string]: readonly (string | null)[] };

/**
 * The options of a run from the values as they were written.
 *
 * @param others mistakes found before, such as unknown flags, to be reported together with those found here
 * @param cwd what paths of target files are relative to
 * @throws {PushbenchError} `usage`, listing all mistakes: each with its flag, the value as given and what is allowed
 */
export function parseRunOptions(
  values: FlagValues,
  context: FlagContext,
  others: readonly string[] = [],
  cwd = process.cwd(),
): RunOptions {
  const read = readFlags(RUN_FLAGS, values, context);
  const { mistakes, ...compared } = comparedOf(read.options, read.isGiven('transports'), cwd);
  const against = contradictions({ ...read.options, ...compared }, read.isGiven, context);
  const options: RunOptions = withCompared(soundFlags(read, others, [...mistakes, ...against]), compared);
  if (values['agents'] === undefined) options.agents = Math.min(options.agents, ...options.clients);
  return options;
}

/**
 * The flags among `keys`, for commands that take a few.
 *
 * @param others mistakes found before, to be reported together with those found here
 * @param judge finds what contradicts itself; options with a mistake of their own are absent from what it is given
 * @throws {PushbenchError} `usage`, as {@link parseRunOptions}
 */
export function parseFlags<K extends FlagKey>(
  keys: readonly K[],
  values: FlagValues,
  context: FlagContext,
  others: readonly string[] = [],
  judge: (options: Partial<Pick<AllOptions, K>>, isGiven: (key: K) => boolean) => string[] = () => [],
): Pick<AllOptions, K> {
  const read = readFlags(keys, values, context);
  return soundFlags(read, others, judge(read.options, read.isGiven));
}

/** Flags, each read by itself. */
export type ReadFlags<K extends FlagKey> = {
  /** Those without a mistake. */
  readonly options: Partial<Pick<AllOptions, K>>;
  readonly mistakes: readonly string[];
  readonly isGiven: (key: K) => boolean;
};

/**
 * All of the flags.
 *
 * @param others mistakes found before
 * @param unfit mistakes that only several of them make
 * @throws {PushbenchError} `usage`, as {@link parseRunOptions}
 */
export function soundFlags<K extends FlagKey>(
  { options, mistakes }: ReadFlags<K>,
  others: readonly string[],
  unfit: readonly string[],
): Pick<AllOptions, K> {
  throwMistakes([...others, ...mistakes, ...unfit]);
  return options as Pick<AllOptions, K>; // without a mistake each is there
}

/** Reads each flag by itself. */
export function readFlags<K extends FlagKey>(
  keys: readonly K[],
  values: FlagValues,
  context: FlagContext,
): ReadFlags<K> {
  const table = flagTable(context.transports);
  const options: Partial<Record<FlagKey, unknown>> = {};
  const mistakes: string[] = [];
  const quick = values[table.quick.name] !== undefined;
  for (const key of keys) {
    const flag: Flag<unknown> = table[key];
    const written = values[flag.name];
    if (written === undefined) {
      options[key] = flag.fallback({ ...context, quick });
      continue;
    }
    if (written.length > 1 && !flag.repeatable) {
      const shown = written.filter((value) => value !== null).join(' and ');
      mistakes.push(`--${flag.name}: given ${written.length} times${shown && ` (${shown})`}; give it once`);
    }
    if (flag.placeholder === null) {
      options[key] = true;
      continue;
    }
    for (const value of written) {
      const parsed = value ? flag.parse(value) : { problem: 'needs a value' };
      if ('problem' in parsed) mistakes.push(mistake(flag, value, parsed.problem));
      else if (flag.repeatable)
        options[key] = [...((options[key] as unknown[] | undefined) ?? []), ...(parsed.value as unknown[])];
      else options[key] = parsed.value;
    }
  }
  // each property was written by the flag of the same key
  const isGiven = (key: K) => values[table[key].name] !== undefined;
  return { options: options as Partial<Pick<AllOptions, K>>, mistakes, isGiven };
}

function mistake(flag: Flag<unknown>, value: string | null, problem: string): string {
  const shown = value === null ? '' : ` ${quote(value)}`;
  const list = flag.list ? '; as a comma list without repetitions' : '';
  return `--${flag.name}${shown}: ${problem}; allowed: ${flag.allowed}${list}`;
}

/**
 * Throws when there are mistakes.
 *
 * @throws {PushbenchError} `usage`, with each mistake on a line of its own
 */
export function throwMistakes(mistakes: readonly string[]): void {
  if (mistakes.length === 0) return;
  const head = mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`;
  const lines = mistakes.map((line) => `  ${line}`).join('\n');
  throw new PushbenchError(
    'usage',
    'BAD_FLAGS',
    `${head} on the command line; nothing was started.\n${lines}\nAll flags: npm run bench -- --help`,
  );
}

/**
 * The command that repeats a run: the flags as they were given, without those that only say where and how to show it,
 * and with the seed.
 */
export function repeatCommand(values: FlagValues, table: FlagTable, seed: number, command = 'run'): string {
  const words = ['npm', 'run', 'bench', '--', command];
  for (const flag of Object.values(table) as Flag<unknown>[]) {
    if (flag.repeats === false || flag === table.seed) continue;
    for (const value of values[flag.name] ?? []) {
      // joined where the value would be read as a flag of its own
      if (value === null) words.push(`--${flag.name}`);
      else if (value.startsWith('-')) words.push(`--${flag.name}=${quote(value)}`);
      else words.push(`--${flag.name}`, quote(value));
    }
  }
  words.push(`--${table.seed.name}`, String(seed));
  return words.join(' ');
}

import { inspect, parseArgs } from 'node:util';
import { swallowedFlags, swallowedMessage } from '../../server/package-runner.ts';
import { EXIT, PushbenchError } from '../basics/errors.ts';
import { flagTable, type Flag, type FlagTable } from './flag-table.ts';
import { quote, visible } from '../basics/shown.ts';
import { TRANSPORT_IDS } from '../../server/transports/traits.ts';
import { helpText } from './terminal/help.ts';
import type { Command, Invocation, Surroundings } from './command.ts';
import { suggestion } from '../../server/suggestion.ts';

/**
 * Runs the command that the arguments name.
 *
 * @param argv without the program's own name
 * @param version as `--version` shows it
 * @param commands the first one runs when none is named
 * @returns the exit code; whatever went wrong stands on stderr
 */
export async function main(
  argv: readonly string[],
  version: string,
  surroundings: Surroundings,
  commands: readonly [Command, ...Command[]],
): Promise<number> {
  const table = flagTable(TRANSPORT_IDS);
  const { stdout } = surroundings;
  try {
    refuseSwallowed(table, surroundings);
    const [first] = argv;
    const isHelp = first === 'help';
    const named = commands.find(({ name }) => name === (isHelp ? argv[1] : first));
    const command = named ?? commands[0];
    const words = readWords(argv.slice((isHelp ? 1 : 0) + (named ? 1 : 0)), table);
    const has = (...names: string[]) => words.some((word) => word.type === 'flag' && names.includes(word.name));
    if (isHelp || has('help', 'h')) stdout.write(helpText(command, commands, table, stdout.columns ?? 100));
    else if (has('version', 'V')) stdout.write(`${version}\n`);
    else return await command.execute(sortWords(words, command, commands, table), surroundings);
    return EXIT.done.code;
  } catch (error) {
    return reportFailure(error, surroundings);
  }
}

/** @throws {PushbenchError} `usage` where npm took flags for itself: nothing of what was asked for would happen */
function refuseSwallowed(table: FlagTable, { env }: Surroundings): void {
  const names = Object.values(table).map(({ name }) => name);
  const taken = swallowedFlags(env, names);
  if (taken.length > 0) throw new PushbenchError('usage', 'SWALLOWED', swallowedMessage(taken, 'npm run bench'));
}

/** One word of the command line. `literal`: it stands behind a lone `--`, and is no flag whatever it looks like. */
type Word =
  | { type: 'flag'; written: string; name: string; value: string | null }
  | { type: 'operand'; written: string; literal: boolean };

/** Takes the command line apart, without a judgement: unknown flags and values that are missing are told with all else. */
function readWords(argv: readonly string[], table: FlagTable): Word[] {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const joined = joinValues(argv.slice(0, end), table);
  const args = [...joined, ...argv.slice(end)];
  const { tokens } = parseArgs({ args, options: {}, strict: false, tokens: true });
  const seen = new Set<number>();
  return tokens.flatMap((token): Word[] => {
    const written = args[token.index]!;
    if (token.kind === 'option-terminator') return [];
    if (token.kind === 'positional') return [{ type: 'operand', written, literal: token.index > joined.length }];
    // short ones may stand together behind one dash; there is none that takes a value
    if (seen.has(token.index)) return [];
    seen.add(token.index);
    return [{ type: 'flag', written, name: token.name, value: token.value ?? null }];
  });
}

/**
 * Writes `--flag value` as `--flag=value` for flags that take one, so that values with a dash, as in `--duration -1s`, are
 * judged as values of their flag. What looks like another flag is left apart: the value is missing then.
 */
export function joinValues(argv: readonly string[], table: FlagTable): string[] {
  const takesValue = new Set(
    Object.values(table)
      .filter((flag) => flag.placeholder !== null)
      .map((flag) => `--${flag.name}`),
  );
  const joined: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    const next = argv[i + 1];
    if (takesValue.has(word) && next !== undefined && !/^-(-|[A-Za-z])/.test(next)) {
      joined.push(`${word}=${next}`);
      i++;
    } else {
      joined.push(word);
    }
  }
  return joined;
}

/** What a command was given: values of its flags, its operands, and what is wrong with the rest. */
function sortWords(
  words: readonly Word[],
  command: Command,
  commands: readonly Command[],
  table: FlagTable,
): Invocation {
  const own = new Map(command.flags.map((key) => [table[key].name, table[key] as Flag<unknown>]));
  const values: Record<string, (string | null)[]> = {};
  const operands: string[] = [];
  const mistakes: string[] = [];
  let afterUnknownFlag = false;
  for (const word of words) {
    const isValue = afterUnknownFlag && word.type === 'operand' && !word.literal;
    afterUnknownFlag = false;
    if (word.type === 'flag') {
      const flag = word.written.startsWith('--') ? own.get(word.name) : undefined;
      if (flag !== undefined && (word.value === null || flag.placeholder !== null)) {
        (values[word.name] ??= []).push(word.value);
      } else {
        mistakes.push(unknownFlag(word.written, command, commands, table));
        afterUnknownFlag = word.value === null;
      }
    } else if (isValue) {
      // the value of the unknown flag, or an operand: the flag is the mistake to repair first
    } else if (operands.length < command.operands.length) {
      operands.push(word.written);
    } else {
      mistakes.push(unexpectedOperand(word.written, command, commands));
    }
  }
  const missing = command.operands.slice(operands.length).filter((operand) => !operand.startsWith('['));
  if (missing.length > 0) {
    mistakes.push(`${command.name} ${missing.join(' ')}: missing; see npm run bench -- ${command.name} --help`);
  }
  return { values, operands, mistakes };
}

function unknownFlag(word: string, command: Command, commands: readonly Command[], table: FlagTable): string {
  const [name = word, ...value] = word.split('=');
  const own = command.flags.map((key) => `--${table[key].name}`);
  if (own.includes(name)) return `${name}=${quote(value.join('='))}: a switch takes no value; allowed: ${name}`;
  const others = commands.filter((other) => other.flags.some((key) => `--${table[key].name}` === name));
  if (others.length > 0) {
    return `${quote(word)}: not a flag of ${command.name}, but of ${others.map((other) => other.name).join(' and ')}`;
  }
  const hint = suggestion(name, [...own, '--help', '--version']);
  return `${quote(word)}: unknown flag${hint}${hint === '' ? `; allowed: ${own.join(' ')}` : ''}`;
}

function unexpectedOperand(word: string, command: Command, commands: readonly Command[]): string {
  const names = commands.map((each) => each.name);
  if (names.includes(word)) return `${word}: the command comes first: npm run bench -- ${word} [flags]`;
  if (command !== commands[0])
    return `${quote(word)}: unexpected; ${command.name} takes ${command.operands.length || 'none'}`;
  return `${quote(word)}: unknown command${suggestion(word, names)}; allowed: ${names.join(', ')}`;
}

/** Writes what a person can do about it, or, of a defect, all that helps to find it. */
function reportFailure(error: unknown, { stderr }: Surroundings): number {
  if (error instanceof PushbenchError && error.reason !== 'defect') {
    stderr.write(`pushbench: ${error.message}\n`);
    return EXIT[error.reason].code;
  }
  // with its stack, its causes and their properties
  const shown = inspect(error).split('\n').map(visible).join('\n');
  stderr.write(
    `pushbench: a defect in pushbench. Please report it on the project's issue tracker, with the command and this text.\n${shown}\n`,
  );
  return EXIT.defect.code;
}

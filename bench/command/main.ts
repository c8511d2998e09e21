import { inspect } from 'node:util';
import { Command as Parser, CommanderError } from 'commander';
import { swallowedFlags, swallowedMessage } from '../../server/package-runner.ts';
import { EXIT, PushbenchError } from '../basics/errors.ts';
import { flagTable, type Flag, type FlagTable, type FlagValues } from './flags.ts';
import { quote, visible } from '../basics/shown.ts';
import { TRANSPORT_IDS } from '../../server/transports/traits.ts';
import { helpText } from './terminal/help.ts';
import type { Command, Invocation, Surroundings } from './command.ts';
import { suggestion } from '../basics/suggest.ts';

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
  try {
    refuseSwallowed(table, surroundings);
    let chosen: { command: Command; invocation: Invocation } | null = null;
    // what follows a lone -- are operands, whatever they look like; commander would not tell them from unknown flags
    const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
    const literal = argv.slice(end + 1);
    const parser = createParser(commands, table, version, surroundings, (command, values, args) => {
      chosen = { command, invocation: { values, ...sortArguments(args, literal, command, commands, table) } };
    });
    parser.parse(joinValues(argv.slice(0, end), table), { from: 'user' });
    return await execute(chosen, surroundings);
  } catch (error) {
    // --help and --version also leave commander this way
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done.code;
    return reportFailure(error, surroundings);
  }
}

/** @throws {PushbenchError} `usage` where npm took flags for itself: nothing of what was asked for would happen */
function refuseSwallowed(table: FlagTable, { env }: Surroundings): void {
  const names = Object.values(table).map(({ name }) => name);
  const taken = swallowedFlags(env, names);
  if (taken.length > 0) throw new PushbenchError('usage', 'SWALLOWED', swallowedMessage(taken, 'npm run bench'));
}

/** The parameter's type is wider than what the compiler believes after the callback above. */
function execute(
  chosen: { command: Command; invocation: Invocation } | null,
  surroundings: Surroundings,
): Promise<number> | number {
  return chosen === null ? EXIT.done.code : chosen.command.execute(chosen.invocation, surroundings);
}

/**
 * Commander finds the command and its flags. It would stop at the first mistake, so that unknown flags and operands are
 * let through and collected here.
 */
function createParser(
  commands: readonly [Command, ...Command[]],
  table: FlagTable,
  version: string,
  { stdout, stderr }: Surroundings,
  choose: (command: Command, values: FlagValues, unrecognised: readonly string[]) => void,
): Parser {
  const output = { writeOut: stdout.write, writeErr: stderr.write };
  const help = (command: Command) => helpText(command, commands, table, stdout.columns ?? 100);
  const program = new Parser('pushbench')
    .version(version, '-V, --version')
    .exitOverride()
    .configureOutput(output)
    .configureHelp({ formatHelp: () => help(commands[0]) })
    .allowUnknownOption()
    .allowExcessArguments();

  for (const command of commands) {
    const values: Record<string, (string | null)[]> = {};
    const parser = program
      .command(command.name, { isDefault: command === commands[0] })
      .configureHelp({ formatHelp: () => help(command) })
      .allowUnknownOption()
      .allowExcessArguments();
    for (const key of command.flags) {
      const flag: Flag<unknown> = table[key];
      // a value that is missing must not stop the parser, so to commander it is optional
      parser.option(flag.placeholder === null ? `--${flag.name}` : `--${flag.name} [value]`);
      parser.on(`option:${flag.name}`, (value: string | null | undefined) => {
        (values[flag.name] ??= []).push(value ?? null);
      });
    }
    parser.action(() => choose(command, values, parser.args));
  }
  return program;
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

/** What commander did not recognise: operands of the command, and mistakes. */
function sortArguments(
  args: readonly string[],
  literal: readonly string[],
  command: Command,
  commands: readonly Command[],
  table: FlagTable,
): Pick<Invocation, 'operands' | 'mistakes'> {
  const operands: string[] = [];
  const mistakes: string[] = [];
  const take = (word: string) => {
    if (operands.length < command.operands.length) operands.push(word);
    else mistakes.push(unexpectedOperand(word, command, commands));
  };
  let afterUnknownFlag = false;
  for (const word of args) {
    if (word.length > 1 && word.startsWith('-')) {
      mistakes.push(unknownFlag(word, command, commands, table));
      afterUnknownFlag = !word.includes('=');
    } else if (afterUnknownFlag) {
      // the value of the unknown flag, or an operand: the flag is the mistake to repair first
      afterUnknownFlag = false;
    } else {
      take(word);
    }
  }
  literal.forEach(take);
  if (operands.length < command.operands.length) {
    const missing = command.operands.slice(operands.length).join(' ');
    mistakes.push(`${command.name} ${missing}: missing; see npm run bench -- ${command.name} --help`);
  }
  return { operands, mistakes };
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

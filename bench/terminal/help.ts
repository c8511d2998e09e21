import type { Command } from '../commands/command.ts';
import { EXIT } from '../errors.ts';
import { FLAG_GROUPS, type Flag, type FlagTable } from '../flags.ts';
import { wrap } from './style.ts';

const MAX_WIDTH = 100;
const START = 'npm run bench --';

/**
 * The help of one command, or, where it is the default one asked for without its name, of the whole program: examples,
 * commands, flags in groups with defaults and what is allowed, exit codes.
 */
export function helpText(command: Command, commands: readonly Command[], table: FlagTable, columns: number): string {
  const width = Math.max(60, Math.min(MAX_WIDTH, columns));
  const operands = command.operands.map((operand) => ` ${operand}`).join('');
  const isDefault = command === commands[0];
  const usage = isDefault ? `${START} [command] [flags]` : `${START} ${command.name}${operands} [flags]`;
  const sections = [
    [command.summary],
    [
      'Examples',
      ...command.examples.flatMap(([line, does]) => [`  ${does}:`, `    ${START} ${line}`.replace(/ -- $/, '')]),
    ],
    [`Usage: ${usage}`],
  ];
  if (isDefault) {
    const lines = commands.map((each): [string, string] => [[each.name, ...each.operands].join(' '), each.summary]);
    sections.push([
      `Commands (without one: ${command.name}; flags of another: ${START} COMMAND --help)`,
      ...pairs(lines, width),
    ]);
  }
  for (const [group, title] of Object.entries(FLAG_GROUPS)) {
    const flags = command.flags.map((key): Flag<unknown> => table[key]).filter((flag) => flag.group === group);
    if (flags.length > 0) sections.push([title, ...pairs(flags.map(flagPair), width)]);
  }
  sections.push([
    'Exit codes',
    ...pairs(
      Object.values(EXIT).map(({ code, meaning }) => [String(code), meaning]),
      width,
    ),
  ]);
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function flagPair(flag: Flag<unknown>): [string, string] {
  const value = flag.placeholder === null ? '' : ` ${flag.placeholder}`;
  const facts = [flag.allowed, flag.defaultText && `default: ${flag.defaultText}`].filter((fact) => fact !== '');
  return [`--${flag.name}${value}`, `${flag.help}${facts.length > 0 ? ` [${facts.join('; ')}]` : ''}`];
}

/** Two columns, the second one wrapped. */
function pairs(rows: readonly (readonly [string, string])[], width: number): string[] {
  const first = Math.max(...rows.map(([left]) => left.length));
  return rows.flatMap(([left, right]) =>
    wrap(right, width - first - 4).map((line, index) => `  ${(index === 0 ? left : '').padEnd(first)}  ${line}`),
  );
}

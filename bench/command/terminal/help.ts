import type { Command } from '../command.ts';
import { EXIT } from '../../basics/errors.ts';
import { FLAG_GROUPS, type Flag, type FlagTable } from '../flag-table.ts';
import { definitions, hang, wrap } from './style.ts';

const MIN_WIDTH = 40;
const MAX_WIDTH = 100;
const START = 'npm run bench --';

/**
 * The help of one command, or, where it is the default one asked for without its name, of the whole program: examples,
 * commands, flags in groups with defaults and what is allowed, exit codes.
 */
export function helpText(command: Command, commands: readonly Command[], table: FlagTable, columns: number): string {
  const width = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, columns));
  const operands = command.operands.map((operand) => ` ${operand}`).join('');
  const isDefault = command === commands[0];
  const usage = isDefault ? `${START} [command] [flags]` : `${START} ${command.name}${operands} [flags]`;
  const flags = command.flags.map((key): Flag<unknown> => table[key]);
  // one for all groups, so that the eye runs down one edge
  const nameWidth = Math.max(...flags.map((flag) => flagName(flag).length));
  const sections = [
    hang(wrap(`pushbench${isDefault ? '' : ` ${command.name}`}: ${command.summary}`, width - 2), '  '),
    [
      'Examples',
      ...command.examples.flatMap(([line, does]) => [
        ...wrap(`${does}:`, width - 2).map((text) => `  ${text}`),
        // never broken, so that it can be copied
        `    ${START} ${line}`.replace(/ -- $/, ''),
      ]),
    ],
    [`Usage: ${usage}`],
  ];
  if (isDefault) {
    const lines = commands.map((each): [string, string] => [[each.name, ...each.operands].join(' '), each.summary]);
    sections.push([
      ...wrap(`Commands (without one: ${command.name}; flags of another: ${START} COMMAND --help)`, width),
      ...definitions(lines, width),
    ]);
  }
  for (const [group, title] of Object.entries(FLAG_GROUPS)) {
    const rows = flags.filter((flag) => flag.group === group).map((flag) => [flagName(flag), flagText(flag)] as const);
    if (rows.length > 0) sections.push([...wrap(title, width), ...definitions(rows, width, nameWidth)]);
  }
  const codes = Object.values(EXIT).map(({ code, meaning }) => [String(code), meaning] as const);
  sections.push(['Exit codes', ...definitions(codes, width)]);
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function flagName({ name, placeholder }: Flag<unknown>): string {
  return `--${name}${placeholder === null ? '' : ` ${placeholder}`}`;
}

function flagText({ help, allowed, defaultText, placeholder }: Flag<unknown>): string {
  // that a switch is off until it is given goes without saying
  const facts = [allowed, defaultText && placeholder !== null ? `default: ${defaultText}` : ''].filter(Boolean);
  return `${help}${facts.length > 0 ? ` [${facts.join('; ')}]` : ''}`;
}

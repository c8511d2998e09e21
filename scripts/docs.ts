// Writes the tables of docs/flags.md that the program knows better: commands, flags, metrics, exit codes. `npm run docs`.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { COMMANDS } from '../bench/command/index.ts';
import { LAB_COMMANDS } from '../bench/lab/index.ts';
import { EXIT } from '../bench/basics/errors.ts';
import { metricInfos } from '../bench/judge/metrics.ts';
import { FLAG_GROUPS, flagTable, type Flag } from '../bench/command/flag-table.ts';
import { TRANSPORT_IDS } from '../server/transports/traits.ts';
import { writeOrCheck } from './generated.ts';

const path = fileURLToPath(new URL('../docs/flags.md', import.meta.url));

/** Replaces what stands between the markers `<!-- name -->` and `<!-- /name -->`. */
function fill(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/flags.md lacks the markers ${begin} and ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`;
}

/** A text as a cell: outside of code, what stands in angle brackets would be taken for HTML and not be shown. */
function cellText(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/`[^`]*`|<(?=[a-z])/g, (found) => (found === '<' ? '&lt;' : found));
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cellText).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function flags(): string {
  const all: Flag<unknown>[] = Object.values(flagTable(TRANSPORT_IDS));
  return Object.entries(FLAG_GROUPS)
    .map(([group, title]) => {
      const rows = all
        .filter((flag) => flag.group === group)
        .map((flag) => [
          `\`--${flag.name}${flag.placeholder === null ? '' : ` ${flag.placeholder}`}\``,
          flag.defaultText ?? '',
          flag.allowed,
          flag.help,
        ]);
      return `**${title}**\n\n${table(['flag', 'default', 'allowed', 'meaning'], rows)}`;
    })
    .join('\n\n');
}

function commands(): string {
  const rows = [...COMMANDS, ...LAB_COMMANDS].map((command) => [
    `\`${[command.name, ...command.operands].join(' ')}\``,
    command.summary,
  ]);
  return table(['command', 'does'], rows);
}

function exitCodes(): string {
  const rows = Object.values(EXIT).map(({ code, meaning }) => [String(code), meaning]);
  return table(['code', 'meaning'], rows);
}

function metrics(): string {
  const rows = metricInfos().map(({ id, label, unit, better }) => [`\`${id}\``, label, unit, better]);
  return table(['metric', 'what', 'unit', 'better'], rows);
}

let text = readFileSync(path, 'utf8');
text = fill(text, 'commands', commands());
text = fill(text, 'flags', flags());
text = fill(text, 'metrics', metrics());
text = fill(text, 'exit codes', exitCodes());
writeOrCheck(path, text, 'npm run docs');

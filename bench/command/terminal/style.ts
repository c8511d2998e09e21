import { styleText } from 'node:util';
import { visible } from '../../basics/shown.ts';

/** Where text goes: a stream, or an array in a test. */
export type Output = {
  write: (text: string) => void;
  readonly isTTY: boolean;
  /** Width in characters; undefined where there is no terminal. It changes when the window does. */
  readonly columns: number | undefined;
};

type Format = Parameters<typeof styleText>[0];

/** An explanation narrower than that stands below its name instead of beside it. */
const MIN_EXPLANATION = 30;

/** Colours a text, or leaves it as it is. */
export type Paint = (format: Format, text: string) => string;

/**
 * Whether to colour what is written to a stream: the flag decides; where it says `auto`, NO_COLOR, then FORCE_COLOR, then
 * TERM=dumb, then whether it is a terminal.
 */
export function wantsColor(
  flag: 'auto' | 'always' | 'never',
  env: Readonly<Record<string, string | undefined>>,
  isTTY: boolean,
): boolean {
  if (flag !== 'auto') return flag === 'always';
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0' && env['FORCE_COLOR'] !== 'false';
  return env['TERM'] === 'dumb' ? false : isTTY;
}

/** The function that colours, or the one that does not. */
export function painter(colored: boolean): Paint {
  // the decision was taken by wantsColor, not by what styleText finds out about a stream
  return colored ? (format, text) => styleText(format, text, { validateStream: false }) : (_format, text) => text;
}

const ONE_COLUMN_EACH = /^[\u0020-\u007E\u00A0-\u02FF·…]*$/;
/** Emoji, and the scripts whose characters stand on two columns (Unicode Standard Annex 11, East Asian Width). */
const TWO_COLUMNS =
  /\p{Emoji_Presentation}|[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}]/u;
const NO_COLUMN = /^[\p{Mark}\p{Format}]+$/u;

function* characters(text: string): Generator<{ text: string; columns: number }> {
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    yield { text: segment, columns: TWO_COLUMNS.test(segment) ? 2 : NO_COLUMN.test(segment) ? 0 : 1 };
  }
}

/** How many columns a text without colours takes on a terminal. */
export function columnsOf(text: string): number {
  if (ONE_COLUMN_EACH.test(text)) return text.length;
  let sum = 0;
  for (const { columns } of characters(text)) sum += columns;
  return sum;
}

/** A text cut to a width, with an ellipsis where something is missing. For texts without colours. */
export function fit(text: string, width: number): string {
  if (columnsOf(text) <= width) return text;
  let kept = '';
  let left = width - 1;
  for (const character of characters(text)) {
    left -= character.columns;
    if (left < 0) break;
    kept += character.text;
  }
  return `${kept}…`;
}

/** A text broken into lines of at most `width` columns at its spaces; longer words stay whole. */
export function wrap(text: string, width: number): string[] {
  return pack(text.split(' '), ' ', width);
}

/** Parts in lines of at most `width` columns, as many in each as fit with the separator between; none is divided. */
export function pack(parts: readonly string[], separator: string, width: number): string[] {
  const [first = '', ...others] = parts;
  const lines: string[] = [];
  let line = first;
  for (const part of others) {
    const longer = `${line}${separator}${part}`;
    if (columnsOf(longer) <= width) {
      line = longer;
    } else {
      lines.push(line);
      line = part;
    }
  }
  return [...lines, line];
}

/** Lines below one another, all but the first moved to the right. */
export function hang(lines: readonly string[], indent: string): string[] {
  return lines.map((line, index) => (index === 0 ? line : `${indent}${line}`));
}

/** Rows of cells as lines, columns two spaces apart; the first `left` columns are aligned to the left, others right. */
export function table(rows: readonly (readonly string[])[], left: number): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, columnsOf(cell));
  }
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const space = ' '.repeat(widths[column]! - columnsOf(cell));
        return column < left ? `${cell}${space}` : `${space}${cell}`;
      })
      .join('  ')
      .trimEnd(),
  );
}

/**
 * A name and its explanation on each row: beside it in a column of its own or, where that would be too narrow, below.
 *
 * @param nameWidth of the first column, so that several lists can share one
 */
export function definitions(
  rows: readonly (readonly [string, string])[],
  width: number,
  nameWidth = Math.max(...rows.map(([name]) => columnsOf(name))),
): string[] {
  const beside = width - nameWidth - 4;
  return rows.flatMap(([name, text]) =>
    beside < MIN_EXPLANATION
      ? [`  ${name}`, ...wrap(text, width - 6).map((line) => `      ${line}`)]
      : wrap(text, beside).map((line, index) => `  ${(index === 0 ? name : '').padEnd(nameWidth)}  ${line}`),
  );
}

/** A label between quotes, cut where it is long. */
export function quoteLabel(label: string): string {
  return `"${fit(visible(label), 40)}"`;
}

import { styleText } from 'node:util';

/** Where text goes: a stream, or an array in a test. */
export type Output = {
  write: (text: string) => void;
  readonly isTTY: boolean;
  /** Width in characters; undefined where there is no terminal. It changes when the window does. */
  readonly columns: number | undefined;
};

type Format = Parameters<typeof styleText>[0];

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

/**
 * A text from elsewhere with whatever could act on a terminal (control and direction characters) shown as an escape, so
 * that an error message of a server cannot move the cursor.
 */
export function visible(text: string): string {
  return text.replaceAll(
    // oxlint-disable-next-line no-control-regex -- finding them is what it is for
    /[\u0000-\u001F\u007F-\u009F\u200E\u200F\u2028-\u202E\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A text cut to a width, with an ellipsis where something is missing. For texts without colours. */
export function fit(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** A text broken into lines of at most `width` characters at its spaces; longer words stay whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines;
}

/** Rows of cells as lines, columns two spaces apart; the first `left` columns are aligned to the left, others right. */
export function table(rows: readonly (readonly string[])[], left: number): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, column) => (column < left ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}

/** A label between quotes, cut where it is long. */
export function quoteLabel(label: string): string {
  return `"${fit(visible(label), 40)}"`;
}

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

/** A text as a POSIX shell reads it back; what could act on a terminal is shown as an escape. */
export function quote(value: string): string {
  if (/^[\w.,:/@%+=-]+$/.test(value)) return value;
  return `'${visible(value).replaceAll("'", String.raw`'\''`)}'`;
}

/** The first line of what a program printed; null where that is empty. */
export function firstLine(printed: string): string | null {
  const [line = ''] = printed.trim().split('\n');
  return line === '' ? null : visible(line).slice(0, 200);
}

import type { ReadText } from '../../bench/basics/read-text.ts';

/** Reads from these files, and from no others. */
export function readerOf(files: Readonly<Record<string, string>>): ReadText {
  return (path) => files[path] ?? null;
}

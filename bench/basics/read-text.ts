import { readFileSync } from 'node:fs';

/** How the files are read in which a system tells of itself; replaced in tests. */
export type ReadText = (path: string) => string | null;

/** The text of a file; null where there is none, or it may not be read. */
export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

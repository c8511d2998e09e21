import { readFileSync } from 'node:fs';

/**
 * The soft limit of open files of this process, which its children inherit, as Linux tells. Infinity: there is none; null: the
 * system does not tell.
 */
export function openFilesLimit(): number | null {
  try {
    return parseLimits(readFileSync('/proc/self/limits', 'utf8'));
  } catch {
    return null;
  }
}

/** The soft limit of open files in the text of `/proc/<pid>/limits`; Infinity: none; null: not in the text. */
export function parseLimits(text: string): number | null {
  const soft = /^Max open files\s+(\S+)/m.exec(text)?.[1];
  if (soft === undefined) return null;
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}

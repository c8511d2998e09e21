import type { Progress } from './progress-display.ts';
import type { Paint, Output } from './style.ts';

export type ProgressKind = 'live' | 'plain' | 'json' | 'off';

/** What `auto` means here: live where there is a terminal that can move its cursor, else plain lines. */
export function progressKind(
  flag: 'auto' | ProgressKind,
  env: Readonly<Record<string, string | undefined>>,
  isTTY: boolean,
): ProgressKind {
  if (flag !== 'auto') return flag;
  return isTTY && env['TERM'] !== 'dumb' ? 'live' : 'plain';
}

/** The display of that kind; only its module is loaded. */
export async function openProgress(kind: ProgressKind, output: Output, paint: Paint): Promise<Progress> {
  if (kind === 'live') return (await import('./live.ts')).liveProgress(output, paint);
  if (kind === 'plain') return (await import('./plain.ts')).plainProgress(output);
  if (kind === 'json') return (await import('./json.ts')).jsonProgress(output);
  return { handle: () => {}, stop: () => {} };
}

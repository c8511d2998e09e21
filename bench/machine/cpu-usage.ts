import { readFileSync } from 'node:fs';
import { nowUs } from '../../server/clock.ts';

/** Clock ticks per second in /proc, 100 on every Linux that Node runs on (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** Over less the steps of 10 ms in which /proc counts would show, and reading it would cost more than it tells. */
const MIN_INTERVAL_US = 1_000_000;

/**
 * Returns the function that tells how many cores the processes use, from outside them, over the last second or more: for
 * live display only. Null until a second has passed, and where the system does not tell.
 */
export function watchCores(pids: readonly number[]): () => number | null {
  let lastUs = nowUs();
  let lastTicks = cpuTicks(pids);
  let cores: number | null = null;
  return () => {
    const atUs = nowUs();
    if (atUs - lastUs < MIN_INTERVAL_US) return cores;
    const ticks = cpuTicks(pids);
    cores =
      ticks === null || lastTicks === null ? null : (ticks - lastTicks) / TICKS_PER_SECOND / ((atUs - lastUs) * 1e-6);
    lastUs = atUs;
    lastTicks = ticks;
    return cores;
  };
}

function cpuTicks(pids: readonly number[]): number | null {
  try {
    return pids.reduce((sum, pid) => {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name in parentheses may hold anything; behind it utime and stime are the 12th and 13th fields.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return sum + Number(fields[11]) + Number(fields[12]);
    }, 0);
  } catch {
    return null;
  }
}

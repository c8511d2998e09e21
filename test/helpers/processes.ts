import { readdirSync, readFileSync } from 'node:fs';
import { until } from './until.ts';

/** Process ids of the living children of a process, from /proc. */
export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const [state, parentPid] = statOf(pid);
      return parentPid === String(parent) && state !== 'Z';
    });
}

/** Process ids of the living children of a process, their children, and so on. */
export function descendantsOf(parent: number): number[] {
  return childrenOf(parent).flatMap((child) => [child, ...descendantsOf(child)]);
}

/** The command line of a process; empty when it is gone. */
export function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}

/** Whether a process still runs: one that has ended and is not waited for yet, as init may take its time to, does not. */
export function isRunning(pid: number): boolean {
  const [state] = statOf(pid);
  return state !== undefined && state !== '' && state !== 'Z';
}

/** Waits until this process has no other children than `known`. */
export function onlyChildren(known: readonly number[]): Promise<void> {
  return until(
    () => childrenOf(process.pid).every((pid) => known.includes(pid)),
    'every process that was started is gone',
  );
}

function statOf(pid: number): string[] {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

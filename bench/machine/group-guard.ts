import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Ends a process group when this process ends without having done so. */
export type GroupGuard = {
  /** Says which group. */
  watch(groupId: number): void;
  /** The group is gone, or is no business of ours; resolves once the guard is gone. */
  dismiss(): Promise<void>;
};

/**
 * Reads the group's id, then waits for a line: the end of its standard input comes before it only where the process that holds the
 * other end is gone, be it by SIGKILL, which no handler outlives.
 */
const SCRIPT = 'read -r group && { read -r done || kill -s KILL -- "-$group"; }';

/**
 * Starts a guard: a shell, of a session of its own, so that what ends this process and its group leaves it. The kernel's own
 * means, PR_SET_PDEATHSIG (setpriv --pdeathsig), ends the one process that asks for it and none that this one starts.
 * Start it before the group, so that there is no time without. Where there is no `sh`, there is no guard.
 */
export function startGuard(): GroupGuard {
  const guard = spawn('sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  const gone = guard.pid === undefined ? undefined : once(guard, 'exit');
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  // It waits for this process, not this process for it.
  guard.unref();
  return {
    watch: (groupId) => void guard.stdin.write(`${groupId}\n`),
    dismiss: async () => {
      guard.ref();
      // The first of the lines is the id where it was not told one.
      if (!guard.stdin.writableEnded) guard.stdin.end('\n\n');
      await gone;
    },
  };
}

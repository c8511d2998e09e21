import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Writable } from 'node:stream';
import { startGuard } from './group-guard.ts';
import { keepTail } from './output-tail.ts';

/** A command of somebody else's that was started, with all that it starts in its process group. */
export type OwnedProcess = {
  readonly pid: number;
  readonly stdin: Writable;
  /** Resolves with how it ended, as the end of a sentence: `ended at once with code 1. It said: ...` */
  readonly ended: Promise<string>;
  /** The end of what it wrote. */
  tail(): string;
  /** Asks its whole group to end, and ends what is left after the grace, by a signal that nobody ignores. */
  stop(signal: string, graceMs: number): Promise<void>;
};

/** As much of its output as an error quotes. */
const KEPT_BYTES = 2000;

/** How soon its end is noticed where others of its group live on. */
const LOOK_MS = 20;

/**
 * Starts a command without a shell, in a process group of its own, which ends with this process, however that ends. That it cannot
 * be started is an end like any other.
 */
export function startOwned(
  [program, ...args]: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): OwnedProcess {
  const guard = startGuard();
  const child = spawn(program!, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const tail = keepTail([child.stdout, child.stderr], KEPT_BYTES);
  child.stdin.on('error', () => undefined); // that it has ended is told by `ended`
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve(
        error.code === 'ENOENT'
          ? `cannot be started: ${program} or its folder is not there`
          : `cannot be started: ${error.message}`,
      ),
    );
    // its output is read to the end by then
    child.once('close', (code, signal) => {
      const said = tail();
      resolve(
        `ended ${signal === null ? `with code ${code}` : `by ${signal}`}${said === '' ? '' : `. It said: ${said}`}`,
      );
    });
  });
  const pid = child.pid ?? 0;
  if (pid > 0) guard.watch(pid);
  return {
    pid,
    stdin: child.stdin,
    ended,
    tail,
    stop: async (signal, graceMs) => {
      if (pid > 0) await endGroup(pid, signal as NodeJS.Signals, graceMs);
      await guard.dismiss();
    },
  };
}

async function endGroup(pid: number, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  signalGroup(pid, signal);
  for (const endMs = performance.now() + graceMs; isGroupAlive(pid) && performance.now() < endMs;) await sleep(LOOK_MS);
  signalGroup(pid, 'SIGKILL');
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // nobody is left of it
  }
}

function isGroupAlive(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}

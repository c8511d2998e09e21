import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { PushbenchError } from '../basics/errors.ts';
import { CHILD_EXEC_ARGV, childEnvironment } from '../machine/child-environment.ts';
import type { Channel } from './channel.ts';
import { onCores } from '../machine/pinning.ts';

/** A process of ours, and the line to it. */
export type Child<Out, In> = Channel<Out, In> & {
  readonly pid: number;
  /** Asks it to end by the `stop` message, cuts it after `graceMs`; resolves once it is gone. */
  stop(graceMs: number): Promise<void>;
  /** Ends it at once, also where it is stopped or busy. */
  kill(): void;
};

/** Which entry to start: a path from the repository's root. */
type Entry = `${'server' | 'bench'}/${string}.ts`;

/** An entry, and the arguments behind those that whoever starts it gives. */
export type Program = readonly [Entry, ...string[]];

/** Why a process cannot be started on a machine that has no more of something. */
const OUT_OF: ReadonlySet<string | undefined> = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM']);

/** As much of a child's standard error as its error message quotes. */
const KEPT_STDERR = 2000;

/** Starts all in turn; where one throws, ends those before it and throws the same: nobody else knows of them. */
export function startAll<T extends { kill(): void }>(starts: readonly (() => T)[]): T[] {
  const started: T[] = [];
  try {
    for (const start of starts) started.push(start());
  } catch (error) {
    for (const one of started) one.kill();
    throw error;
  }
  return started;
}

/** Puts a command into surroundings of its own: what it returns goes on as that command, under the same process id. */
export type Within = (command: readonly string[]) => string[];

/**
 * Starts one of our processes on the Node that runs this one.
 *
 * @param cpu the core to pin it to, several of them, or null for none
 * @param within where else than in this process's own surroundings
 */
export function startChild<Out, In>(
  entry: Entry,
  args: readonly string[],
  cpu: number | null | readonly number[],
  within: Within = (command) => [...command],
): Child<Out, In> {
  const path = fileURLToPath(new URL(`../../${entry}`, import.meta.url));
  const node = [process.execPath, ...CHILD_EXEC_ARGV, path, ...args];
  const cores = [cpu ?? []].flat();
  const [command, ...rest] = within(cores.length === 0 ? node : onCores(cores, node));
  const child = spawn(command!, rest, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: childEnvironment(process.env),
  });
  const lost = whenLost(entry, child);
  // Whoever waits on the channel sees it; a loss between two waits is seen by the next.
  lost.catch(() => undefined);

  return {
    pid: child.pid ?? 0,
    send: (message) => {
      if (child.connected) child.send(message as object, () => undefined);
    },
    onMessage: (listener) => {
      child.on('message', listener as (message: unknown) => void);
      return () => child.off('message', listener as (message: unknown) => void);
    },
    lost,
    stop: async (graceMs) => {
      if (hasEnded(child)) return;
      if (child.connected) child.send({ type: 'stop' }, () => undefined);
      const cut = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await once(child, 'exit');
      clearTimeout(cut);
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

function whenLost(entry: Entry, child: ChildProcess): Promise<never> {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-KEPT_STDERR)));
  child.stdout?.resume();
  return new Promise((_, reject) => {
    child.once('error', (error) =>
      reject(
        new PushbenchError(
          OUT_OF.has((error as NodeJS.ErrnoException).code) ? 'resource' : 'defect',
          'SPAWN',
          `${entry} could not be started: ${error.message}`,
          { cause: error },
        ),
      ),
    );
    child.once('exit', (code, signal) => {
      const how = signal ? `was ended by ${signal}` : `exited with ${code}`;
      const last = stderr.trim();
      const message = `${entry} (pid ${child.pid}) ${how}${last ? `: ${last}` : ''}`;
      reject(new PushbenchError('defect', signal ? 'CHILD_KILLED' : 'CHILD_LOST', message));
    });
  });
}

/** Whether an error says that a process is gone, rather than that it did something wrong. */
export function isLost(error: unknown): error is PushbenchError {
  return error instanceof PushbenchError && (error.code === 'CHILD_KILLED' || error.code === 'CHILD_LOST');
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}

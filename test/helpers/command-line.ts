import { spawn, type ChildProcess } from 'node:child_process';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Flags of a load that is small enough for any machine. */
export function small(clients = 20): string[] {
  return ['--clients', String(clients), '--duration', '500ms', '--warmup', '200ms', '--pin', 'off', '--shared'];
}

export type Started = {
  child: ChildProcess;
  output: { stdout: string; stderr: string };
  /** The exit code; null after a signal. */
  ended: Promise<number | null>;
};

/**
 * Starts the command line; its output gathers while it runs.
 *
 * @param options `before`: the command that it is started by, as `unshare`
 */
export function startCommandLine(
  t: TestContext,
  args: readonly string[],
  { before = [], env = {} }: { before?: readonly string[]; env?: Record<string, string> } = {},
): Started {
  const [command, ...rest] = [...before, process.execPath, 'bench/cli.ts', ...args];
  const child = spawn(command!, rest, { cwd: ROOT, env: { ...process.env, ...env } });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code));
  });
  t.after(() => child.kill('SIGKILL'));
  return { child, output, ended };
}

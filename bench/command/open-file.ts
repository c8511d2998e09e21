import { spawn } from 'node:child_process';

/** Openers that stay in the foreground with the program that they started need not be waited for. */
const WAIT_MS = 3000;

const OPENERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  // not by way of cmd, to which & ends a command
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/**
 * Opens a file with what the system opens such files with.
 *
 * @returns null when the system took it, else a sentence that says why not and what to do
 */
export async function openFile(
  path: string,
  opener = OPENERS[process.platform] ?? ['xdg-open'],
): Promise<string | null> {
  const [program, ...args] = opener;
  const child = spawn(program, [...args, path], { stdio: 'ignore', detached: true });
  const problem = await new Promise<string | null>((resolve) => {
    const timer = setTimeout(resolve, WAIT_MS, null);
    const settle = (result: string | null) => {
      clearTimeout(timer);
      resolve(result);
    };
    child.once('error', (error: NodeJS.ErrnoException) =>
      settle(error.code === 'ENOENT' ? `there is no ${program} here` : error.message),
    );
    child.once('exit', (code, signal) =>
      settle(code === 0 ? null : `${program} ended with ${signal ?? `exit ${code}`}`),
    );
  });
  child.unref();
  return problem === null ? null : `The report was not opened: ${problem}. Open it yourself: ${path}`;
}

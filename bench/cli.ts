// The entry of `npm run bench`.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { enableCompileCache } from 'node:module';
import { userDirectory } from '../server/package-runner.ts';
import { EXIT } from './basics/errors.ts';
import type { Output } from './command/terminal/style.ts';

// Keeps stripped and compiled modules from one start to the next: `--help` takes half the time. Only of this process,
// so that servers and agents start alike whether or not there is a cache.
enableCompileCache();
const [{ main }, { COMMANDS }, { LAB_COMMANDS }] = await Promise.all([
  import('./command/main.ts'),
  import('./command/index.ts'),
  import('./lab/index.ts'),
]);

/** The first thing that kept stdout from being written, other than a reader that has left. */
let unwritten: NodeJS.ErrnoException | undefined;

/**
 * Whoever reads may leave early, as `| head` does (EPIPE) or a terminal that is closed (EIO): that is no failure, and the
 * run goes on. Nor does a disk that is full behind the output end it; but then somebody expects what is not there.
 */
function output(stream: NodeJS.WriteStream, failed: (error: NodeJS.ErrnoException) => void): Output {
  let gone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!gone && error.code !== 'EPIPE' && error.code !== 'EIO') failed(error);
    gone = true;
  });
  return {
    write: (text) => {
      if (!gone) stream.write(text);
    },
    get isTTY() {
      return stream.isTTY;
    },
    get columns() {
      return stream.columns;
    },
  };
}

// Only now: what was written last may fail after the command has ended.
process.once('exit', () => {
  if (unwritten === undefined) return;
  process.stderr.write(
    `pushbench: stdout could not be written (${unwritten.code ?? unwritten.message}); what was measured is in the run's folder: npm run bench -- list\n`,
  );
  if (process.exitCode === EXIT.done.code) process.exitCode = EXIT.resource.code;
});

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

process.exitCode = await main(
  process.argv.slice(2),
  version,
  {
    stdout: output(process.stdout, (error) => (unwritten = error)),
    stderr: output(process.stderr, () => undefined),
    env: process.env,
    cwd: userDirectory(process.env, process.cwd()),
    results: resolve('results'),
  },
  [...COMMANDS, ...LAB_COMMANDS],
);

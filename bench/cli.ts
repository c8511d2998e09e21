// The entry of `npm run bench`.
import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import type { Output } from './terminal/style.ts';

// Keeps stripped and compiled modules from one start to the next: `--help` takes half the time. Only of this process,
// so that servers and agents start alike whether or not there is a cache.
enableCompileCache();
const { main } = await import('./commands/main.ts');

/** A reader that left early, as `| head` does, is no failure: what is left to say is dropped. */
function output(stream: NodeJS.WriteStream): Output {
  let gone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
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

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

process.exitCode = await main(process.argv.slice(2), version, {
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  env: process.env,
  cwd: process.cwd(),
});

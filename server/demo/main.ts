// Entry of the live page: `npm start`. Ends with the exit codes of `npm run bench`: 2 bad usage, 6 a port that cannot be had,
// 129 a closed terminal, 130 Ctrl-C, 143 SIGTERM.
import { swallowedFlags, swallowedMessage } from '../package-runner.ts';
import { EXIT_BY_SIGNAL, onStopSignal, stopOrders, type StopSignal } from '../stop-signals.ts';
import { FLAG_NAMES, readFlags } from './flags.ts';
import { freePort } from '../free-port.ts';
import type { Demo, DemoOptions } from './server.ts';

const EXIT_USAGE = 2;
const EXIT_RESOURCE = 6;

const asked = readFlags(process.argv.slice(2));
const taken = swallowedFlags(process.env, FLAG_NAMES);
if (taken.length > 0) {
  process.stderr.write(`pushbench: ${swallowedMessage(taken, 'npm start')}\n`);
  process.exitCode = EXIT_USAGE;
} else if ('options' in asked) {
  await serve(asked.options);
} else {
  (asked.exitCode === 0 ? process.stdout : process.stderr).write(asked.text);
  process.exitCode = asked.exitCode;
}

async function serve(options: DemoOptions): Promise<void> {
  let demo: Demo;
  try {
    // Only now: a mistake in a flag is answered before a bundler is loaded.
    const { startDemo } = await import('./server.ts');
    demo = await startDemo(options);
  } catch (error) {
    process.stderr.write(`pushbench: ${await unavailable(options.port, error as NodeJS.ErrnoException)}\n`);
    process.exitCode = EXIT_RESOURCE;
    return;
  }
  const { origin } = demo;
  process.stdout.write(
    `pushbench live page: ${origin}/\n` +
      `  one feed over polling, long polling, SSE and WebSocket, in your browser: a demonstration, not a benchmark\n` +
      `  the stream of the tutorials: curl -N ${origin}/sse\n` +
      `  Ctrl-C ends it\n`,
  );
  const end = (signal: StopSignal) => {
    process.exitCode = EXIT_BY_SIGNAL[signal];
    void demo.stop();
  };
  onStopSignal(stopOrders(end, (signal) => process.exit(EXIT_BY_SIGNAL[signal])));
}

/** What keeps the page from its port, and what to do; a defect is thrown again. */
async function unavailable(port: number, error: NodeJS.ErrnoException): Promise<string> {
  if (error.syscall !== 'listen') throw error;
  const free = await freePort('127.0.0.1');
  const instead = `take another: npm start -- --port ${free}`;
  if (error.code === 'EADDRINUSE') return `port ${port} is taken, perhaps by another live page; ${instead}`;
  if (error.code === 'EACCES') return `port ${port} may not be used by this account; ${instead}`;
  return `cannot listen on port ${port} (${error.code}); ${instead}`;
}

import { once } from 'node:events';
import { createServer } from 'node:net';
import { PushbenchError } from '../basics/errors.ts';

/**
 * Claims a port for the whole of a run: between two trials nobody listens on it, and another run could take it. The claim
 * is a name that the system takes back when this process ends, however it ends (an abstract socket; Linux only).
 *
 * @param port 0, any free one, needs no claim
 * @returns the function that gives the port back
 * @throws PushbenchError (resource) where another run has claimed it
 */
export async function claimPort(port: number): Promise<() => void> {
  if (port === 0 || process.platform !== 'linux') return () => undefined;
  const claim = createServer((socket) => socket.destroy()).unref();
  try {
    await once(claim.listen(`\0pushbench-port-${port}`), 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new PushbenchError(
      'resource',
      'PORT_TAKEN',
      `--port ${port}: another run of pushbench uses it. Take another, or leave --port out for any free one.\nNothing was started.`,
      { cause: error },
    );
  }
  return () => void claim.close();
}

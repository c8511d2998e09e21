import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PushbenchError } from '../../basics/errors.ts';
import { readText } from '../../basics/read-text.ts';
import { holder, inside, KEPT_SETTINGS, setUp, type Space } from './devices.ts';

/** A network namespace that this process made: it has no name, and goes with the last process in it. */
export type HeldSpace = Space & { release(): void };

/**
 * Makes a network namespace and holds it until it is released, or this process is gone, however that ends.
 *
 * @throws PushbenchError (resource) where the system does not let us
 */
export async function holdSpace(isUser: boolean, beside: Space | null): Promise<HeldSpace> {
  const [program, ...args] = holder(isUser, beside);
  // Of a session of its own: Ctrl-C is for the controller, which ends the trial first.
  const holding = spawn(program!, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  holding.stdin.on('error', () => undefined);
  let said = '';
  holding.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const failed = new Promise<string>((resolve) => {
    holding.once('error', (error) => resolve(error.message));
    holding.once('close', (code) => resolve(said.trim() || `exit code ${code}`));
  });
  const why = await Promise.race([once(holding.stdout, 'data').then(() => null), failed]);
  if (why !== null) throw noNetwork(`a network namespace could not be made: ${why}`);
  return { pid: holding.pid!, isUser, release: () => void holding.stdin.end() };
}

/**
 * Makes a namespace, in which the wire has its device already, one end of the network.
 *
 * @throws PushbenchError (resource) where a step fails, with what the system said
 */
export async function furnish(space: Space, end: 'server' | 'clients'): Promise<void> {
  const kept = KEPT_SETTINGS.map((name) => [name, readText(`/proc/sys/${name}`)?.trim()] as const);
  const script = setUp(
    end,
    Object.fromEntries(kept.filter((entry): entry is [(typeof entry)[0], string] => !!entry[1])),
  );
  const [program, ...args] = [...inside(space), 'sh', '-c', script];
  await new Promise<void>((resolve, reject) => {
    execFile(program, args, (error, _, stderr) =>
      error === null
        ? resolve()
        : reject(noNetwork(`the ${end}' end of the network could not be set up: ${stderr.trim() || error.message}`)),
    );
  });
}

function noNetwork(message: string): PushbenchError {
  return new PushbenchError('resource', 'NO_NETWORK', message);
}

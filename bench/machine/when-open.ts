import { setTimeout as sleep } from 'node:timers/promises';
import { isOpen } from './is-open.ts';
import { listenersOf } from './listening.ts';
import type { OwnedProcess } from './owned-process.ts';
import { treeOf } from './process-tree.ts';

/** How long a program may take until its port is open: a virtual machine compiles first. Whoever waits for this process waits longer. */
const OPEN_TIMEOUT_MS = 15_000;
const OPEN_LOOK_MS = 20;
const CONNECT_TIMEOUT_MS = 1000;

/**
 * Resolves when something listens there.
 *
 * @param command what was started, for the error
 * @param where what to do so that it listens there, as the end of a sentence
 * @throws Error, a sentence: it has ended, or nothing listens there in time
 */
export async function whenOpen(
  host: string,
  port: number,
  owned: OwnedProcess,
  command: string,
  where: string,
  timeoutMs = OPEN_TIMEOUT_MS,
): Promise<void> {
  const untilMs = performance.now() + timeoutMs;
  let ended: string | undefined;
  void owned.ended.then((how) => (ended = how));
  while (!(await isOpen(host, port, CONNECT_TIMEOUT_MS))) {
    if (ended !== undefined) throw new Error(`'${command}' ${ended}`);
    if (performance.now() > untilMs) {
      const tail = owned.tail();
      throw new Error(
        `'${command}' runs, but after ${timeoutMs / 1000} s nothing listens on ${host}:${port}${elsewhere(owned)}. ${where}${tail === '' ? '' : `. It said: ${tail}`}`,
      );
    }
    await sleep(OPEN_LOOK_MS);
  }
}

/** Where it listens in place of where it should. */
function elsewhere({ pid }: OwnedProcess): string {
  const doors = listenersOf(treeOf(pid)).map(({ address, port }) => `${address}:${port}`);
  return doors.length === 0 ? '' : `, but on ${doors.join(', ')}`;
}

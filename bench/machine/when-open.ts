import { setTimeout as sleep } from 'node:timers/promises';
import { isOpen } from './is-open.ts';
import type { OwnedProcess } from './owned-process.ts';

/** How long a program may take until its port is open: a virtual machine compiles first. */
const OPEN_TIMEOUT_MS = 20_000;
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
): Promise<void> {
  const untilMs = performance.now() + OPEN_TIMEOUT_MS;
  let ended: string | undefined;
  void owned.ended.then((how) => (ended = how));
  while (!(await isOpen(host, port, CONNECT_TIMEOUT_MS))) {
    if (ended !== undefined) throw new Error(`'${command}' ${ended}`);
    if (performance.now() > untilMs) {
      const tail = owned.tail();
      throw new Error(
        `'${command}' runs, but after ${OPEN_TIMEOUT_MS / 1000} s nothing listens on ${host}:${port}. ${where}${tail === '' ? '' : `. It said: ${tail}`}`,
      );
    }
    await sleep(OPEN_LOOK_MS);
  }
}

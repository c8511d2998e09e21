import { spawnSync } from 'node:child_process';
import { constants, getPriority, setPriority } from 'node:os';
import type { Place, Precedence } from './messages.ts';

/**
 * A third of the weight of a process that has not stepped back (sched(7), 1.25 a step): behind the witnesses, but not so far that a
 * program beside it keeps it from connecting at all, as at 19, where it has a seventieth.
 */
const LOAD_NICENESS = 5;

/** Tried in turn: who may not go before others without privilege stays where it is. */
const NICENESS: Readonly<Record<Precedence, readonly number[]>> = {
  witness: [constants.priority.PRIORITY_HIGH, constants.priority.PRIORITY_ABOVE_NORMAL],
  canary: [],
  usual: [],
  load: [LOAD_NICENESS],
};

/** Takes this process's place among those that want the same core; tells what was had. */
export function takePrecedence(precedence: Precedence): Place {
  for (const niceness of NICENESS[precedence]) {
    try {
      setPriority(niceness);
      break;
    } catch {
      // EACCES or EPERM: not without privilege
    }
  }
  return { niceness: getPriority(), isRealTime: precedence === 'witness' && takeRealTime() };
}

const CHRT_TIMEOUT_MS = 2000;

/**
 * A niceness is weight, not precedence: who has been woken waits until the slice of the one that runs is over, which the scheduler
 * looks at with its tick (4 ms at 250 Hz). Only the thread that reads steps before all others; the lowest of the real-time priorities
 * is enough for that. chrt is of util-linux or BusyBox; the short options are known to both.
 */
function takeRealTime(): boolean {
  if (process.platform !== 'linux') return false;
  const { status } = spawnSync('chrt', ['-f', '-p', '1', String(process.pid)], {
    stdio: 'ignore',
    timeout: CHRT_TIMEOUT_MS,
  });
  return status === 0;
}

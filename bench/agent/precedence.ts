import { constants, getPriority, setPriority } from 'node:os';
import type { Precedence } from './messages.ts';

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

/**
 * Takes this process's place among those that want the same core.
 *
 * @returns its niceness afterwards (setpriority(2)), from -20, before all others, to 19
 */
export function takePrecedence(precedence: Precedence): number {
  for (const niceness of NICENESS[precedence]) {
    try {
      setPriority(niceness);
      break;
    } catch {
      // EACCES or EPERM: not without privilege
    }
  }
  return getPriority();
}

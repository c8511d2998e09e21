import { constants, getPriority, setPriority } from 'node:os';
import type { Precedence } from './messages.ts';

/** Tried in turn: who may not go before others without privilege stays where it is. */
const NICENESS: Readonly<Record<Precedence, readonly number[]>> = {
  witness: [constants.priority.PRIORITY_HIGH, constants.priority.PRIORITY_ABOVE_NORMAL],
  canary: [constants.priority.PRIORITY_BELOW_NORMAL],
  usual: [],
  load: [constants.priority.PRIORITY_LOW],
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

import type { AssertionResult } from '../../judge/assertion.ts';
import type { Paint } from './style.ts';
import { visible } from '../../basics/shown.ts';

/** A line for each assertion, in the order in which they were given; they were asked for, so that none is left out. */
export function assertionLines(results: readonly AssertionResult[], paint: Paint): string[] {
  return results.map(({ passed, sentence }) => paint(passed ? 'green' : 'red', `Assert ${visible(sentence)}`));
}

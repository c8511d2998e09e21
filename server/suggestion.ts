import { closestMatch } from 'leven';

/** Of three letters one may be wrong, of eight three. */
const MAX_SHARE = 0.4;
const MAX_DISTANCE = 3;

/**
 * `; did you mean --clients?` where one of the candidates resembles the word, else an empty text. Both are flags with
 * their dashes, or both are names of commands.
 */
export function suggestion(word: string, candidates: readonly string[]): string {
  const maxDistance = Math.min(MAX_DISTANCE, Math.floor(word.length * MAX_SHARE));
  const match = maxDistance === 0 ? undefined : closestMatch(word, candidates, { maxDistance });
  return match === undefined ? '' : `; did you mean ${match}?`;
}

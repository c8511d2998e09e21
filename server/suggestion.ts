import leven from 'leven';

/** Of three letters one may be wrong, of eight three. */
const MAX_SHARE = 0.4;
const MAX_DISTANCE = 3;

/**
 * `; did you mean --clients?` where one of the candidates resembles the word, or several do as much; else an empty text. All
 * are flags with their dashes, or names of one kind.
 */
export function suggestion(word: string, candidates: readonly string[]): string {
  const most = Math.min(MAX_DISTANCE, Math.floor(word.length * MAX_SHARE));
  const distances = candidates.map((candidate) => leven(word, candidate));
  const least = Math.min(...distances);
  if (least > most) return '';
  const near = candidates.filter((_, index) => distances[index] === least);
  return `; did you mean ${near.length > 1 ? 'one of ' : ''}${near.join(', ')}?`;
}

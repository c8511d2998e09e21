/**
 * A seeded generator of numbers in [0, 1): splitmix32, whose outputs pass common tests and repeat on every machine.
 * Not for secrets.
 */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e37_79b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0_aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** Another seed for another purpose or item, so that neighbours do not share their sequence. */
export function deriveSeed(seed: number, item: number): number {
  return Math.floor(randomFrom(seed ^ Math.imul(item + 1, 0x9e37_79b1))() * 2 ** 32);
}

/** The items in a random order (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

/** A list that forgets its oldest entries: nothing on a page that stays open for hours may grow. */
export class Capped<T> {
  readonly #items: T[] = [];
  readonly #capacity: number;
  #added = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(item: T): void {
    this.#items.push(item);
    this.#added++;
    if (this.#items.length > this.#capacity) this.#items.shift();
  }

  /** Oldest first. */
  get items(): readonly T[] {
    return this.#items;
  }

  /** How many were ever added: whoever shows the list sees by it what is new. */
  get added(): number {
    return this.#added;
  }
}

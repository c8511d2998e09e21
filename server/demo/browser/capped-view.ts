import type { Capped } from '../model/capped.ts';
import type { LogEntry } from '../model/channel.ts';
import { element } from './dom.ts';

/** `10:15:03.123` in the reader's time zone. */
function clockTime(at: Date): string {
  return `${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

/** An entry of a log as people read it: when, and what. */
export function logItem({ at, text }: LogEntry): HTMLElement {
  return element('li', '', element('time', '', clockTime(at)), ` ${text}`);
}

/**
 * Shows a capped list, newest item first, and touches only what is new. Rendered with the rest of the page, not whenever
 * something comes: however fast that is, the page is laid out a few times a second.
 */
export class CappedView<T> {
  readonly #list: HTMLElement;
  readonly #capped: Capped<T>;
  readonly #toElement: (item: T) => HTMLElement;
  #shown = 0;

  constructor(list: HTMLElement, capped: Capped<T>, toElement: (item: T) => HTMLElement) {
    this.#list = list;
    this.#capped = capped;
    this.#toElement = toElement;
  }

  render(): void {
    const { items, added } = this.#capped;
    if (added === this.#shown) return;
    for (const item of items.slice(Math.max(0, items.length - (added - this.#shown)))) {
      this.#list.prepend(this.#toElement(item));
    }
    this.#shown = added;
    while (this.#list.childElementCount > items.length) this.#list.lastElementChild!.remove();
  }
}

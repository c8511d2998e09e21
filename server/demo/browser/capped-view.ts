import type { Capped } from '../model/capped.ts';
import type { LogEntry } from '../model/channel.ts';
import { html, type Markup } from '../../page/html.ts';

/** `10:15:03.123` in the reader's time zone. */
function clockTime(at: Date): string {
  return `${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

/** An entry of a log as people read it: when, and what. */
export function logItem({ at, text }: LogEntry): Markup {
  return html`<li><time>${clockTime(at)}</time> ${text}</li>`;
}

/**
 * Shows a capped list, newest item first, and touches only what is new. Rendered with the rest of the page, not whenever
 * something comes: however fast that is, the page is laid out a few times a second.
 */
export class CappedView<T> {
  readonly #list: HTMLElement;
  readonly #capped: Capped<T>;
  readonly #toItem: (item: T) => Markup;
  #shown = 0;

  constructor(list: HTMLElement, capped: Capped<T>, toItem: (item: T) => Markup) {
    this.#list = list;
    this.#capped = capped;
    this.#toItem = toItem;
  }

  render(): void {
    const { items, added } = this.#capped;
    if (added === this.#shown) return;
    for (const item of items.slice(Math.max(0, items.length - (added - this.#shown)))) {
      this.#list.insertAdjacentHTML('afterbegin', this.#toItem(item).source);
    }
    this.#shown = added;
    while (this.#list.childElementCount > items.length) this.#list.lastElementChild!.remove();
  }
}

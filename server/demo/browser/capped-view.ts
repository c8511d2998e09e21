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
 * Returns what shows a capped list, newest item first, and touches only what is new. Called with the rest of the page, not
 * whenever something comes: however fast that is, the page is laid out a few times a second.
 */
export function cappedView<T>(list: HTMLElement, capped: Capped<T>, toItem: (item: T) => Markup): () => void {
  let shown = 0;
  return () => {
    const { items, added } = capped;
    if (added === shown) return;
    for (const item of items.slice(Math.max(0, items.length - (added - shown)))) {
      list.insertAdjacentHTML('afterbegin', toItem(item).source);
    }
    shown = added;
    while (list.childElementCount > items.length) list.lastElementChild!.remove();
  };
}

import type { Capped } from '../model/capped.ts';
import type { LogEntry } from '../model/channel.ts';
import { element } from './dom.ts';

/** `10:15:03.123` in the reader's time zone. */
function clockTime(at: Date): string {
  return `${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

/** Shows a capped log, newest entry first, and touches only what is new. */
export class LogView {
  readonly #list: HTMLElement;
  readonly #log: Capped<LogEntry>;
  #shown = 0;

  constructor(list: HTMLElement, log: Capped<LogEntry>) {
    this.#list = list;
    this.#log = log;
  }

  render(): void {
    const { items, added } = this.#log;
    if (added === this.#shown) return;
    for (const { at, text } of items.slice(Math.max(0, items.length - (added - this.#shown)))) {
      this.#list.prepend(element('li', '', element('time', '', clockTime(at)), ` ${text}`));
    }
    this.#shown = added;
    while (this.#list.childElementCount > items.length) this.#list.lastElementChild!.remove();
  }
}

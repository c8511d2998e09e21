import { Capped } from '../model/capped.ts';
import type { LogEntry } from '../model/channel.ts';
import { CappedView, logItem } from './capped-view.ts';
import { html } from '../../page/html.ts';
import { byId, setText } from './dom.ts';
import { sourceState } from './links/link.ts';

const MAX_MESSAGES = 30;
const MAX_LOG = 50;

/** The example of the tutorials, as they write it, but for its list, which is capped. */
export class Classic {
  readonly #messages = new Capped<string>(MAX_MESSAGES);
  readonly #log = new Capped<LogEntry>(MAX_LOG);
  readonly #views = [
    new CappedView(byId('classic-messages'), this.#messages, (message) => html`<li>${message}</li>`),
    new CappedView(byId('classic-log'), this.#log, logItem),
  ];
  #source: EventSource | undefined;
  #isClosedForHiding = false;

  start(): void {
    if (!('EventSource' in window)) {
      byId('classic-unavailable').hidden = false;
      for (const id of ['classic-open', 'classic-close']) byId(id, HTMLButtonElement).disabled = true;
      return;
    }
    byId('classic-open').addEventListener('click', () => this.#open());
    byId('classic-close').addEventListener('click', () => this.#close('source.close()'));
    document.addEventListener('visibilitychange', () => this.#followVisibility());
    this.#open();
  }

  render(): void {
    for (const view of this.#views) view.render();
    if (!this.#source) return;
    const { code, name } = sourceState(this.#source);
    setText(byId('classic-state'), `${code} ${name}`);
  }

  #open(): void {
    this.#source?.close();
    const source = (this.#source = new EventSource('/sse'));
    this.#note(source, 'new EventSource("/sse")');
    source.addEventListener('open', () => this.#note(source, 'open'));
    source.addEventListener('message', ({ data }: MessageEvent<string>) => {
      this.#note(source, 'message');
      const { message } = JSON.parse(data) as { message: string };
      this.#messages.add(message);
    });
    source.addEventListener('error', () => this.#note(source, 'error'));
  }

  #close(why: string): void {
    if (!this.#source) return;
    this.#source.close();
    this.#note(this.#source, why);
  }

  /** All tabs of a browser share six connections to an origin: a tab that nobody sees gives its one back. */
  #followVisibility(): void {
    if (document.hidden && this.#source?.readyState !== 2) {
      this.#isClosedForHiding = true;
      this.#close('tab hidden: closed, other tabs may need the connection');
    } else if (!document.hidden && this.#isClosedForHiding) {
      this.#isClosedForHiding = false;
      this.#open();
    }
  }

  #note(source: EventSource, what: string): void {
    const { code, name } = sourceState(source);
    const state = `${code} ${name}`;
    this.#log.add({ at: new Date(), text: `${what} · readyState ${state}` });
  }
}

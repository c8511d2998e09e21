import { formatSeconds } from '../../model/format.ts';
import type { LinkState } from '../../model/channel.ts';
import type { Counters } from '../../protocol.ts';
import { byId, setText } from '../dom.ts';
import { plural } from '../../../page/words.ts';
import { socketState, sourceState } from '../links/link.ts';

const COUNT = 8;

type Slot = { readonly state: () => LinkState; readonly close: () => void };

/** A request to the same origin, sent when its connections are taken already. */
type Request = { readonly sentMs: number; answeredMs: number | null; readonly stop: AbortController };

/** Lab 1: how many connections this browser opens to one origin, and what becomes of the others. */
export class SixConnections {
  readonly #host: string;
  readonly #slots = byId('six-slots');
  #kind: 'EventSource' | 'WebSocket' = 'EventSource';
  #open: Slot[] = [];
  #request: Request | undefined;
  #timer: number | undefined;

  constructor(host: string) {
    this.#host = host;
    byId('six-sources').addEventListener('click', () => this.#start('EventSource', () => this.#openSource()));
    byId('six-sockets').addEventListener('click', () => this.#start('WebSocket', () => this.#openSocket()));
    byId('six-close-one').addEventListener('click', () => this.#closeOne());
    byId('six-close-all').addEventListener('click', () => this.#closeAll());
  }

  render({ lab }: Counters): void {
    const states = this.#open.map((slot) => slot.state());
    const openCount = states.filter(({ code }) => code === 1).length;
    const waiting = states.filter(({ code }) => code === 0).length;
    this.#showSlots(states);
    byId('six-close-one', HTMLButtonElement).disabled = openCount === 0;
    byId('six-close-all', HTMLButtonElement).disabled = this.#open.length === 0;
    setText(byId('six-fetch'), this.#requestText());
    if (this.#open.length === 0) return;
    const waits = waiting > 0 ? ` ${waiting} wait at readyState 0, and no error event says so.` : '';
    setText(
      byId('six-result'),
      `Measured here: ${openCount} of ${plural(this.#open.length, this.#kind)} open.${waits} The server has ${plural(lab.connections, 'connection')}.`,
    );
  }

  #showSlots(states: readonly LinkState[]): void {
    while (this.#slots.childElementCount > states.length) this.#slots.lastElementChild!.remove();
    while (this.#slots.childElementCount < states.length) {
      this.#slots.insertAdjacentHTML('beforeend', '<li><b></b><span></span></li>');
    }
    for (const [index, { code, name }] of states.entries()) {
      const item = this.#slots.children[index]!;
      item.className = code === 1 ? 'open' : code === 0 ? 'waiting' : 'closed';
      setText(item.firstElementChild!, `${this.#kind} ${index + 1}`);
      setText(item.lastElementChild!, `${code} ${name}`);
    }
  }

  #start(kind: 'EventSource' | 'WebSocket', open: () => Slot): void {
    this.#closeAll();
    if (!(kind in window)) return setText(byId('six-result'), `Not available in this browser: it has no ${kind}.`);
    this.#kind = kind;
    this.#open = Array.from({ length: COUNT }, open);
    // Once those that can be open are: this request finds no connection left.
    this.#timer = setTimeout(() => void this.#ask(), 1000);
  }

  #openSource(): Slot {
    const source = new EventSource(`http://${this.#host}/feed/sse`);
    return { state: () => sourceState(source), close: () => source.close() };
  }

  #openSocket(): Slot {
    const socket = new WebSocket(`ws://${this.#host}/feed/websocket`);
    return { state: () => socketState(socket), close: () => socket.close(1000) };
  }

  #closeOne(): void {
    const index = this.#open.findIndex((slot) => slot.state().code === 1);
    if (index < 0) return;
    this.#open[index]!.close();
    this.#open.splice(index, 1);
  }

  #closeAll(): void {
    clearTimeout(this.#timer);
    for (const slot of this.#open.splice(0)) slot.close();
    this.#request?.stop.abort();
    this.#request = undefined;
    setText(byId('six-result'), '');
  }

  async #ask(): Promise<void> {
    const request: Request = (this.#request = {
      sentMs: performance.now(),
      answeredMs: null,
      stop: new AbortController(),
    });
    try {
      await fetch(`http://${this.#host}/feed/polling`, { signal: request.stop.signal, cache: 'no-store' });
      request.answeredMs = performance.now();
    } catch {
      // Stopped by the reader; the request is no longer shown.
    }
  }

  #requestText(): string {
    if (!this.#request) return this.#open.length === 0 ? '' : 'A fetch() to the same origin follows in a second …';
    const { sentMs, answeredMs } = this.#request;
    if (answeredMs !== null)
      return `fetch() to the same origin: answered after ${formatSeconds((answeredMs - sentMs) * 1000)}.`;
    const waitedMs = performance.now() - sentMs;
    return waitedMs < 300
      ? ''
      : `fetch() to the same origin: no answer for ${formatSeconds(waitedMs * 1000)}, and no error.`;
  }
}

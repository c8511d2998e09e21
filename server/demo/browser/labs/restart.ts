import { formatSeconds } from '../../model/format.ts';
import type { Counters, Outage, OutageMode } from '../../protocol.ts';
import { byId, find, setText } from '../dom.ts';
import type { ServerClock } from '../server-clock.ts';
import type { ServerLink } from '../server-link.ts';
import type { TransportCard } from '../transport-card.ts';
import { TimelineView } from './timeline-view.ts';

/** How long after a restart the timeline goes on: the slowest backoff has come back by then, or never will. */
const SETTLED_US = 8_000_000;

type RestartContext = {
  readonly cards: readonly TransportCard[];
  readonly server: ServerLink;
  readonly clock: ServerClock;
  /** Has the server's counters asked for at once. */
  readonly refresh: () => void;
};

/** Labs 2 and 3: the cards' server goes away for a while, and comes back. One instance for each way of being away. */
export class Restart {
  readonly #mode: OutageMode;
  readonly #context: RestartContext;
  readonly #status: HTMLElement;
  readonly #figure: HTMLElement;
  readonly #buttons: readonly HTMLButtonElement[];
  readonly #view: TimelineView;

  constructor(mode: OutageMode, context: RestartContext) {
    this.#mode = mode;
    this.#context = context;
    const root = byId(`restart-${mode}`);
    this.#status = find(root, '.status');
    this.#figure = find(root, 'figure');
    this.#view = new TimelineView(this.#figure, context.cards);
    this.#buttons = [...root.querySelectorAll<HTMLButtonElement>('[data-seconds]')];
    for (const button of this.#buttons) {
      button.addEventListener('click', () => void this.#ask(Number(button.dataset['seconds'])));
    }
  }

  async #ask(seconds: number): Promise<void> {
    const { server, refresh } = this.#context;
    setText(this.#status, 'Asked …');
    if (await server.restart(seconds, this.#mode)) refresh();
    else setText(this.#status, 'The server is away already.');
  }

  render({ outage }: Counters): void {
    for (const button of this.#buttons) button.disabled = outage !== null && outage.upUs === null;
    if (outage?.mode !== this.#mode) return;
    this.#figure.hidden = false;
    const nowUs = this.#context.clock.nowUs();
    setText(this.#status, statusOf(outage, nowUs));
    if (outage.upUs !== null && nowUs > outage.upUs + SETTLED_US) return;
    this.#view.render(outage, nowUs);
  }
}

function statusOf({ mode, downUs, upUs }: Outage, nowUs: number): string {
  if (upUs !== null) return `The server was away for ${formatSeconds(upUs - downUs)} and is back.`;
  const away = formatSeconds(Math.max(0, nowUs - downUs));
  return mode === 'refused'
    ? `The server has been away for ${away}: nobody listens on its port.`
    : `The server has been away for ${away}: somebody answers 503 in its place.`;
}

/** Lab 3: says that the EventSource is closed for good, and offers the way back. */
export class Unavailable {
  readonly #sse: TransportCard;
  readonly #offer = byId('unavailable-offer');

  constructor(sse: TransportCard) {
    this.#sse = sse;
    byId('unavailable-reconnect').addEventListener('click', () => sse.reconnect());
  }

  render(): void {
    const isEnded = this.#sse.channel.state.code === 2 && !this.#sse.isPaused;
    this.#offer.hidden = !isEnded;
    if (isEnded) {
      setText(
        byId('unavailable-text'),
        'The EventSource was answered 503. It is at readyState 2 CLOSED and will not try again, whatever becomes of the server.',
      );
    }
  }
}

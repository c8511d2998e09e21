import { TRAITS, asksAtInterval } from '../../transports/traits.ts';
import { Channel } from '../model/channel.ts';
import type { TransportId } from '../../transports/traits.ts';
import { LINKS } from './links/index.ts';
import type { Link, LinkOptions } from './links/link.ts';
import type { ServerClock } from './server-clock.ts';
import type { ServerLink } from './server-link.ts';
import { plural } from '../../page/words.ts';

export type CardContext = LinkOptions & { readonly clock: ServerClock; readonly server: ServerLink };

/** One transport on the page: its link to the server, and the channel that keeps what came of it. */
export class TransportCard {
  readonly id: TransportId;
  readonly label: string;
  readonly channel = new Channel();
  readonly isAvailable: boolean;
  readonly #context: CardContext;
  readonly #link: Link | undefined;
  isPaused = false;
  #wasOpen = false;

  constructor(id: TransportId, context: CardContext) {
    this.id = id;
    this.label = TRAITS[id].look.label;
    this.#context = context;
    this.isAvailable = LINKS[id].needs in window;
    if (this.isAvailable) this.#link = this.#createLink(context);
    else this.channel.state = { code: null, name: 'not available' };
  }

  /** Opens the link for the first time. */
  start(): void {
    this.#link?.open();
  }

  pause(why = 'paused by you'): void {
    if (this.isPaused) return;
    this.isPaused = true;
    this.#link?.close();
    this.#note(why);
  }

  /** Opens again where it was left: what was due meanwhile is replayed, but is no sample of latency. */
  resume(): void {
    if (this.isPaused) this.#reopen('resumed');
  }

  /** Closes and opens the connection, in whatever state it is. */
  reconnect(): void {
    this.channel.absences.attempt(this.#context.clock.nowUs());
    this.#reopen('reconnected');
  }

  /** Has the server destroy this page's connection of this transport. */
  async cut(): Promise<void> {
    const cut = await this.#context.server.cut(this.id);
    const isPolling = this.channel.state.code === null;
    this.#note(
      cut === 0
        ? 'cut: there was no connection'
        : `cut: the server destroyed ${plural(cut, 'connection')}` +
            (isPolling ? '; a browser may send the request again by itself' : ''),
    );
  }

  #reopen(done: string): void {
    this.isPaused = false;
    this.channel.countFrom(this.#context.clock.nowUs());
    this.#note(`${done} by you, after tick ${this.channel.ledger.last}`);
    this.#link?.open();
  }

  #createLink({ clock, host, settings }: CardContext): Link {
    const { channel } = this;
    return LINKS[this.id].create(
      { host, settings },
      {
        state: (state) => {
          const changes = state.code !== null && state.code !== channel.state.code;
          channel.state = state;
          if (changes) this.#note(`readyState ${state.code} ${state.name}`);
        },
        opened: () => {
          if (this.#wasOpen) channel.reconnects++;
          this.#note(this.#wasOpen ? `connected again, after tick ${channel.ledger.last}` : 'connected');
          this.#wasOpen = true;
        },
        ticks: (ticks, payloadBytes) => {
          const receivedUs = clock.nowUs();
          const before = channel.absences.isAbsent ? channel.absences.absences.at(-1) : undefined;
          channel.newestOnly = asksAtInterval(this.id) && settings.newestOnly;
          channel.receive(ticks, payloadBytes, receivedUs);
          if (before?.toUs) this.#note(`news again after ${((before.toUs - before.fromUs) / 1e6).toFixed(2)} s`);
        },
        gap: (from, to) => this.#note(`${plural(to - from + 1, 'tick')} lost for good: ${from} to ${to}`),
        lost: (next) => {
          const isNew = !channel.absences.isAbsent;
          channel.absences.lost(clock.nowUs());
          this.#note(isNew ? `connection lost: ${next}` : `no connection: ${next}`);
        },
        attempt: () => channel.absences.attempt(clock.nowUs()),
      },
      () => (channel.ledger.last === 0 ? '' : `after=${channel.ledger.last}`),
    );
  }

  #note(text: string): void {
    this.channel.note(text, new Date());
  }
}

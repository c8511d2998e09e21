import { byId, setText } from '../dom.ts';
import type { TransportCard } from '../transport-card.ts';

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

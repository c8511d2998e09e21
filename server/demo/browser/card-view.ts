import type { LogEntry } from '../model/channel.ts';
import { formatBytes, formatLatency, formatTime } from '../model/format.ts';
import type { WireCount } from '../protocol.ts';
import { CappedView, logItem } from './capped-view.ts';
import { html } from '../../page/html.ts';
import { find, setText } from './dom.ts';
import { LINKS } from './links/index.ts';
import type { ServerClock } from './server-clock.ts';
import { SparkView } from './spark-view.ts';
import type { TransportCard } from './transport-card.ts';
import { formatCount } from '../../page/words.ts';

/** How many ticks the table beside the chart shows. */
const TABLE_ROWS = 10;

/** A transport's card: filled again at each rendering. */
export class CardView {
  readonly root: HTMLElement;
  readonly #card: TransportCard;
  readonly #clock: ServerClock;
  readonly #spark: SparkView;
  readonly #log: CappedView<LogEntry>;
  readonly #figures: ReadonlyMap<string, HTMLElement>;
  readonly #table: HTMLElement;

  constructor(card: TransportCard, clock: ServerClock) {
    this.#card = card;
    this.#clock = clock;
    this.root = find(document, `article.${card.id}`);
    this.#spark = new SparkView(this.root, card.id);
    this.#log = new CappedView(find(this.root, '.log ol'), card.channel.log, logItem);
    this.#figures = new Map(
      [...this.root.querySelectorAll<HTMLElement>('[data-figure]')].map((target) => [
        target.dataset['figure'] ?? '',
        target,
      ]),
    );
    this.#table = find(this.root, 'tbody');
    if (card.isAvailable) this.#enableButtons();
    else this.#showUnavailable();
  }

  /** Shows what the channel holds now; `wire` as the server counted it, when it has said so. */
  render(wire: WireCount | undefined): void {
    const { channel } = this.#card;
    const { boundUs } = this.#clock;
    const nowUs = this.#clock.nowUs();
    const p50Us = channel.latency.quantileUs(0.5);
    const p99Us = channel.latency.quantileUs(0.99);
    const { code, name } = channel.state;
    const wireBytes = wire ? wire.sentBytes + wire.receivedBytes : 0;
    const { ledger } = channel;
    const overhead =
      wire && ledger.delivered > 0
        ? formatBytes(Math.max(0, wireBytes - channel.payloadBytes) / ledger.delivered)
        : '–';
    const shown = {
      state: code === null ? name : `${code} ${name}`,
      age: formatTime(nowUs - channel.newestDueUs),
      p50: formatLatency(p50Us, boundUs),
      p99: formatLatency(p99Us, boundUs),
      last: ledger.last === 0 ? '–' : formatCount(ledger.last),
      lost: formatCount(ledger.lost),
      skipped: formatCount(ledger.skipped),
      payload: formatBytes(channel.payloadBytes),
      wire: wire ? formatBytes(wireBytes) : '–',
      overhead,
      reconnects: formatCount(channel.reconnects),
    };
    for (const [figure, text] of Object.entries(shown)) {
      const target = this.#figures.get(figure);
      if (target) setText(target, text);
    }
    this.#setTone(code, name);
    this.#spark.render(
      channel.latency.items,
      p50Us,
      Number.isFinite(boundUs) ? boundUs : 0,
      nowUs,
      `Latency of ${this.#card.label}: p50 ${formatLatency(p50Us, boundUs)}, p99 ${formatLatency(p99Us, boundUs)}`,
    );
    this.#log.render();
    if (find(this.root, 'details', HTMLDetailsElement).open) this.#showTable(boundUs);
  }

  /** What the reader must see without reading: connected, on its way, or ended. */
  #setTone(code: number | null, name: string): void {
    const isUp = code === null ? ['idle', 'in flight', 'reading'].includes(name) : code === 1;
    const isEnded = !isUp && (name === 'CLOSED' || name === 'not available');
    this.root.dataset['tone'] = this.#card.isPaused ? 'paused' : isUp ? 'up' : isEnded ? 'ended' : 'waiting';
    const pause = this.#figures.get('pause');
    if (pause) setText(pause, this.#card.isPaused ? 'Resume' : 'Pause');
  }

  #showTable(boundUs: number): void {
    const recent = this.#card.channel.latency.items.slice(-TABLE_ROWS).toReversed();
    const rows = recent.map(
      ({ seq, latencyUs }) =>
        html`<tr>
          <td>${seq}</td>
          <td>${formatLatency(latencyUs, boundUs)}</td>
        </tr>`,
    );
    this.#table.innerHTML = html`${rows}`.source;
  }

  #enableButtons(): void {
    const card = this.#card;
    const on = (action: string, act: () => void) =>
      find(this.root, `[data-action="${action}"]`).addEventListener('click', act);
    on('pause', () => (card.isPaused ? card.resume() : card.pause()));
    on('reconnect', () => card.reconnect());
    on('cut', () => void card.cut());
  }

  #showUnavailable(): void {
    const { needs } = LINKS[this.#card.id];
    for (const button of this.root.querySelectorAll('button')) button.disabled = true;
    find(this.root, '.unavailable').textContent = `Not available in this browser: it has no ${needs}.`;
    find(this.root, '.unavailable').hidden = false;
  }
}

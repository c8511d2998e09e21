import { formatBytes, formatLatency, formatTime } from '../model/format.ts';
import type { WireCount } from '../protocol.ts';
import { cappedView, logItem } from './capped-view.ts';
import { html } from '../../page/html.ts';
import { find, setText } from './dom.ts';
import { LINKS } from './links/index.ts';
import type { ServerClock } from './server-clock.ts';
import { sparkView } from './spark-view.ts';
import type { TransportCard } from './transport-card.ts';
import { formatCount } from '../../page/words.ts';

/** How many ticks the table beside the chart shows. */
const TABLE_ROWS = 10;

/** A transport's card: filled again at each rendering. */
export function cardView(card: TransportCard, clock: ServerClock) {
  const root = find(document, `article.${card.id}`);
  const renderSpark = sparkView(root, card.id);
  const renderLog = cappedView(find(root, '.log ol'), card.channel.log, logItem);
  const { channel } = card;
  const { ledger } = channel;
  if (card.isAvailable) enableButtons(root, card);
  else showUnavailable(root, card);

  /** Shows what the channel holds now; `wire` as the server counted it, when it has said so. */
  return (wire: WireCount | undefined): void => {
    const boundUs = clock.boundUs();
    const nowUs = clock.nowUs();
    const p50Us = channel.latency.quantileUs(0.5);
    const p99Us = channel.latency.quantileUs(0.99);
    const { code, name } = channel.state;
    const wireBytes = wire ? wire.sentBytes + wire.receivedBytes : 0;
    const besideBytes = Math.max(0, wireBytes - channel.payloadBytes);
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
      overhead: wire && ledger.delivered > 0 ? formatBytes(besideBytes / ledger.delivered) : '–',
      reconnects: formatCount(channel.reconnects),
      pause: card.isPaused ? 'Resume' : 'Pause',
    };
    for (const [figure, text] of Object.entries(shown)) setText(find(root, `[data-figure="${figure}"]`), text);
    const tone = card.isPaused ? 'paused' : toneOf(code, name);
    root.dataset['tone'] = tone;
    find(root, '.state').className = `state ${COLOURS[tone]}`;
    const summary = `Latency of ${card.label}: p50 ${shown.p50}, p99 ${shown.p99}`;
    renderSpark(channel.latency.items, p50Us, Number.isFinite(boundUs) ? boundUs : 0, nowUs, summary);
    renderLog();
    if (find(root, 'details', HTMLDetailsElement).open) showTable(find(root, 'tbody'), card, boundUs);
  };
}

const COLOURS = { up: 'valid', waiting: 'caution', paused: 'caution', ended: 'invalid' } as const;

/** What the reader must see without reading: connected, on its way, or ended. */
function toneOf(code: number | null, name: string): 'up' | 'ended' | 'waiting' {
  if (code === null ? ['idle', 'in flight', 'reading'].includes(name) : code === 1) return 'up';
  return name === 'CLOSED' || name === 'not available' ? 'ended' : 'waiting';
}

function showTable(table: HTMLElement, { channel }: TransportCard, boundUs: number): void {
  const recent = channel.latency.items.slice(-TABLE_ROWS).toReversed();
  const rows = recent.map(
    ({ seq, latencyUs }) =>
      html`<tr>
        <td>${seq}</td>
        <td>${formatLatency(latencyUs, boundUs)}</td>
      </tr>`,
  );
  table.innerHTML = html`${rows}`.source;
}

function enableButtons(root: HTMLElement, card: TransportCard): void {
  const on = (action: string, act: () => void) =>
    find(root, `[data-action="${action}"]`).addEventListener('click', act);
  on('pause', () => (card.isPaused ? card.resume() : card.pause()));
  on('reconnect', () => card.reconnect());
  on('cut', () => void card.cut());
}

function showUnavailable(root: HTMLElement, { id }: TransportCard): void {
  const { needs } = LINKS[id];
  for (const button of root.querySelectorAll('button')) button.disabled = true;
  find(root, '.unavailable').textContent = `Not available in this browser: it has no ${needs}.`;
  find(root, '.unavailable').hidden = false;
}

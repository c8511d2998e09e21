import { formatSeconds } from '../../model/format.ts';
import type { Counters, Outage, OutageMode } from '../../protocol.ts';
import { byId, find, setText } from '../dom.ts';
import type { ServerClock } from '../server-clock.ts';
import type { ServerLink } from '../server-link.ts';
import type { TransportCard } from '../transport-card.ts';
import { showTimeline } from './timeline-view.ts';

/** How long after a restart the timeline goes on: the slowest backoff has come back by then, or never will. */
const SETTLED_US = 8_000_000;

type RestartContext = {
  readonly cards: readonly TransportCard[];
  readonly server: ServerLink;
  readonly clock: ServerClock;
  /** Has the server's counters asked for at once. */
  readonly refresh: () => void;
};

/** Labs 2 and 3: the cards' server goes away for a while, and comes back. One for each way of being away; returns what renders it. */
export function restartLab(mode: OutageMode, { cards, server, clock, refresh }: RestartContext) {
  const root = byId(`restart-${mode}`);
  const status = find(root, '.status');
  const figure = find(root, 'figure');
  const buttons = [...root.querySelectorAll<HTMLButtonElement>('[data-seconds]')];
  const ask = async (seconds: number) => {
    setText(status, 'Asked …');
    if (await server.restart(seconds, mode)) refresh();
    else setText(status, 'The server is away already.');
  };
  for (const button of buttons) button.addEventListener('click', () => void ask(Number(button.dataset['seconds'])));

  return ({ outage }: Counters): void => {
    for (const button of buttons) button.disabled = outage !== null && outage.upUs === null;
    if (outage?.mode !== mode) return;
    figure.hidden = false;
    const nowUs = clock.nowUs();
    setText(status, statusOf(outage, nowUs));
    if (outage.upUs !== null && nowUs > outage.upUs + SETTLED_US) return;
    showTimeline(figure, cards, outage, nowUs);
  };
}

function statusOf({ mode, downUs, upUs }: Outage, nowUs: number): string {
  if (upUs !== null) return `The server was away for ${formatSeconds(upUs - downUs)} and is back.`;
  const away = formatSeconds(Math.max(0, nowUs - downUs));
  return mode === 'refused'
    ? `The server has been away for ${away}: nobody listens on its port.`
    : `The server has been away for ${away}: somebody answers 503 in its place.`;
}

const ENDED =
  'The EventSource was answered 503. It is at readyState 2 CLOSED and will not try again, whatever becomes of the server.';

/** Lab 3: says that the EventSource is closed for good, and offers the way back; returns what renders it. */
export function unavailableOffer(sse: TransportCard): () => void {
  byId('unavailable-reconnect').addEventListener('click', () => sse.reconnect());
  return () => {
    const isEnded = sse.channel.state.code === 2 && !sse.isPaused;
    byId('unavailable-offer').hidden = !isEnded;
    if (isEnded) setText(byId('unavailable-text'), ENDED);
  };
}

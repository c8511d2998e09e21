import { asksAtInterval } from '../../transports/traits.ts';
import type { Tuning } from '../protocol.ts';
import { byId } from './dom.ts';
import type { ServerLink } from './server-link.ts';
import type { TransportCard } from './transport-card.ts';

/** What the toolbar sets, and short polling looks at. */
export type Settings = { pollIntervalMs: number; newestOnly: boolean };

/** Adds the value as an option of its own where the list has none, and chooses it. */
function choose(select: HTMLSelectElement, value: number, unit: string): void {
  if (![...select.options].some((option) => Number(option.value) === value)) {
    select.add(new Option(`${value} ${unit}`, String(value)));
  }
  select.value = String(value);
}

/** Brings the toolbar to life: speed and size of this page's feed, how short polling asks, and pause for all. */
export function enableControls(
  tuning: Tuning,
  settings: Settings,
  server: ServerLink,
  cards: readonly TransportCard[],
): void {
  const rate = byId('rate', HTMLSelectElement);
  const payload = byId('payload', HTMLSelectElement);
  const interval = byId('poll-interval', HTMLSelectElement);
  const newest = byId('newest-only', HTMLInputElement);
  choose(rate, tuning.rateHz, 'ticks/s');
  choose(payload, tuning.payloadBytes, 'B');
  choose(interval, settings.pollIntervalMs, 'ms');
  let current = tuning;
  const tune = async () => {
    const wanted = { rateHz: Number(rate.value), payloadBytes: Number(payload.value) };
    if (await server.tune(wanted)) {
      current = wanted;
      for (const { channel } of cards) channel.latency.clear();
    } else {
      choose(rate, current.rateHz, 'ticks/s');
      choose(payload, current.payloadBytes, 'B');
    }
  };
  for (const select of [rate, payload]) select.addEventListener('change', () => void tune());
  interval.addEventListener('change', () => {
    settings.pollIntervalMs = Number(interval.value);
    for (const { id, channel } of cards) if (asksAtInterval(id)) channel.latency.clear();
  });
  newest.addEventListener('change', () => {
    settings.newestOnly = newest.checked;
  });
  byId('pause-all').addEventListener('click', () => {
    const isPausing = cards.some((card) => !card.isPaused);
    for (const card of cards) {
      if (isPausing) card.pause();
      else card.resume();
    }
  });
}

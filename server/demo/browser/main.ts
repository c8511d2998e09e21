// The live page's script: links to this page's own server, drawn as they come, and the labs.
import { askAgainMs } from '../model/backoff.ts';
import type { ClockEstimate } from '../model/clock-offset.ts';
import { formatBytes, formatSeconds, formatTime } from '../model/format.ts';
import { shownTransports } from '../model/shown-transports.ts';
import type { Counters, PageData } from '../protocol.ts';
import { TRANSPORT_IDS } from '../../transports/traits.ts';
import { cardView } from './card-view.ts';
import { startClassic } from './classic.ts';
import { enableControls, type Settings } from './controls.ts';
import { byId, find, setText } from './dom.ts';
import { enableChooser } from './labs/chooser.ts';
import { restartLab, unavailableOffer } from './labs/restart.ts';
import { sixConnections } from './labs/six-connections.ts';
import { slowConsumer } from './labs/slow-consumer.ts';
import { lanesView } from './lanes-view.ts';
import { serverClock } from './server-clock.ts';
import { serverLink } from './server-link.ts';
import { TransportCard } from './transport-card.ts';

/** Figures that change faster cannot be read. */
const RENDER_MS = 150;
/** Smooth enough, at a third of what a screen shows: the page must not take the CPU whose work it shows. */
const LANES_MS = 45;

const data = JSON.parse(byId('data').textContent) as PageData;
const host = `${location.hostname}:${data.feedPort}`;
const labHost = `${location.hostname}:${data.labPort}`;
const settings: Settings = { pollIntervalMs: 1000, newestOnly: false };
const server = serverLink(data);
const clock = serverClock();
const shown = shownTransports(location.search);
for (const id of TRANSPORT_IDS) if (!shown.includes(id)) find(document, `article.${id}`).remove();
const cards = shown.map((id) => new TransportCard(id, { clock, server, host, settings }));
const views = cards.map((card) => ({ card, render: cardView(card, clock) }));
const renderLanes = lanesView(cards);
const renderClassic = startClassic();
const renderSix = sixConnections(labHost);
/** Asks for the counters at once: something is going on that they show. */
const refresh = () => void ask();
const restarts = (['refused', 'unavailable'] as const).map((mode) =>
  restartLab(mode, { cards, server, clock, refresh }),
);
const renderUnavailable = unavailableOffer(cards.find(({ id }) => id === 'sse')!);
const slow = slowConsumer(labHost, server, refresh);
const stillness = matchMedia('(prefers-reduced-motion: reduce)');

let counters: Counters | undefined;
let counterTimer: number | undefined;
/** In a row, of asking for the counters. */
let failures = 0;

/** Asks for the server's counters, now and then over and over. */
async function ask(): Promise<void> {
  clearTimeout(counterTimer);
  try {
    const answered = await server.counters();
    byId('gone').hidden = answered !== null;
    if (answered === null) {
      // Nothing that this page asks for will be there again.
      for (const card of cards) card.pause('stopped: the server has forgotten this page');
      return;
    }
    counters = answered;
    failures = 0;
  } catch {
    failures++;
    byId('gone').hidden = false;
  }
  const isBusy = slow.isRunning() || counters?.outage?.upUs === null;
  clearTimeout(counterTimer);
  counterTimer = setTimeout(() => void ask(), askAgainMs(failures, isBusy, Math.random()));
}

function showFacts({ tuning, emitLateness }: Counters): void {
  setText(byId('fact-feed'), `${tuning.rateHz} ticks/s of ${formatBytes(tuning.payloadBytes)}`);
  setText(byId('fact-lateness'), `p50 ${formatTime(emitLateness.p50Us)}, p99 ${formatTime(emitLateness.p99Us)}`);
}

function showClock({ offsetUs, boundUs }: ClockEstimate): void {
  const sign = offsetUs < 0 ? '−' : '+';
  setText(byId('fact-clock'), `${sign}${(Math.abs(offsetUs) / 1e6).toFixed(3)} s ± ${formatTime(boundUs)}`);
  byId('fact-clock').dataset['offsetUs'] = String(offsetUs);
  byId('fact-clock').dataset['boundUs'] = String(boundUs);
}

let renderedMs = 0;
let lanesMs = 0;

function render(nowMs: number): void {
  requestAnimationFrame(render);
  const isDue = nowMs - renderedMs >= RENDER_MS;
  if (nowMs - lanesMs >= (stillness.matches ? 1000 : LANES_MS)) {
    lanesMs = nowMs;
    renderLanes(clock.nowUs());
  }
  if (!isDue) return;
  renderedMs = nowMs;
  for (const { card, render: renderCard } of views) renderCard(counters?.wire[card.id]);
  renderUnavailable();
  renderClassic();
  if (!counters) return;
  showFacts(counters);
  renderSix(counters);
  slow.render(counters);
  for (const renderRestart of restarts) renderRestart(counters);
}

/** Hidden pages are slowed down by the browser: what they measure would be the browser's doing. */
function followVisibility(): void {
  let hiddenMs = 0;
  document.addEventListener('visibilitychange', () => {
    const nowMs = performance.now();
    if (document.hidden) hiddenMs = nowMs;
    const away = formatSeconds((nowMs - hiddenMs) * 1000);
    for (const { channel } of cards) {
      channel.countFrom(document.hidden ? Number.POSITIVE_INFINITY : clock.nowUs());
      if (!document.hidden) channel.note(`the page was hidden for ${away}, which do not count`, new Date());
    }
  });
  if (document.hidden) for (const { channel } of cards) channel.countFrom(Number.POSITIVE_INFINITY);
}

async function start(): Promise<void> {
  byId('cards').hidden = false;
  setText(byId('fact-server'), host);
  enableControls(data.tuning, settings, server, cards);
  enableChooser(data);
  followVisibility();
  requestAnimationFrame(render);
  // Latencies mean nothing before the clocks are compared.
  await clock.start(showClock);
  for (const card of cards) card.start();
  await ask();
}

void start();

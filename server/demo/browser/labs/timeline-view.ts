import type { Absence } from '../../model/absence.ts';
import { absenceOf, rowOf as laneOf, timelineOf, type Timeline } from '../../model/restart-timeline.ts';
import { formatSeconds } from '../../model/format.ts';
import type { Outage } from '../../protocol.ts';
import { html, type Markup } from '../../../page/html.ts';
import type { TransportCard } from '../transport-card.ts';
import { formatCount } from '../../../page/words.ts';
import { find, markOf } from '../dom.ts';

const LANE = 30;
const TOP = 6;
const AXIS = 22;
const WIDTH = 1000;

/**
 * Shows what an outage did to each transport: a timeline of the gaps, and the table that says the same in figures.
 *
 * @param figure holds `.timeline` and a table body
 */
export function showTimeline(
  figure: HTMLElement,
  cards: readonly TransportCard[],
  outage: Outage,
  nowUs: number,
): void {
  const chart = find(figure, '.timeline');
  const absences = cards.map(({ channel }) => absenceOf(outage, channel.absences.absences));
  const timeline = timelineOf(outage, absences, nowUs);
  chart.innerHTML = html`<ul class="names">
      ${cards.map(({ id, label }) => html`<li>${markOf(id)}<span>${label}</span></li>`)}
    </ul>
    <div class="gaps">
      ${drawing(cards, timeline, absences, nowUs)}
      <ol class="axis" aria-hidden="true">
        ${timeline.seconds.map(({ label }) => html`<li>${label}</li>`)}
      </ol>
    </div>`.source;
  // The policy lets scripts place things, but no attribute.
  for (const [index, item] of chart.querySelectorAll<HTMLElement>('.axis li').entries())
    item.style.left = `${(timeline.seconds[index]?.at ?? 0) * 100}%`;
  find(figure, 'tbody').innerHTML = html`${cards.map((card, index) => rowOf(card, absences[index], nowUs))}`.source;
}

function drawing(
  cards: readonly TransportCard[],
  timeline: Timeline,
  absences: readonly (Absence | undefined)[],
  nowUs: number,
): Markup {
  const height = TOP + cards.length * LANE + AXIS;
  const { down, fromUs, toUs } = timeline;
  const end = Math.min(1, (nowUs - fromUs) / (toUs - fromUs));
  const lanes = cards.map(({ id }, index) => {
    const { gap, attempts } = laneOf(timeline, absences[index], nowUs);
    const y = TOP + index * LANE + LANE / 2;
    const line = (from: number, to: number, kind: string, reach = 0) =>
      html`<line class="${kind} ${id}" x1="${from * WIDTH}" x2="${to * WIDTH}" y1="${y - reach}" y2="${y + reach}" />`;
    return [
      line(0, gap?.from ?? end, 'up'),
      gap && line(gap.from, gap.to, 'gap'),
      gap && gap.to < end ? line(gap.to, end, 'up') : null,
      attempts.map((at) => line(at, at, 'attempt', 8)),
    ];
  });
  return html`<svg
    width="100%"
    height="${height}"
    viewBox="0 0 ${WIDTH} ${height}"
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    <rect
      class="down"
      x="${down.from * WIDTH}"
      width="${Math.max(1, (down.to - down.from) * WIDTH)}"
      y="0"
      height="${height - AXIS}"
    />
    ${lanes}
  </svg>`;
}

/** What the outage was to one transport, in figures. */
function rowOf(card: TransportCard, absence: Absence | undefined, nowUs: number): Markup {
  const gap =
    absence === undefined
      ? 'none'
      : `${formatSeconds((absence.toUs ?? nowUs) - absence.fromUs)}${absence.toUs === null ? ' so far' : ''}`;
  return html`<tr data-transport="${card.id}">
    <th scope="row">${markOf(card.id)}${card.label}</th>
    <td data-key="gap">${gap}</td>
    <td data-key="tried">${triedBy(card, absence)}</td>
    <td data-key="replayed">${formatCount(absence?.replayed ?? 0)}</td>
    <td data-key="lost">${formatCount(absence?.lost ?? 0)}</td>
  </tr>`;
}

/** Who tried to come back, and how often, as far as the page can know. */
function triedBy({ id, channel }: TransportCard, absence: Absence | undefined): string {
  const count = absence?.attemptsUs.length ?? 0;
  if (id !== 'sse') return `${count} by the page`;
  if (count > 0) return 'by the browser, which gave up; then by hand';
  return channel.state.name === 'CLOSED' ? 'by the browser, which gave up' : 'by the browser';
}

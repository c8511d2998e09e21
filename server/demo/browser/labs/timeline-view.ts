import type { Absence } from '../../model/absence.ts';
import { absenceOf, rowOf, timelineOf } from '../../model/restart-timeline.ts';
import { formatSeconds } from '../../model/format.ts';
import type { Outage } from '../../protocol.ts';
import { element, svg } from '../dom.ts';
import { mark } from '../mark.ts';
import type { TransportCard } from '../transport-card.ts';
import { formatCount } from '../../../page/words.ts';

const LANE = 30;
const TOP = 6;
const AXIS = 22;
const WIDTH = 1000;

/** What an outage did to each transport: a timeline of the gaps, and the table that says the same in figures. */
export class TimelineView {
  readonly #chart: HTMLElement;
  readonly #table: HTMLElement;
  readonly #cards: readonly TransportCard[];

  /** @param figure holds `.timeline` and a table body */
  constructor(figure: HTMLElement, cards: readonly TransportCard[]) {
    this.#chart = figure.querySelector<HTMLElement>('.timeline')!;
    this.#table = figure.querySelector<HTMLElement>('tbody')!;
    this.#cards = cards;
  }

  render(outage: Outage, nowUs: number): void {
    const absences = this.#cards.map(({ channel }) => absenceOf(outage, channel.absences.absences));
    const timeline = timelineOf(outage, absences, nowUs);
    const height = TOP + this.#cards.length * LANE + AXIS;
    const chart = svg('svg', {
      width: '100%',
      height,
      viewBox: `0 0 ${WIDTH} ${height}`,
      preserveAspectRatio: 'none',
      'aria-hidden': 'true',
    });
    const { down } = timeline;
    chart.append(
      svg('rect', {
        class: 'down',
        x: down.from * WIDTH,
        width: Math.max(1, (down.to - down.from) * WIDTH),
        y: 0,
        height: height - AXIS,
      }),
    );
    for (const [index, card] of this.#cards.entries()) {
      const row = rowOf(timeline, absences[index], nowUs);
      const y = TOP + index * LANE + LANE / 2;
      const line = (from: number, to: number, kind: string) =>
        chart.append(svg('line', { class: `${kind} ${card.id}`, x1: from * WIDTH, x2: to * WIDTH, y1: y, y2: y }));
      const end = Math.min(1, (nowUs - timeline.fromUs) / (timeline.toUs - timeline.fromUs));
      line(0, row.gap?.from ?? end, 'up');
      if (row.gap) {
        line(row.gap.from, row.gap.to, 'gap');
        if (row.gap.to < end) line(row.gap.to, end, 'up');
      }
      for (const at of row.attempts) {
        chart.append(
          svg('line', { class: `attempt ${card.id}`, x1: at * WIDTH, x2: at * WIDTH, y1: y - 8, y2: y + 8 }),
        );
      }
    }
    const axis = element('ol', 'axis');
    axis.setAttribute('aria-hidden', 'true');
    for (const { at, label } of timeline.seconds) {
      const item = element('li', '', label);
      item.style.left = `${at * 100}%`;
      axis.append(item);
    }
    const names = element(
      'ul',
      'names',
      ...this.#cards.map(({ id, label }) => element('li', '', mark(id), element('span', '', label))),
    );
    this.#chart.replaceChildren(names, element('div', 'gaps', chart, axis));
    this.#table.replaceChildren(
      ...this.#cards.map((card, index) => {
        const absence = absences[index];
        const gap = !absence
          ? 'none'
          : absence.toUs === null
            ? `${formatSeconds(nowUs - absence.fromUs)} so far`
            : formatSeconds(absence.toUs - absence.fromUs);
        const tried = triedBy(card, absence);
        const name = element('th', '', mark(card.id), card.label);
        name.scope = 'row';
        const row = element('tr', '', name);
        row.dataset['transport'] = card.id;
        for (const [key, text] of [
          ['gap', gap],
          ['tried', tried],
          ['replayed', formatCount(absence?.replayed ?? 0)],
          ['lost', formatCount(absence?.lost ?? 0)],
        ] as const) {
          const cell = element('td', '', text);
          cell.dataset['key'] = key;
          row.append(cell);
        }
        return row;
      }),
    );
  }
}

/** Who tried to come back, and how often, as far as the page can know. */
function triedBy({ id, channel }: TransportCard, absence: Absence | undefined): string {
  const count = absence?.attemptsUs.length ?? 0;
  if (id !== 'sse') return `${count} by the page`;
  if (count > 0) return 'by the browser, which gave up; then by hand';
  return channel.state.name === 'CLOSED' ? 'by the browser, which gave up' : 'by the browser';
}

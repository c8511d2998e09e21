import { stepsOf, type Step, type Steps } from '../../bench/judge/steps.ts';
import { formatIn, scaleFor, type Scale } from '../../bench/basics/amounts.ts';
import { html, type Content, type Markup } from '../../server/page/html.ts';
import type { Load } from '../figures/load.ts';
import { markOf, classOf } from '../plot/look.ts';
import { groupedTable, num, text, type RowGroup } from '../table.ts';
import type { ReportView, Section } from './section.ts';

const WIDTH = 180;
const HEIGHT = 12;

/** Up to when each part of a bar lasts; what is not known takes no time. */
const PARTS = [
  ['until it was sent', ({ sent }: Steps) => sent],
  ['until the first client had it', ({ firstClient }: Steps) => firstClient],
  ['until the last client had it', ({ lastClient }: Steps) => lastClient],
] as const;

/** A bar from when a tick was due until its last client had it, with a stroke where it was acknowledged; all bars to one scale. */
function bar(steps: Steps, longestUs: number, kind: string): Markup {
  const x = (us: number) => ((us / longestUs) * WIDTH).toFixed(1);
  let before = 0;
  const parts = PARTS.map(([, of], place) => {
    const from = before;
    before = Math.max(from, of(steps)?.p50 ?? 0);
    return html`<rect class="part${place}" x="${x(from)}" y="2" width="${x(before - from)}" height="${HEIGHT - 4}" />`;
  });
  const at = steps.acknowledged === null ? null : x(steps.acknowledged.p50);
  return html`<svg class="steps ${kind}" width="${WIDTH + 2}" height="${HEIGHT}" aria-hidden="true">
    ${parts} ${at === null ? null : html`<path d="M${at} 0V${HEIGHT}" />`}
  </svg>`;
}

function figure(step: Step | null, scale: Scale): Content {
  return step === null ? '–' : [formatIn(scale, step.p50), html`<small>${formatIn(scale, step.p99)}</small>`];
}

/** The last of the steps of a tick in microseconds. */
const endOf = (steps: Steps) => Math.max(0, ...Object.values(steps).map((step: Step | null) => step?.p50 ?? 0));

function groupOf({ page, loads }: ReportView, { key, label, rows }: Load): RowGroup {
  const known = rows.filter(({ usable }) => usable.length > 0).map((row) => ({ row, steps: stepsOf(row.usable) }));
  const longestUs = Math.max(1, ...known.map(({ steps }) => endOf(steps)));
  const scale = scaleFor('us', [1000]);
  return {
    key,
    name: loads.length > 1 ? label : null,
    rows: known.map(({ row: { look, label: name }, steps }) => [
      html`${markOf(page.transports, look.id)}${name}`,
      bar(steps, longestUs, classOf(page.transports, look.id)),
      figure(steps.sent, scale),
      figure(steps.acknowledged, scale),
      figure(steps.firstClient, scale),
      figure(steps.lastClient, scale),
    ]),
  };
}

/** Where the time of a delivery goes, where a run has servers that are published to. */
export const steps: Section = {
  id: 'steps',
  title: 'The way of a tick',
  render(view) {
    if (view.standing.nothing !== null || !view.result.trials.some(({ publish }) => publish)) return null;
    return html`<p>
        How long after it was due a tick was sent to the server, acknowledged by it, and received by its first and its
        last client: typical (p50), beneath it p99, medians over trials.
      </p>
      ${groupedTable(
        'Steps of a tick since it was due, ms',
        [
          text('transport'),
          { label: 'due → last client', kind: 'picture' },
          num('sent'),
          num('acknowledged'),
          num('first client'),
          num('last client'),
        ],
        view.loads.map((load) => groupOf(view, load)),
      )}
      <p class="quiet">
        A bar is pale ${PARTS[0][0]}, darker ${PARTS[1][0]}, full ${PARTS[2][0]}; its stroke is the acknowledgement.
        What comes before “sent” is the publisher's; the built-in server sends to itself. An acknowledgement by HTTP is
        the answer to the publish, and may come after clients have the tick; by standard input it says that the pipe had
        room, not that the server has read. Clients are those that latency is taken from.
      </p>`;
  },
};

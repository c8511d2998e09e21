import type { RunResult } from '../../bench/result/schema.ts';
import type { MetricChange, RunComparison } from '../../bench/judge/compare-runs.ts';
import { html, type Markup } from '../../server/page/html.ts';
import { ALIKE, machineText, OUTCOMES } from '../../bench/judge/change-words.ts';
import { cellLabel } from '../figures/load.ts';
import { dataTable, num, text, type Column, type Row } from '../table.ts';
import { aloneText, caveat, changeSentence, changeText, conclusion, mediansText, trialsText } from './words.ts';

const WIDTH = 130;
const HEIGHT = 16;
const MIDDLE = WIDTH / 2;

/** At least 5 % and at most tenfold to either side: a trifle shall not fill the picture, nor an outlier flatten the rest. */
const LEAST = Math.log(1.05);
const MOST = Math.log(10);

/** How far the axis of all pictures reaches to either side, as a logarithm of the ratio. */
function reachOf(changes: readonly MetricChange[]): number {
  const logs = changes.flatMap(({ ratio }) =>
    ratio === null ? [] : [ratio.value, ratio.low ?? ratio.value, ratio.high ?? ratio.value].map(Math.log),
  );
  return Math.min(MOST, Math.max(LEAST, ...logs.map(Math.abs)));
}

/** The interval of a ratio around no change, with the margin that counts as none; beside it stand its figures. */
function forestPicture({ ratio, margin, outcome }: MetricChange, reach: number): Markup | null {
  if (ratio === null) return null;
  const x = (value: number) => {
    const place = Math.max(-1, Math.min(1, Math.log(value) / reach));
    return (MIDDLE + place * (MIDDLE - 6)).toFixed(1);
  };
  const band = Number(x(1 + margin)) - Number(x(1 / (1 + margin)));
  const { low, high } = ratio;
  return html`<svg
    class="forest ${outcome}"
    width="${WIDTH}"
    height="${HEIGHT}"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    aria-hidden="true"
  >
    <rect class="band" x="${x(1 / (1 + margin))}" y="0" width="${band.toFixed(1)}" height="${HEIGHT}" />
    <line class="none" x1="${x(1)}" x2="${x(1)}" y1="0" y2="${HEIGHT}" />
    ${low === null || high === null ? null : html`<line class="interval" x1="${x(low)}" x2="${x(high)}" y1="${HEIGHT / 2}" y2="${HEIGHT / 2}" />`}
    <circle cx="${x(ratio.value)}" cy="${HEIGHT / 2}" r="3.5" />
  </svg>`;
}

function runRow(name: string, result: RunResult): Row {
  const { label, id, startedAt, version, commit } = result.run;
  return [
    name,
    label === '' ? id : label,
    startedAt.slice(0, 19).replace('T', ' '),
    `${version}${commit === null ? '' : ` · commit ${commit.slice(0, 12)}`}`,
    trialsText(result),
  ];
}

function differencesOf({ differences }: RunComparison): Markup {
  if (differences.length === 0) return html`<p>${ALIKE}</p>`;
  const withheld = html`<strong class="word invalid">withholds every verdict</strong>`;
  return dataTable(
    'How the runs differ',
    ['what', 'A', 'B', 'which'].map(text),
    differences.map(({ what, a, b, withholds }) => [what, a, b, withholds ? withheld : 'may be what is compared']),
  );
}

function changeRow(change: MetricChange, result: RunResult, reach: number): Row {
  const { cell, metric, trials, outcome } = change;
  const { middle, interval } = changeText(change);
  const medians = mediansText(change);
  return {
    attributes: html` data-outcome="${outcome}" data-metric="${metric.id}"`,
    content: [
      cellLabel(result, cell),
      metric.label,
      medians.a,
      medians.b,
      [middle, interval === '' ? null : html`<small>${interval}</small>`],
      forestPicture(change, reach),
      html`<span class="change ${outcome}">${OUTCOMES[outcome]}</span>`,
      `${trials.a} / ${trials.b}`,
    ],
  };
}

const COLUMNS: readonly Column[] = [
  text('cell'),
  text('metric'),
  num('A'),
  num('B'),
  num('B against A'),
  { label: 'lower ← → higher', kind: 'picture' },
  text('verdict'),
  num('trials A / B'),
];

function found({ changes }: RunComparison, a: RunResult, outcome: 'worse' | 'better'): Markup | null {
  const own = changes.filter((change) => change.outcome === outcome);
  if (own.length === 0) return null;
  return html`<p class="change ${outcome}">${outcome === 'worse' ? 'Worse:' : 'Better:'}</p>
    <ul>
      ${own.map((change) => html`<li>${changeSentence(change, a)}</li>`)}
    </ul>`;
}

/**
 * Two runs against each other: which they are, how they differ, what it comes to, what changed, every figure. The differences
 * come before any figure, since they decide whether a figure means anything.
 */
export function comparisonView(comparison: RunComparison, a: RunResult, b: RunResult): Markup {
  const { changes, comparable, family } = comparison;
  const alone = aloneText(comparison);
  const machine = machineText(comparison);
  const isJudged = comparable && family > 0;
  const reach = reachOf(changes);
  const rows = changes.map((change) => changeRow(change, a, reach));
  return html`${dataTable('The runs', ['', 'run', 'started, UTC', 'pushbench', 'trials'].map(text), [
      runRow('A, before', a),
      runRow('B, after', b),
    ])}
    ${differencesOf(comparison)} ${machine === null ? null : html`<p>${machine}</p>`}
    ${alone === '' ? null : html`<p>${alone}</p>`}
    <h3>What changed beyond noise</h3>
    <p class="${isJudged ? 'conclusion' : 'notice'}">${conclusion(comparison)}</p>
    ${isJudged ? [found(comparison, a, 'worse'), found(comparison, a, 'better'), html`<p class="quiet">${caveat(comparison)}</p>`] : null}
    ${rows.length === 0 ? null : dataTable('Every figure', COLUMNS, rows)}`;
}

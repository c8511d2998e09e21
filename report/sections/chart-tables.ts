import { agePoints, latencyPoints } from '../figures/grids.ts';
import type { PageData, PageRow, Point } from '../page-data.ts';
import { dataTable, groupedTable, num, text } from '../table.ts';
import { formatCount, formatIn, formatNumber, scaleFor } from '../../bench/basics/amounts.ts';
import { rounded } from '../../bench/basics/numbers.ts';
import type { Content, Markup } from '../../server/page/html.ts';

/** One table over every load and transport that is drawn: complete without JavaScript. */
function overRows(
  page: PageData,
  caption: string,
  columns: readonly string[],
  cells: (row: PageRow) => readonly Content[] | null,
): Markup {
  const groups = page.loads.map((load) => ({
    name: page.loads.length > 1 ? load.label : null,
    rows: load.rows.filter(({ usable }) => usable).flatMap((row) => withName(row, cells(row))),
  }));
  const shown = groups.filter(({ rows }) => rows.length > 0);
  return groupedTable(caption, [text('transport'), ...columns.map(num)], shown);
}

/** A row of the table; none where a chart draws nothing of it. */
const withName = ({ label }: PageRow, cells: readonly Content[] | null) => (cells === null ? [] : [[label, ...cells]]);

const PERCENTILES = [50, 90, 95, 99, 99.9, 99.99] as const;

/** The last point that is not beyond x, on a curve that rises with x; beyond the end there is none. */
function at(points: readonly Point[], x: number): Content {
  if ((points.at(-1)?.[0] ?? 0) < x) return '–';
  const y = points.findLast((point) => point[0] <= x * (1 + 1e-3))?.[1] ?? null;
  return y === null ? '–' : formatNumber(y);
}

/** The y at exactly this x. */
function exactly(points: readonly Point[], x: number): string {
  const y = points.find((point) => point[0] === x)?.[1] ?? null;
  return y === null ? '–' : formatNumber(y);
}

/** Latency at the usual percentiles, read off the drawn curve. */
export function latencyTable(page: PageData): Markup {
  const columns = [...PERCENTILES.map((p) => `${p} %`), 'max', 'samples'];
  return overRows(page, 'Delivery latency by percentile, ms', columns, (row) => [
    ...PERCENTILES.map((p) => at(latencyPoints(row), 1 / (1 - p / 100))),
    row.latency.length === 0 ? '–' : formatNumber(row.latency.at(-1) ?? 0),
    formatCount(row.samples),
  ]);
}

const SHARES = [10, 50, 90, 99, 99.9, 100] as const;

/** Age of information by share of the time. */
export function ageTable(page: PageData): Markup {
  const caption = 'Age of information, ms: no older than this during … of the time';
  const columns = SHARES.map((share) => `${share} %`);
  return overRows(page, caption, columns, (row) => SHARES.map((share) => exactly(agePoints(row), share)));
}

/** p50 and p99 of each second; the rows of a run share their seconds. */
export function timelineTable(page: PageData): Markup {
  const rows = page.loads.flatMap((load) => load.rows);
  const seconds = [...new Set(rows.flatMap((row) => row.p99.map(([x]) => x)))].toSorted((a, b) => a - b);
  const columns = seconds.map((x) => String(Math.floor(x)));
  return overRows(page, 'p50 / p99 in ms, by second (negative: warm-up)', columns, (row) =>
    seconds.map((x) => `${exactly(row.p50, x)} / ${exactly(row.p99, x)}`),
  );
}

const REACHED = [0.5, 0.9, 1] as const;

/** When connections reached shares of their final target, and how many were open at the end. */
export function connectionsTable(page: PageData): Markup {
  const caption = 'Seconds from the start of the ramp until a share of the clients was connected';
  const columns = [...REACHED.map((share) => `${share * 100} %`), 'open at the end', 'target'];
  return overRows(page, caption, columns, ({ connections }) => {
    if (connections === null) return null;
    const { connected, stepSeconds } = connections;
    const target = connections.target.at(-1) ?? 0;
    const reached = REACHED.map((share) => {
      const step = connected.findIndex((count) => count >= share * target);
      return step < 0 ? 'never' : formatNumber(rounded(step * stepSeconds));
    });
    return [...reached, formatCount(connected.at(-1) ?? 0), formatCount(target)];
  });
}

function estimateCells(row: PageRow, metric: string, unit: string): Content[] {
  const estimate = row.metrics[metric];
  if (estimate === undefined) return ['–', '–', '0'];
  const [median, low, high, trials] = estimate;
  const scale = scaleFor(unit, [median]);
  const range = low === null || high === null ? '–' : `${formatIn(scale, low)} – ${formatIn(scale, high)}`;
  return [`${formatIn(scale, median)} ${scale.unit}`.trim(), range, String(trials)];
}

const ESTIMATE = ['median', '95 % interval', 'trials'];

const part = (value: number | undefined) => (value === undefined ? '–' : formatNumber(value));

/** One metric's median, interval and number of trials in every cell, after the parts that its bars consist of. */
export function metricTable(
  page: PageData,
  id: string,
  caption: string,
  parts: readonly string[] = [],
  partsIn?: 'cpuParts' | 'bytesParts',
): Markup {
  const unit = page.metrics.find((metric) => metric.id === id)?.unit ?? '';
  return overRows(page, caption, [...parts, ...ESTIMATE], (row) => [
    ...parts.map((_, place) => part(partsIn && row[partsIn]?.[place])),
    ...estimateCells(row, id, unit),
  ]);
}

/** What each step costs one message. */
export function microTable(page: PageData): Markup {
  return dataTable(
    'Cost of one message in isolation, ns',
    [text('step'), text('what'), text('code'), num('mean'), num('± 95 %'), num('median')],
    page.micro.map(({ step, what, library, meanNs, marginNs, medianNs }) => [
      step,
      what,
      library ? 'library' : 'pushbench',
      formatNumber(meanNs),
      formatNumber(marginNs),
      formatNumber(medianNs),
    ]),
  );
}

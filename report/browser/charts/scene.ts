import type { ChartConfiguration } from 'chart.js';
import type { PageData, PageLoad, PageRow, Point } from '../../page-data.ts';
import type { TransportLook } from '../../../bench/result/schema.ts';
import type { Theme } from '../theme.ts';
import type { ViewState } from '../../view-link.ts';

/** All that a chart is drawn from. */
export type Scene = {
  readonly data: PageData;
  readonly state: ViewState;
  readonly theme: Theme;
  /** Of the place for the chart, in CSS pixels. */
  readonly width: number;
};

/** A chart as Chart.js knows it, of whichever type it is. */
export type Drawing = {
  readonly config: ChartConfiguration<'line'> | ChartConfiguration<'bar'>;
  /** Height of the place in CSS pixels, where it follows from the data. */
  readonly height?: number;
  /** Likewise the least height, where the style sheet sets one. */
  readonly leastHeight?: number;
};

/** A chart with its place in the page; it gives a sentence where there is nothing to draw. */
export type ChartPart = { readonly id: string; readonly draw: (scene: Scene) => Drawing | string };

/** What a line stands for: its name, and its transport with its colour now. */
export type Named = { readonly label: string; readonly transport: TransportLook; readonly colour: string };

/** A row with its transport's look. */
export type Series = Named & { readonly row: PageRow };

/** The load that charts of one load show. */
export function currentLoad({ data, state }: Scene): PageLoad | undefined {
  return data.loads.find((load) => load.key === state.load);
}

/** What is drawn of a load: usable rows of transports that are not hidden. */
export function seriesOf(scene: Scene, load: PageLoad | undefined): Series[] {
  return (load?.rows ?? []).flatMap((row) => {
    const transport = scene.data.transports.find(({ id }) => id === row.transport);
    if (transport === undefined || !row.usable || scene.state.hidden.has(row.transport)) return [];
    return [{ row, label: row.label, transport, colour: scene.theme.colour(transport) }];
  });
}

/** What a chart says when no row is left to draw. */
export function whyEmpty({ state }: Scene): string {
  return state.hidden.size > 0
    ? 'Nothing to draw: every transport that has these figures is switched off above.'
    : 'Nothing to draw: no valid trial of this load has these figures.';
}

/** A logarithmic axis cannot show zero: it begins at the clock's resolution, one microsecond. */
export const CLOCK_MS = 0.001;

/** Points for Chart.js; a gap becomes a point that it skips. */
export function xy(points: readonly Point[], clampY = 0): { x: number; y: number }[] {
  return points.map(([x, y]) => ({ x, y: y === null ? NaN : Math.max(clampY, y) }));
}

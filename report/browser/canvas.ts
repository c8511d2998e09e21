import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  Tooltip,
  type ChartConfiguration,
} from 'chart.js';
import type { PageData } from '../page-data.ts';
import { COSTS, micro } from './charts/bars.ts';
import { age, connections, latency, timeline } from './charts/line-charts.ts';
import type { ChartPart } from './charts/scene.ts';
import { SWEEPS } from './charts/sweep.ts';
import type { Theme } from './theme.ts';
import type { ViewState } from '../view-link.ts';

// Only what is drawn, so that the rest of the library stays out of the page.
Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  Tooltip,
);

const drawn = new Map<string, Chart>();

/** Each is drawn where the page has a place for it. */
const CHARTS: readonly ChartPart[] = [...SWEEPS, latency, age, timeline, ...COSTS, connections, micro];

function drawOne({ id, draw }: ChartPart, data: PageData, state: ViewState, theme: Theme): void {
  const canvas = document.querySelector<HTMLCanvasElement>(`canvas[data-chart="${id}"]`);
  const missing = document.querySelector<HTMLElement>(`[data-missing="${id}"]`);
  const place = canvas?.parentElement;
  if (!canvas || !missing || !place) return;
  drawn.get(id)?.destroy();
  drawn.delete(id);
  place.hidden = false;
  const drawing = draw({ data, state, theme, width: place.clientWidth });
  const isMissing = typeof drawing === 'string';
  missing.hidden = !isMissing;
  place.hidden = isMissing;
  if (isMissing) {
    missing.textContent = drawing;
    return;
  }
  if (drawing.height !== undefined) place.style.height = `${drawing.height}px`;
  place.style.minHeight = `${drawing.leastHeight ?? 0}px`;
  drawn.set(id, new Chart(canvas, drawing.config as ChartConfiguration));
}

/** Draws every chart that the page has a place for, anew. */
export function drawAll(data: PageData, state: ViewState, theme: Theme): void {
  for (const part of CHARTS) {
    drawOne(part, data, state, theme);
    // For whoever wants to know how soon there is something to see.
    if (drawn.size === 1) performance.mark('pushbench:first-chart');
  }
}

/** Closes every open tooltip. */
export function dismissTooltips(): void {
  for (const chart of drawn.values()) {
    chart.setActiveElements([]);
    chart.tooltip?.setActiveElements([], { x: 0, y: 0 });
    chart.update('none');
  }
}

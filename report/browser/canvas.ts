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
} from 'chart.js';
import type { PageData } from '../page-data.ts';
import { CHARTS } from './charts/index.ts';
import type { OpenChart } from './charts/drawing.ts';
import type { ChartPart } from './charts/scene.ts';
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

const drawn = new Map<string, OpenChart>();

function drawOne({ id, draw }: ChartPart, data: PageData, state: ViewState, theme: Theme): void {
  const canvas = document.querySelector<HTMLCanvasElement>(`canvas[data-chart="${id}"]`);
  const missing = document.querySelector<HTMLElement>(`[data-missing="${id}"]`);
  const place = canvas?.parentElement;
  if (!canvas || !missing || !place) return;
  drawn.get(id)?.close();
  drawn.delete(id);
  place.hidden = false;
  const drawing = draw({ data, state, theme, width: place.clientWidth });
  missing.hidden = typeof drawing !== 'string';
  place.hidden = typeof drawing === 'string';
  if (typeof drawing === 'string') {
    missing.textContent = drawing;
    return;
  }
  if (drawing.height !== null) place.style.height = `${drawing.height}px`;
  drawn.set(id, drawing.open(canvas));
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
  for (const chart of drawn.values()) chart.dismiss();
}

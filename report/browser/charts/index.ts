import { COSTS, micro } from './bars.ts';
import { age, connections, latency, timeline } from './line-charts.ts';
import type { ChartPart } from './scene.ts';
import { SWEEPS } from './sweep.ts';

/** Every chart; each is drawn where the page has a place for it. */
export const CHARTS: readonly ChartPart[] = [...SWEEPS, latency, age, timeline, ...COSTS, connections, micro];

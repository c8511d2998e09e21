import { age } from './age.ts';
import { connections } from './connections.ts';
import { bytes, cpu, memory } from './costs.ts';
import { latency } from './latency.ts';
import { micro } from './micro.ts';
import type { ChartPart } from './scene.ts';
import { SWEEPS } from './sweep.ts';
import { timeline } from './timeline.ts';

/** Every chart; each is drawn where the page has a place for it. */
export const CHARTS: readonly ChartPart[] = [...SWEEPS, latency, age, timeline, cpu, memory, bytes, connections, micro];

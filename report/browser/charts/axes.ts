import type { TooltipItem } from 'chart.js';
import { logTicks } from '../../plot/log-ticks.ts';
import { CLOCK_MS, type Scene } from './scene.ts';
import { formatNumber, formatSetting } from '../../../bench/basics/amounts.ts';

const niceSteps = [1, 2, 5, 10];

/** The 1-2-5 number at or below (`down`) or at or above (`up`) a positive value. */
function nice(value: number, direction: 'down' | 'up'): number {
  const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
  const steps = niceSteps.map((step) => step * power);
  const found =
    direction === 'up'
      ? steps.find((step) => step >= value * (1 - 1e-9))
      : steps.findLast((step) => step <= value * (1 + 1e-9));
  return found ?? value;
}

/** The bounds of a logarithmic axis around values in ms: 1-2-5 numbers, at least a factor of ten apart. */
function logBounds(values: readonly number[]): { min: number; max: number } {
  const positive = values.filter((value) => value > 0).map((value) => Math.max(CLOCK_MS, value));
  if (positive.length === 0) return { min: CLOCK_MS, max: 1 };
  const min = nice(positive.reduce((a, b) => Math.min(a, b)) * 0.95, 'down');
  const max = nice(positive.reduce((a, b) => Math.max(a, b)) * 1.05, 'up');
  return max / min < 10 ? { min, max: nice(min * 10, 'up') } : { min, max };
}

/** Narrower than this, a chart has room for few words below it. */
export const NARROW = 420;

const LINE_LETTERS = 18;

/** The text in lines, where a chart is narrow: Chart.js would squeeze a long title into its axis, or cut a long name. */
export function lines(scene: Scene, text: string, letters = LINE_LETTERS): string | string[] {
  if (scene.width >= NARROW) return text;
  return text
    .split(/(?<=[ -])/)
    .reduce<string[]>((done, word) => {
      const last = done.at(-1);
      return last !== undefined && last.length + word.trim().length < letters
        ? [...done.slice(0, -1), last + word]
        : [...done, word];
    }, [])
    .map((line) => line.trim());
}

/**
 * An axis's name with its unit. Where the chart is narrow, it is broken into lines below it (`x`), and stands above it (`y`; see
 * `headline.ts`).
 */
export const axisTitle = (scene: Scene, text: string, along: 'x' | 'y') => ({
  display: along === 'x' || scene.width >= NARROW,
  text: along === 'x' ? lines(scene, text) : text,
  color: scene.theme.muted,
  font: { size: 12 },
});

const frame = (scene: Scene) => ({
  grid: { color: scene.theme.grid, tickColor: scene.theme.grid },
  border: { color: scene.theme.grid },
});

const tickFont = (scene: Scene) => ({ color: scene.theme.muted, font: { size: 12 } });

/** Lines of an axis at exactly these values. */
export const ticksAt = (values: readonly number[]) => ({
  afterBuildTicks: (axis: { ticks: { value: number }[] }) => {
    axis.ticks = values.map((value) => ({ value }));
  },
});

/** An axis of times in ms, logarithmic or linear as the reader chose. A linear one begins at zero. */
export function timeAxis(scene: Scene, title: string, values: readonly number[]) {
  if (scene.state.scale === 'linear') return linearAxis(scene, 'y', `${title}, ms`);
  const bounds = logBounds(values);
  return {
    ...frame(scene),
    type: 'logarithmic' as const,
    ...bounds,
    title: axisTitle(scene, `${title}, ms (log)`, 'y'),
    ...ticksAt(logTicks(bounds)),
    ticks: { ...tickFont(scene), autoSkip: true, callback: (value: string | number) => formatSetting(Number(value)) },
  };
}

/** A linear axis from zero. */
export function linearAxis(scene: Scene, along: 'x' | 'y', title: string, bounds: { min?: number; max?: number } = {}) {
  return {
    ...frame(scene),
    type: 'linear' as const,
    beginAtZero: true,
    ...bounds,
    title: axisTitle(scene, title, along),
    ticks: {
      ...tickFont(scene),
      maxTicksLimit: scene.width < NARROW ? 5 : 9,
      callback: (value: string | number) => formatSetting(Number(value)),
    },
  };
}

/** The names of the rows of a bar chart. */
export function nameAxis(scene: Scene) {
  return {
    ...frame(scene),
    type: 'category' as const,
    stacked: true,
    grid: { display: false },
    ticks: { color: scene.theme.ink, font: { size: scene.width < NARROW ? 12 : 13 }, autoSkip: false },
  };
}

/** What all charts share: no animation, the page's font, a tooltip in the page's colours. */
export function commonOptions<T extends 'line' | 'bar'>(scene: Scene, label: (item: TooltipItem<T>) => string) {
  const { theme } = scene;
  return {
    animation: false as const,
    responsive: true,
    devicePixelRatio: Math.max(2, devicePixelRatio), // sharp on paper and as a PNG as well
    maintainAspectRatio: false,
    font: { family: theme.font },
    interaction: { mode: 'nearest' as const, intersect: false, axis: 'xy' as const },
    elements: { point: { radius: 0, hitRadius: 8, hoverRadius: 5 }, line: { borderWidth: 2 } },
    plugins: {
      tooltip: {
        backgroundColor: theme.ink,
        titleColor: theme.page,
        bodyColor: theme.page,
        displayColors: false,
        padding: 9,
        callbacks: { title: () => '', label },
      },
    },
  };
}

/** `4.10 ms`. */
export const milliseconds = (value: number) => `${formatNumber(value)} ms`;

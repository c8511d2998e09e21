// Runs whose figures a test sets block by block.
import type { Cell, Trial, TransportLook, Validity } from '../../../bench/result/schema.ts';
import { summariseCells } from '../../../bench/judge/summary.ts';
import { judgeRun } from '../../../bench/judge/verdict.ts';
import { fakeCell, fakeTrial } from '../command/terminal/fake-run.ts';

/** One figure a block; null: the trial is invalid. */
export type Figures = Readonly<Record<string, readonly (number | null)[]>>;

export type Setting = {
  readonly cell?: Partial<Cell>;
  readonly validity?: Validity;
  readonly set?: (trial: Trial, figure: number) => void;
};

const look = (id: string, label: string): TransportLook => ({
  id,
  label,
  colour: { light: '#000', dark: '#fff' },
  shape: 'circle',
  dash: [],
});

const LOOKS: readonly TransportLook[] = [
  look('websocket', 'WebSocket'),
  look('sse', 'SSE'),
  look('long-polling', 'long polling'),
  look('polling', 'polling'),
];

const MISSED: Validity = {
  status: 'invalid',
  reasons: [{ code: 'TICKS_MISSED', severity: 'invalid', message: 'missed', value: 3, limit: 0 }],
};

/** The cell of a name such as `sse` or `polling 250`, the latter with its poll interval in milliseconds. */
export function cellOf(name: string, overrides: Partial<Cell> = {}): Cell {
  const [transport = name, interval] = name.split(' ');
  return fakeCell({ transport, ...(interval === undefined ? {} : { pollIntervalMs: Number(interval) }), ...overrides });
}

/** Trials whose p99 (or what `set` sets) are the figures. */
export function trialsOf(
  figures: Figures,
  { cell, validity = MISSED, set = (trial, figure) => (trial.latencyUs.p99 = figure) }: Setting = {},
): Trial[] {
  return Object.entries(figures).flatMap(([name, values]) =>
    values.map((value, block) => {
      const trial = fakeTrial(cellOf(name, cell), block, value === null ? { validity } : {});
      if (value !== null) set(trial, value);
      return trial;
    }),
  );
}

/** Cells, comparisons and verdicts of such trials. */
export function judge(trials: readonly Trial[], baseline?: string) {
  const cells = [...new Map(trials.map(({ cell }) => [JSON.stringify(cell), cell])).values()];
  return judgeRun(summariseCells(cells, trials), trials, LOOKS, baseline);
}

/** The sentences of one kind on one question. */
export function sentences(
  trials: readonly Trial[],
  kind: 'pair' | 'ranking' | 'against' | 'by-design',
  question = 'latency',
  baseline?: string,
) {
  return judge(trials, baseline)
    .verdicts.filter((verdict) => verdict.kind === kind && verdict.question === question)
    .map(({ sentence }) => sentence);
}

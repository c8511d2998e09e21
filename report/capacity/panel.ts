import type { CapacityAnswer, CapacityResult, CapacityStep } from '../../bench/result/capacity-schema.ts';
import { isGradual, slosOf } from '../../bench/judge/objective.ts';
import type { TransportLook } from '../../bench/result/schema.ts';
import { METRICS } from '../../bench/judge/metrics.ts';

/** A step as it is drawn. */
export type PanelPoint = {
  readonly step: CapacityStep;
  /** Of its transport's, from 1. */
  readonly number: number;
  /** Of the panel's metric, in its stored unit; null where the trial has none. */
  readonly value: number | null;
};

/** One chart: a figure of one transport against the load. */
export type Panel = {
  readonly look: TransportLook;
  readonly metric: { readonly id: string; readonly label: string; readonly unit: string };
  /** The objective about the figure; null where none has a limit that could be drawn. */
  readonly slo: { readonly text: string; readonly limit: number } | null;
  readonly points: readonly PanelPoint[];
  readonly answer: CapacityAnswer | null;
};

/**
 * The charts of a search: for each transport that has steps one for each objective that is a line on an axis; where there is
 * none, as with `missed=0`, its p99.
 */
export function panelsOf({ transports, steps, answers, search }: CapacityResult): Panel[] {
  return transports.flatMap((look) => {
    const own = steps.filter(({ transport }) => transport === look.id);
    if (own.length === 0) return [];
    const answer = answers.find(({ transport }) => transport === look.id) ?? null;
    const lines = slosOf(search.slos, look.id).filter(isGradual);
    const panel = (metric: Panel['metric'], slo: Panel['slo'], of: (step: CapacityStep) => number | null): Panel => ({
      look,
      metric,
      slo,
      answer,
      points: own.map((step, index) => ({
        step,
        number: index + 1,
        value: of(step),
      })),
    });
    if (lines.length > 0)
      return lines.map(({ metric, text, limit }) =>
        panel(metric, { text, limit }, ({ figures }) => figures.find(({ slo }) => slo === text)?.value ?? null),
      );
    const p99 = METRICS.find(({ id }) => id === 'p99')!;
    return [panel(p99, null, ({ trial }) => p99.of(trial))];
  });
}

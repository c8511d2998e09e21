import type { MetricSummary, RunResult } from '../../bench/result/schema.ts';
import type { CostModel } from '../../bench/model/cost-model.ts';
import { fitModels } from '../../bench/model/fit.ts';
import { serverLike } from '../../bench/model/planner.ts';
import { loadOf, sameLoad } from '../../bench/result/cell.ts';
import { huesOf } from '../../server/page/marks.ts';
import { windowMs } from '../../bench/trial/window.ts';
import type { Estimate, PageData, PageLoad, PagePair, PageRow } from '../page-data.ts';
import { ageHeights, latencyHeights, mergeHistograms } from './histogram.ts';
import { focusOf, loadsOf, sweptVariables, type Load, type Row } from './load.ts';
import { connections, perSecond } from './over-time.ts';
import { bytesParts, cpuParts } from './parts.ts';
import { medianOf, rounded } from '../../bench/basics/numbers.ts';

/** Seven significant digits: the matrix in the page has them all. */
const exact = (value: number | null) => (value === null ? null : rounded(value, 7));

function estimate({ median, low, high, trials }: MetricSummary): Estimate {
  return [rounded(median, 7), exact(low), exact(high), trials];
}

/** What charts are drawn from and what the chooser goes by. */
const SHOWN = new Set(['p99', 'ageP99', 'coverage', 'cpu', 'cpuCores', 'memory', 'bytes']);

function pageRow({ cell, look, label, summary, usable }: Row): PageRow {
  const latency = mergeHistograms(usable.map((trial) => trial.latencyUs.hdr));
  const age = mergeHistograms(usable.map((trial) => trial.ageUs.hdr));
  const metrics = Object.fromEntries(
    Object.entries(summary?.metrics ?? {}).flatMap(([id, figures]) =>
      SHOWN.has(id) ? [[id, estimate(figures)] as const] : [],
    ),
  );
  return {
    transport: look.id,
    label,
    pollIntervalMs: cell.pollIntervalMs,
    usable: usable.length > 0,
    metrics,
    trialP99Us: usable.filter((trial) => trial.latencyUs.count > 0).map((trial) => trial.latencyUs.p99),
    samples: latency?.totalCount ?? 0,
    latency: latency === null ? [] : latencyHeights(latency),
    age: age === null ? [] : ageHeights(age),
    p50: perSecond(usable, 'p50Us'),
    p99: perSecond(usable, 'p99Us'),
    connections: connections(usable),
    cpuParts: cpuParts(metrics['cpu']?.[0], usable),
    bytesParts: bytesParts(metrics['bytes']?.[0], usable),
  };
}

const CHOSEN_BY = new Set(['cpu', 'memory']);

/** What the chooser may not call a difference, and what it may. */
function pairsOf(result: RunResult, { cell, rows }: Load): PagePair[] {
  const place = (competitor: { transport: string; pollIntervalMs: number | null }) =>
    rows.findIndex(
      (row) => row.look.id === competitor.transport && row.cell.pollIntervalMs === competitor.pollIntervalMs,
    );
  return result.verdicts.flatMap((verdict): PagePair[] => {
    if (verdict.kind !== 'pair' || !CHOSEN_BY.has(verdict.question)) return [];
    const { load, question, a, b, outcome } = verdict;
    return sameLoad(load, cell) ? [[question, place(a), place(b), outcome]] : [];
  });
}

/** Of a model what plans are made by: which cells were left out, and how, stands in no plan. */
function pageModel(model: CostModel): CostModel {
  const bare = (fit: CostModel['cpu']): CostModel['cpu'] =>
    fit.kind === 'fit' ? { ...fit, leftOut: [] } : { ...fit, add: [] };
  return { ...model, cpu: bare(model.cpu), memory: bare(model.memory), traffic: [] };
}

/** Derives what the page draws from a result: merged histograms become points, trials become medians over time. */
export function pageData(result: RunResult): PageData {
  const loads = loadsOf(result);
  const looks = new Map(loads.flatMap((load) => load.rows).map((row) => [row.look.id, row.look]));
  // In the order of the result's own table, then those that it does not describe.
  const ids = [
    ...new Set([...result.transports.map((look) => look.id).filter((id) => looks.has(id)), ...looks.keys()]),
  ];
  return {
    runId: result.run.id,
    title: result.run.label || result.run.id,
    transports: ids.flatMap((id) => looks.get(id) ?? []).map((look) => ({ ...look, colour: huesOf(look) })),
    metrics: result.metrics.filter(({ id }) => SHOWN.has(id)).map(({ id, label, unit }) => ({ id, label, unit })),
    loads: loads.map((load): PageLoad => ({
      key: load.key,
      label: load.label,
      ...loadOf(load.cell),
      windowSeconds: windowMs(result.plan.settings.durationMs, load.cell.rateHz) / 1000,
      rows: load.rows.map(pageRow),
      pairs: pairsOf(result, load),
    })),
    hasFigures: result.cells.some(({ metrics }) => Object.keys(metrics).length > 0),
    focus: focusOf(loads)?.key ?? '',
    swept: sweptVariables(result),
    warmupSeconds: (medianOf(result.trials.map(({ phases }) => phases.warmupMs)) ?? 0) / 1000,
    serverWorkers: result.plan.settings.serverWorkers,
    micro: result.micro?.results ?? [],
    models: fitModels(result)
      .toSorted((a, b) => ids.indexOf(a.transport) - ids.indexOf(b.transport))
      .map(pageModel),
    server: serverLike(result.environment, null),
  };
}

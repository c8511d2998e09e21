import type { RunResult, TransportLook } from '../result/schema.ts';
import { sameCell } from '../stats/standing.ts';
import { enumerate } from '../stats/wording.ts';
import { formatDuration } from '../units.ts';
import { trafficOf } from './bytes.ts';
import type {
  Amounts,
  Coefficient,
  CostModel,
  Fit,
  LeftOut,
  Span,
  TermId,
  TrafficCheck,
  Unidentified,
} from './cost-model.ts';
import { leastSquares, studentT } from './least-squares.ts';
import { byCell, familiesOf, type Family, type Observation } from './observation.ts';

const CPU_TERMS: readonly TermId[] = ['server', 'client', 'delivery'];
const POLLED_CPU_TERMS: readonly TermId[] = ['server', 'client', 'delivery', 'poll'];
const MEMORY_TERMS: readonly TermId[] = ['server', 'client'];

/** The models of a run, one for each of its transports. Pure: they are derived whenever they are asked for. */
export function fitModels(result: Pick<RunResult, 'trials' | 'plan' | 'transports'>): CostModel[] {
  return familiesOf(result).map((family) => modelOf(family, result));
}

function modelOf(
  { transport, observations }: Family,
  { plan, transports, trials }: Pick<RunResult, 'trials' | 'plan' | 'transports'>,
): CostModel {
  const { payloadBytes, fanOut, driver, pollIntervalMs } = observations[0]!.cell;
  const polls = pollIntervalMs !== null;
  const { serverWorkers, pollLatest } = plan.settings;
  const intervals = observations.map(({ cell }) => cell.pollIntervalMs).filter((interval) => interval !== null);
  return {
    transport,
    label: transports.find((look: TransportLook) => look.id === transport)?.label ?? transport,
    payloadBytes,
    fanOut,
    driver,
    workers: serverWorkers,
    pollLatest,
    polls,
    cpu: fitTerms(polls ? POLLED_CPU_TERMS : CPU_TERMS, observations, ({ cpuUs }) => cpuUs),
    memory: fitTerms(MEMORY_TERMS, observations, ({ rssBytes }) => rssBytes),
    traffic: fanOut === 'prepared' && driver === 'lean' ? checkTraffic(observations, trials, pollLatest) : [],
    range: {
      clients: spanOf(observations.map(({ clients }) => clients)),
      rateHz: spanOf(observations.map(({ cell }) => cell.rateHz)),
      deliveriesPerSecond: spanOf(observations.map(({ deliveriesPerSecond }) => deliveriesPerSecond)),
      pollIntervalMs: polls ? spanOf(intervals) : null,
    },
  };
}

/** How much of each term an observation had. */
function amountsOf({ clients, deliveriesPerSecond, pollsPerSecond }: Observation): Amounts {
  return { server: 1, client: clients, delivery: deliveriesPerSecond, poll: pollsPerSecond };
}

/**
 * Least squares with coefficients that are not negative: nothing costs less than nothing. Each observation weighs as the
 * inverse of its cell's mean, so that what counts is by how many per cent the model is off.
 *
 * @returns null where the terms cannot be told apart. `values` are those of the best subset of the terms in which none is
 *   negative, all others being zero; `full`, with negative ones, is what intervals are taken from
 */
function solve(terms: readonly TermId[], observations: readonly Observation[], of: (each: Observation) => number) {
  const means = new Map(
    byCell(observations).flatMap((cell) => {
      const mean = meanOf(cell.map(of));
      return cell.map((each) => [each, mean] as const);
    }),
  );
  const weights = observations.map((each) => 1 / Math.max(means.get(each)!, Number.MIN_VALUE));
  const y = observations.map(of);
  const fitTo = (chosen: readonly TermId[]) => {
    const rows = observations.map((each) => chosen.map((term) => amountsOf(each)[term]));
    const solved = leastSquares(rows, y, weights);
    return 'fit' in solved ? solved.fit : null;
  };
  const full = fitTo(terms);
  if (full === null) return null;
  // With four terms there are sixteen subsets: all are tried.
  let best: { values: number[]; misfit: number } | null = null;
  for (let subset = 1; subset < 2 ** terms.length; subset++) {
    const chosen = terms.filter((_, index) => (subset >> index) % 2 === 1);
    const fit = fitTo(chosen);
    if (fit === null || fit.coefficients.some((value) => value < 0)) continue;
    const values = terms.map((term) => (chosen.includes(term) ? fit.coefficients[chosen.indexOf(term)]! : 0));
    const misfit = observations.reduce(
      (sum, each, index) => sum + (weights[index]! * (sumOver(terms, values, each) - y[index]!)) ** 2,
      0,
    );
    if (best === null || misfit < best.misfit) best = { values, misfit };
  }
  return best === null ? null : { values: best.values, full };
}

function fitTerms(
  terms: readonly TermId[],
  observations: readonly Observation[],
  of: (each: Observation) => number,
): Fit | Unidentified {
  const solved = solve(terms, observations, of);
  const cells = byCell(observations);
  if (solved === null || cells.length < terms.length) return unidentified(terms, observations);
  const { values, full } = solved;
  const { covariance, degrees } = full;
  const half = (index: number) => studentT(degrees) * Math.sqrt(covariance[index]![index]!);
  const residuals = observations.map((each) => Math.abs(sumOver(terms, values, each) / of(each) - 1));
  const leftOut = cells.map((cell) => leaveOut(cell, terms, observations, of));
  const errors = leftOut.map(({ error }) => error).filter((error) => error !== null);
  return {
    kind: 'fit',
    coefficients: terms.map((term, index): Coefficient => {
      const value = values[index]!;
      if (degrees < 1) return { term, value, low: null, high: null };
      const centre = full.coefficients[index]!;
      return {
        term,
        value,
        low: Math.max(0, Math.min(value, centre - half(index))),
        high: Math.max(value, centre + half(index)),
      };
    }),
    covariance,
    degrees,
    residual: Math.sqrt(meanOf(residuals.map((residual) => residual ** 2))),
    worstResidual: Math.max(...residuals),
    cells: cells.length,
    trials: observations.length,
    leftOut,
    worstLeftOut: errors.length === 0 ? null : Math.max(...errors.map(Math.abs)),
  };
}

/** Fits the model to all cells but one, and predicts that one. */
function leaveOut(
  cell: readonly Observation[],
  terms: readonly TermId[],
  observations: readonly Observation[],
  of: (each: Observation) => number,
): LeftOut {
  const measured = meanOf(cell.map(of));
  const others = observations.filter((each) => !cell.includes(each));
  const solved = solve(terms, others, of);
  if (solved === null) return { cell: cell[0]!.cell, measured, predicted: null, error: null };
  const predicted = meanOf(cell.map((each) => sumOver(terms, solved.values, each)));
  return { cell: cell[0]!.cell, measured, predicted, error: predicted / measured - 1 };
}

function sumOver(terms: readonly TermId[], coefficients: readonly number[], each: Observation): number {
  const amounts = amountsOf(each);
  return terms.reduce((sum, term, index) => sum + coefficients[index]! * amounts[term], 0);
}

/** Says what does not vary, and which cells would tell the terms apart: every combination of two values of each. */
function unidentified(terms: readonly TermId[], observations: readonly Observation[]): Unidentified {
  const cells = byCell(observations).map(([first]) => first!.cell);
  const [template] = cells;
  if (template === undefined) return { kind: 'unidentified', sentence: 'no trial of it is valid', add: [] };
  const clients = twoOf(
    cells.map((cell) => cell.clients),
    (one) => Math.max(1, Math.round(one / 4)),
  );
  const rates = terms.includes('delivery')
    ? twoOf(
        cells.map((cell) => cell.rateHz),
        (one) => one / 5,
      )
    : [template.rateHz];
  const intervals = terms.includes('poll')
    ? twoOf(
        cells.map((cell) => cell.pollIntervalMs!),
        (one) => Math.max(10, Math.round(one / 4)),
      )
    : [template.pollIntervalMs];
  const add = clients
    .flatMap((count) =>
      rates.flatMap((rateHz) =>
        intervals.map((pollIntervalMs) => ({ ...template, clients: count, rateHz, pollIntervalMs })),
      ),
    )
    .filter((cell) => !cells.some((there) => sameCell(there, cell)));
  const constant = [
    [terms.includes('client'), cells.map((cell) => cell.clients), 'clients'],
    [terms.includes('delivery'), cells.map((cell) => cell.rateHz), 'the rate'],
    [terms.includes('poll'), cells.map((cell) => cell.pollIntervalMs), 'the poll interval'],
  ] as const;
  const same = constant.filter(([matters, values]) => matters && new Set(values).size < 2).map(([, , name]) => name);
  const why =
    same.length > 0
      ? `${enumerate(same)} ${same.length === 1 && same[0] !== 'clients' ? 'does' : 'do'} not vary`
      : 'what varies, varies together';
  const flags = [
    `--transports ${template.transport}`,
    `--clients ${clients.join(',')}`,
    `--rate ${rates.join(',')}`,
    ...(terms.includes('poll') ? [`--poll-interval ${intervals.map((ms) => formatDuration(ms!)).join(',')}`] : []),
  ];
  return {
    kind: 'unidentified',
    sentence: `the cells do not tell its ${terms.length} coefficients apart: ${why}. Run npm run bench -- ${flags.join(' ')}, or plan --plan-sweep`,
    add,
  };
}

/** The two extremes, or the only value and another. */
function twoOf(values: readonly number[], other: (only: number) => number): number[] {
  const { low, high } = spanOf(values);
  return low === high ? [other(high), high].toSorted((a, b) => a - b) : [low, high];
}

function checkTraffic(
  observations: readonly Observation[],
  trials: RunResult['trials'],
  pollLatest: boolean,
): TrafficCheck[] {
  return byCell(observations).flatMap(([first]) => {
    const { cell } = first!;
    const own = trials.filter((trial) => sameCell(trial.cell, cell) && trial.validity.status !== 'invalid');
    const seq = Math.round(meanOf(own.map(({ phases }) => (phases.firstSeq + phases.lastSeq) / 2)));
    const expected = trafficOf({ ...cell, pollLatest }, seq);
    if (expected === null) return [];
    const measured = {
      sent: meanOf(own.map(({ bytes }) => bytes.perDeliverySent ?? 0)),
      received: meanOf(own.map(({ bytes }) => bytes.perDeliveryReceived ?? 0)),
    };
    return [
      {
        cell,
        sent: { expected: expected.sent, measured: measured.sent },
        received: { expected: expected.received, measured: measured.received },
      },
    ];
  });
}

function spanOf(values: readonly number[]): Span {
  return { low: Math.min(...values), high: Math.max(...values) };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

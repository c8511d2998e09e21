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
 * Least squares of the relative deviations: each observation weighs as the inverse of its cell's mean, since a server that
 * costs ten times as much also varies by ten times as much.
 */
function solve(terms: readonly TermId[], observations: readonly Observation[], of: (each: Observation) => number) {
  const means = new Map(
    byCell(observations).flatMap((cell) => {
      const mean = cell.reduce((sum, each) => sum + of(each), 0) / cell.length;
      return cell.map((each) => [each, mean] as const);
    }),
  );
  return leastSquares(
    observations.map((each) => terms.map((term) => amountsOf(each)[term])),
    observations.map(of),
    observations.map((each) => 1 / Math.max(means.get(each)!, Number.MIN_VALUE)),
  );
}

function fitTerms(
  terms: readonly TermId[],
  observations: readonly Observation[],
  of: (each: Observation) => number,
): Fit | Unidentified {
  const solved = solve(terms, observations, of);
  const cells = byCell(observations);
  if ('dependent' in solved || cells.length < terms.length) return unidentified(terms, observations);
  const { coefficients, covariance, degrees, residualSd } = solved.fit;
  const half = (index: number) => studentT(degrees) * Math.sqrt(covariance[index]![index]!);
  const predicted = (each: Observation) => sumOver(terms, coefficients, each);
  const leftOut = cells.map((cell) => leaveOut(cell, terms, observations, of));
  const errors = leftOut.map(({ error }) => error).filter((error) => error !== null);
  return {
    kind: 'fit',
    coefficients: terms.map((term, index): Coefficient => {
      const value = coefficients[index]!;
      if (degrees < 1) return { term, value, low: null, high: null };
      return { term, value, low: value - half(index), high: value + half(index) };
    }),
    covariance,
    degrees,
    residualSd,
    worstResidual: Math.max(...observations.map((each) => Math.abs(predicted(each) / of(each) - 1))),
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
  const measured = cell.reduce((sum, each) => sum + of(each), 0) / cell.length;
  const others = observations.filter((each) => !cell.includes(each));
  const solved = solve(terms, others, of);
  if ('dependent' in solved) return { cell: cell[0]!.cell, measured, predicted: null, error: null };
  const { coefficients } = solved.fit;
  const predicted = cell.reduce((sum, each) => sum + sumOver(terms, coefficients, each), 0) / cell.length;
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

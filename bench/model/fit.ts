import type { RunResult, TransportLook } from '../result/schema.ts';
import { sameCell } from '../stats/standing.ts';
import { enumerate } from '../stats/wording.ts';
import { formatDuration } from '../units.ts';
import { trafficOf } from './bytes.ts';
import {
  amountsAt,
  useOf,
  type Coefficient,
  type CostModel,
  type Fit,
  type LeftOut,
  type Span,
  type TermId,
  type TrafficCheck,
  type Unidentified,
} from './cost-model.ts';
import { dot, leastSquares, studentT } from './least-squares.ts';
import { byCell, familiesOf, type Family, type Observation } from './observation.ts';

const CPU_TERMS: readonly TermId[] = ['server', 'client', 'delivery'];
const POLLED_CPU_TERMS: readonly TermId[] = ['server', 'client', 'delivery', 'poll'];
const MEMORY_TERMS: readonly TermId[] = ['server', 'client'];

/** What is fitted, and what one server can use of it at most. */
type Quantity = { readonly of: (each: Observation) => number; readonly capacity: Fit['capacity'] };

/** Wake-ups make a model better where they bring the mean error on the cells left out down by as much. */
const BETTER_BY = 0.01;
/** Cells left out that both ways must have predicted for a choice. */
const FEWEST_LEFT_OUT = 4;

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
    cpu: fitCpu(polls ? POLLED_CPU_TERMS : CPU_TERMS, observations, serverWorkers),
    memory: fitTerms(MEMORY_TERMS, observations, { of: ({ rssBytes }) => rssBytes, capacity: null }),
    traffic: fanOut === 'prepared' && driver === 'lean' ? checkTraffic(observations, trials, pollLatest) : [],
    range: {
      clients: spanOf(observations.map(({ load }) => load.client)),
      rateHz: spanOf(observations.map(({ cell }) => cell.rateHz)),
      deliveriesPerSecond: spanOf(observations.map(({ load }) => load.delivery)),
      pollIntervalMs: polls ? spanOf(intervals) : null,
    },
  };
}

/** With wake-ups where clients ask and these predict what was left out better; else without. */
function fitCpu(terms: readonly TermId[], observations: readonly Observation[], workers: number): Fit | Unidentified {
  const cpu: Quantity = { of: ({ cpuUs }) => cpuUs, capacity: workers * 1e6 };
  const plain = fitTerms(terms, observations, cpu);
  if (plain.kind !== 'fit' || observations.every(({ load }) => load.requests === 0)) return plain;
  const waking = fitTerms([...terms, 'wake'], observations, cpu);
  if (waking.kind !== 'fit') return plain;
  // Both leave out the same cells in the same order; the one cell that is busy may be needed to tell wake-ups at all.
  const pairs = plain.leftOut
    .map(({ error }, at) => ({ plain: error, waking: waking.leftOut[at]!.error }))
    .filter((pair) => pair.plain !== null && pair.waking !== null);
  if (pairs.length < FEWEST_LEFT_OUT) return plain;
  // Their mean: the largest would be decided by the smallest cell alone.
  const miss = (of: 'plain' | 'waking') => meanOf(pairs.map((pair) => Math.abs(pair[of]!)));
  return miss('waking') < miss('plain') - BETTER_BY ? waking : plain;
}

/** Coefficients, of which none is negative, and by how much they miss: the sum of squared relative deviations. */
type Values = { readonly values: readonly number[]; readonly misfit: number };

/**
 * Least squares with coefficients that are not negative: nothing costs less than nothing. Each observation weighs as the
 * inverse of its cell's mean, so that what counts is by how many per cent the model is off. All coefficients but that of a
 * wake-up are linear once that one is chosen; it is searched (separable least squares: Golub and Pereyra 1973).
 *
 * @returns null where the terms cannot be told apart. `values` are the best of which none is negative; `full`, with negative
 *   ones, is what intervals are taken from: one Gauss-Newton step further, of a model that is linear the best fit itself
 */
function solve(terms: readonly TermId[], observations: readonly Observation[], { of, capacity }: Quantity) {
  const means = new Map(
    byCell(observations).flatMap((cell) => {
      const mean = meanOf(cell.map(of));
      return cell.map((each) => [each, mean] as const);
    }),
  );
  const weights = observations.map((each) => 1 / Math.max(means.get(each)!, Number.MIN_VALUE));
  const linear = terms.filter((term) => term !== 'wake');
  /** With L for the other terms: used (1 + w R / capacity) - w R = L. */
  const given = (wakeUs: number): Values | null => {
    const damping = observations.map(
      ({ load }) => 1 + (wakeUs * load.requests) / (capacity ?? Number.POSITIVE_INFINITY),
    );
    const others = observations.map((each, at) => of(each) * damping[at]! - wakeUs * each.load.requests);
    const solved = notNegative(
      linear,
      observations,
      others,
      weights.map((weight, at) => weight / damping[at]!),
    );
    return (
      solved && {
        ...solved,
        values: terms.map((term) => (term === 'wake' ? wakeUs : solved.values[linear.indexOf(term)]!)),
      }
    );
  };
  const best = terms.includes('wake') ? leastMisfit(given) : given(0);
  if (best === null) return null;

  const { values } = best;
  const uses = observations.map(({ load }) => useOf(formOf(terms, values, capacity), load));
  const step = leastSquares(
    uses.map(({ amounts, sensitivity }) => terms.map((term) => amounts[term] * sensitivity)),
    observations.map((each, at) => of(each) - uses[at]!.value),
    weights,
  );
  if ('dependent' in step) return null;
  const { coefficients, covariance, degrees } = step.fit;
  return { values, full: { coefficients: coefficients.map((move, at) => values[at]! + move), covariance, degrees } };
}

function formOf(terms: readonly TermId[], values: readonly number[], capacity: Fit['capacity']) {
  return { coefficients: terms.map((term, at) => ({ term, value: values[at]! })), capacity };
}

/**
 * Least squares in which no coefficient is negative: with all terms or, where that makes one negative, with the best subset of
 * them, all others being zero; with four terms there are fifteen.
 */
function notNegative(
  terms: readonly TermId[],
  observations: readonly Observation[],
  y: readonly number[],
  weights: readonly number[],
): Values | null {
  const all = observations.map(({ load }) => terms.map((term) => amountsAt(load, 0)[term]));
  const fitTo = (chosen: readonly number[]): Values | null => {
    const rows = all.map((row) => chosen.map((index) => row[index]!));
    const solved = leastSquares(rows, y, weights);
    if (!('fit' in solved) || solved.fit.coefficients.some((value) => value < 0)) return null;
    const values = terms.map((_, index) => solved.fit.coefficients[chosen.indexOf(index)] ?? 0);
    const misfit = all.reduce((sum, row, at) => sum + (weights[at]! * (dot(row, values) - y[at]!)) ** 2, 0);
    return { values, misfit };
  };
  const indices = terms.map((_, index) => index);
  const whole = fitTo(indices);
  if (whole !== null) return whole;
  const subsets = Array.from({ length: 2 ** terms.length - 2 }, (_, bits) =>
    indices.filter((index) => ((bits + 1) >> index) % 2 === 1),
  );
  return subsets
    .map(fitTo)
    .filter((found) => found !== null)
    .reduce<Values | null>((best, found) => (best === null || found.misfit < best.misfit ? found : best), null);
}

/** What a wake-up may cost, in microseconds. */
const WAKE_UPS = { least: 1, most: 1000 } as const;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** Each narrows what is left by a third: a thousandth remains of the factor of a thousand. */
const NARROWINGS = 18;

/** The best wake-up, by golden section on a scale of ratios, or none where none is better. */
function leastMisfit(given: (wakeUs: number) => Values | null): Values | null {
  const tried = (logUs: number) => given(Math.exp(logUs));
  const misfitOf = (found: Values | null) => found?.misfit ?? Number.POSITIVE_INFINITY;
  let [from, to] = [Math.log(WAKE_UPS.least), Math.log(WAKE_UPS.most)];
  let [left, right] = [tried(to - GOLDEN * (to - from)), tried(from + GOLDEN * (to - from))];
  for (let step = 0; step < NARROWINGS; step++) {
    if (misfitOf(left) <= misfitOf(right)) {
      [to, right] = [from + GOLDEN * (to - from), left];
      left = tried(to - GOLDEN * (to - from));
    } else {
      [from, left] = [to - GOLDEN * (to - from), right];
      right = tried(from + GOLDEN * (to - from));
    }
  }
  return [given(0), left, right].reduce((a, b) => (misfitOf(b) < misfitOf(a) ? b : a));
}

function fitTerms(
  terms: readonly TermId[],
  observations: readonly Observation[],
  quantity: Quantity,
): Fit | Unidentified {
  const { of, capacity } = quantity;
  const solved = solve(terms, observations, quantity);
  const cells = byCell(observations);
  if (solved === null || cells.length < terms.length) return unidentified(terms, observations);
  const { values, full } = solved;
  const { covariance, degrees } = full;
  const half = (index: number) => studentT(degrees) * Math.sqrt(covariance[index]![index]!);
  const form = formOf(terms, values, capacity);
  const residuals = observations.map((each) => Math.abs(useOf(form, each.load).value / of(each) - 1));
  const leftOut = cells.map((cell) => leaveOut(cell, terms, observations, quantity));
  const errors = leftOut.map(({ error }) => error).filter((error) => error !== null);
  return {
    kind: 'fit',
    capacity,
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
  quantity: Quantity,
): LeftOut {
  const measured = meanOf(cell.map(quantity.of));
  const others = observations.filter((each) => !cell.includes(each));
  const solved = solve(terms, others, quantity);
  if (solved === null) return { cell: cell[0]!.cell, measured, predicted: null, error: null };
  const form = formOf(terms, solved.values, quantity.capacity);
  const predicted = meanOf(cell.map(({ load }) => useOf(form, load).value));
  return { cell: cell[0]!.cell, measured, predicted, error: predicted / measured - 1 };
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

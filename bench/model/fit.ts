import type { RunResult, TransportLook } from '../result/schema.ts';
import { formOf, solve, type Quantity } from './coefficients.ts';
import {
  spanOf,
  useOf,
  type Coefficient,
  type CostModel,
  type Fit,
  type LeftOut,
  type TermId,
  type Unidentified,
} from './cost-model.ts';
import { studentT } from './least-squares.ts';
import { byCell, familiesOf, type Family, type Observation } from './observation.ts';
import { checkTraffic } from './traffic-check.ts';
import { unidentified } from './unidentified.ts';
import { meanOf } from '../basics/numbers.ts';

const CPU_TERMS: readonly TermId[] = ['server', 'client', 'delivery'];
const POLLED_CPU_TERMS: readonly TermId[] = ['server', 'client', 'delivery', 'poll'];
const MEMORY_TERMS: readonly TermId[] = ['server', 'client'];

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

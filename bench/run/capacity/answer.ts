import type { TransportLook } from '../../result/schema.ts';
import { serverCores } from '../../judge/metrics.ts';
import { invalidCodes } from '../../judge/standing-trials.ts';
import { summarise } from '../../judge/summary.ts';
import { unitOf } from '../../judge/verdict-words.ts';
import { enumerate, formatDuration, formatLevel, percent, quantity } from '../../basics/amounts.ts';
import { bracketOf, projected, slopeNear, type Observation } from './boundary.ts';
import { rangeOf } from './levels.ts';
import type { CapacityAnswer, CapacityStep, SearchPlan } from '../../result/capacity-schema.ts';
import { observationsIn, type SearchEnd, type SearchStep } from './search.ts';
import { slosOf } from '../../judge/objective.ts';
import { agentLagUs } from './step-verdict.ts';
import { amountText } from './answer-words.ts';

/** Wider than this, an interval wants an explanation. */
const NOISY_RATIO = 1.5;

/** Failing steps up to this ratio from the boundary say what lies beyond it. */
const BEYOND = 1.6;

/**
 * What the steps of one transport come to.
 *
 * @param end how the search ended; null: it was stopped, and keeps what it knows
 */
export function answerOf(
  look: Pick<TransportLook, 'id' | 'label'>,
  steps: readonly CapacityStep[],
  end: SearchEnd | null,
  plan: SearchPlan,
): CapacityAnswer {
  const known = observationsOf(steps);
  const passes = known.filter(({ outcome }) => outcome === 'pass').map(({ level }) => level);
  const fails = known.filter(({ outcome }) => outcome === 'fail').map(({ level }) => level);
  const bounds: Bounds = {
    transport: look.id,
    estimate: null,
    low: passes.length > 0 ? Math.max(...passes) : null,
    high: fails.length > 0 ? Math.min(...fails) : null,
    confidence: null,
    method: null,
    confirmations: 0,
    serverOnly: null,
    codes: codesOf(steps.filter(({ outcome }) => outcome === 'fail')),
  };
  const context = { look, steps, plan };
  if (end?.type === 'boundary') {
    const { trials, ...boundary } = end.boundary;
    return found({ ...bounds, ...boundary, confirmations: trials }, known, context);
  }
  if (end?.type === 'above') return above(bounds, context);
  if (end?.type === 'below') return { ...bounds, outcome: 'below', sentence: belowText(context) };
  const why = {
    disturbed: `the machine did not come to rest (${codesText(codesOf(steps.slice(-1)))})`,
    stopped: 'the search was stopped',
  }[end?.type ?? 'stopped'];
  return enclosed(bounds, context, why);
}

/** A step as the search sees it; a score that is not known is infinite. */
export function observationOf({ level, stage, outcome, score, trial }: CapacityStep): SearchStep {
  const hard = outcome === 'pass' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const busy = (serverCores(trial) ?? 0) / trial.server.workers;
  return { level, stage, outcome, score: score ?? hard, busy };
}

/** The steps that say something, as the search sees them. */
export function observationsOf(steps: readonly CapacityStep[]): Observation[] {
  return observationsIn(steps.map(observationOf));
}

type Bounds = Omit<CapacityAnswer, 'outcome' | 'sentence'>;
type Context = { look: Pick<TransportLook, 'id' | 'label'>; steps: readonly CapacityStep[]; plan: SearchPlan };

/**
 * Found, or found to be the generator's own boundary: where the agents' own delay is large enough for the gate AGENT_LAG
 * (a tenth of p99) and taking it off every figure would move the boundary out of its interval, or where most of what failed
 * beyond it failed by a gate that accuses the generator. Then the server holds at least so much.
 */
function found(bounds: Bounds, known: readonly Observation[], { look, steps, plan }: Context): CapacityAnswer {
  const { low, high } = bounds as { low: number; high: number };
  const { round } = rangeOf(plan);
  const estimate = round(bounds.estimate!);
  const beyond = steps.filter(
    ({ outcome, level }) => outcome === 'fail' && level >= low / BEYOND && level <= high * BEYOND,
  );
  const serverOnly = bounds.method === 'figures' ? serverBoundary(steps, known, estimate) : null;
  const codes = codesOf(beyond);
  const answer = {
    ...bounds,
    estimate,
    low: round(low),
    high: round(high),
    serverOnly: serverOnly === null ? null : round(serverOnly),
    codes,
  };
  const size = `${amountText(plan, answer.estimate)} (95 % interval ${formatLevel(answer.low)} to ${formatLevel(answer.high)})`;
  const broken = brokenText(beyond);
  const noise =
    high / low > NOISY_RATIO
      ? ' The interval is wide since trials of like loads differ that much: a calmer machine or a longer --duration narrows it.'
      : '';

  const shareOf = (is: (step: CapacityStep) => boolean) => beyond.filter(is).length / Math.max(1, beyond.length);
  const share = (cause: CapacityStep['cause']) => shareOf((step) => step.cause === cause);
  const isLagged = shareOf(({ trial }) => trial.validity.reasons.some(({ code }) => code === 'AGENT_LAG')) > 0.5;
  if (share('resource') > 0.5) {
    const sentence = `${look.label}: out of descriptors or ports: at least ${size}; beyond it connections fail (${errorCodes(beyond)}).`;
    return { ...answer, outcome: 'out-of-resources', sentence };
  }
  const isLagMost = bounds.method === 'figures' ? isLagged && (serverOnly ?? 0) > high : share('agent-lag') > 0.5;
  if (share('generator') > 0.5 || isLagMost) {
    const lag = lagShare(beyond);
    const why = isLagMost
      ? `${broken}, but ${lag === null ? 'much' : `about ${percent(lag)}`} of that may be the load agents' own delay` +
        (serverOnly === null ? '' : `; without it the server would hold up to about ${formatLevel(round(serverOnly))}`)
      : `the load agents are the limit (${codesText(codes)})`;
    const sentence = `${look.label}: generator-bound: at least ${size}; beyond it ${why}. More agents on more cores would show more.${noise}`;
    return { ...answer, outcome: 'generator-bound', sentence };
  }
  return { ...answer, outcome: 'found', sentence: `${look.label} holds ${size}; beyond it ${broken}.${noise}` };
}

/** The boundary that the confirmations project once the agents' own delay is taken off; null where that is unknown. */
function serverBoundary(steps: readonly CapacityStep[], known: readonly Observation[], near: number): number | null {
  const slope = slopeNear(known, near);
  const confirmations = steps.filter(({ stage, outcome }) => stage === 'confirm' && outcome !== 'void');
  const levels = confirmations.flatMap(({ level, serverScore }) =>
    serverScore === null || slope === null ? [] : [projected({ level, score: serverScore }, slope)],
  );
  return levels.length === 0 ? null : summarise(levels).median;
}

function above(bounds: Bounds, { look, steps, plan }: Context): CapacityAnswer {
  const top = steps.filter(({ level, outcome }) => level === plan.max && outcome === 'pass');
  const figures = figuresText(top.at(-1));
  const atLeast = `at least ${amountText(plan, plan.max)}: ${figures}`;
  const answer = { ...bounds, low: plan.max, confirmations: top.length };
  if (plan.resource !== null) {
    const sentence = `${look.label}: out of descriptors or ports: ${atLeast}. ${plan.resource}`;
    return { ...answer, outcome: 'out-of-resources', sentence };
  }
  const flag = plan.vary === 'clients' ? '--max-clients' : '--max-rate';
  const sentence = `${look.label} holds ${atLeast}. It is the largest load that was tried; raise ${flag} to look further.`;
  return { ...answer, outcome: 'not-reached', sentence };
}

function enclosed(bounds: Bounds, { look, steps, plan }: Context, why: string): CapacityAnswer {
  const known = observationsOf(steps);
  const { low, high } = known.length === 0 ? { low: null, high: null } : bracketOf(known);
  const between =
    low !== null && high !== null
      ? `between ${formatLevel(low)} and ${amountText(plan, high)}`
      : low !== null
        ? `at least ${amountText(plan, low)}`
        : high !== null
          ? `fewer than ${amountText(plan, high)}`
          : 'nothing is known yet';
  return { ...bounds, low, high, outcome: 'enclosed', sentence: `${look.label}: ${between}, no interval: ${why}.` };
}

function belowText({ look, steps, plan }: Context): string {
  const failed = steps.findLast(({ outcome }) => outcome === 'fail')!;
  const load = amountText(plan, failed.level);
  const reasons = failed.trial.validity.reasons.filter(({ severity }) => severity === 'invalid');
  const gates = reasons.length > 0 ? ` (${enumerate(reasons.map(({ code }) => code))}: ${reasons[0]!.message})` : '';
  const text = `${look.label}: not even the smallest load holds, ${load}: ${figuresText(failed)}${gates}.`;
  const floors = slosOf(plan.slos, look.id).flatMap((slo) => {
    const floorUs = designFloorUs(slo.metric.id, failed.trial.cell.rateHz, failed.trial.cell.pollIntervalMs);
    return floorUs !== null && slo.operator.startsWith('<') && slo.limit <= floorUs ? [{ slo, floorUs }] : [];
  });
  const [first] = floors;
  if (first === undefined) return text;
  const interval = formatDuration(failed.trial.cell.pollIntervalMs!);
  return (
    `${text} That is by design: with a poll every ${interval} ${first.slo.metric.id} is ${quantity('us', first.floorUs)} however ` +
    `fast the server. Shorten --poll-interval, or give it an objective of its own, such as --slo '${look.id}.${first.slo.metric.id}<${Math.ceil((first.floorUs / 1000) * 1.1)}ms'.`
  );
}

/** The least that a metric can be under short polling, in microseconds; null where polling sets no floor. */
function designFloorUs(metric: string, rateHz: number, pollIntervalMs: number | null): number | null {
  if (pollIntervalMs === null) return null;
  const intervalUs = pollIntervalMs * 1000;
  const share = Object.hasOwn(POLLED_SHARE, metric) ? POLLED_SHARE[metric]! : null;
  if (share !== null) return share * intervalUs;
  return metric === 'ageMean' ? intervalUs / 2 + 5e5 / rateHz : null;
}

/** Quantiles of a wait that is uniform over the interval; see "What theory says" in bench/README.md. */
const POLLED_SHARE: Readonly<Record<string, number>> = { mean: 0.5, p50: 0.5, p90: 0.9, p99: 0.99, p999: 0.999 };

/** How much of the broken time may be the agents', over the failing steps; null where none is a time. */
function lagShare(beyond: readonly CapacityStep[]): number | null {
  const shares = beyond.flatMap(({ figures, trial }) =>
    figures.flatMap(({ metric, value, holds }) =>
      unitOf(metric) === 'us' && value !== null && !holds ? [Math.min(1, agentLagUs(trial) / value)] : [],
    ),
  );
  return shares.length === 0 ? null : Number(summarise(shares).median.toFixed(2));
}

/** `p99 is 61.2 ms against p99<100ms`: what a step showed of each objective, or of those that it broke. */
function figuresText(step: CapacityStep | undefined): string {
  const broken = step?.figures.filter(({ holds }) => !holds) ?? [];
  const texts = (broken.length > 0 ? broken : step?.figures)?.map(({ slo, metric, value }) => {
    const shown = value === null ? 'unknown' : quantity(unitOf(metric), value);
    return `${metric} is ${shown} against ${slo}`;
  });
  return enumerate(texts ?? ['no figures']);
}

/** `p99<100ms is broken`, or what failed where no objective did. */
function brokenText(beyond: readonly CapacityStep[]): string {
  const broken = new Set(beyond.flatMap(({ figures }) => figures.filter(({ holds }) => !holds).map(({ slo }) => slo)));
  if (broken.size > 0) return `${enumerate([...broken])} ${broken.size === 1 ? 'is' : 'are'} broken`;
  const codes = codesOf(beyond);
  return codes.length === 0 ? 'it does not hold' : `the server breaks a gate (${codesText(codes)})`;
}

function codesOf(steps: readonly CapacityStep[]): CapacityAnswer['codes'] {
  const codes = steps.flatMap(({ trial }) => invalidCodes(trial.validity));
  return [...Map.groupBy(codes, (code) => code)]
    .map(([code, own]) => ({ code, steps: own.length }))
    .toSorted((a, b) => b.steps - a.steps);
}

function codesText(codes: CapacityAnswer['codes']): string {
  return codes.length === 0 ? 'no gate' : enumerate(codes.map(({ code }) => code));
}

function errorCodes(steps: readonly CapacityStep[]): string {
  return enumerate([...new Set(steps.flatMap(({ trial }) => trial.errors.map(({ code }) => code)))]);
}

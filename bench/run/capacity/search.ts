import {
  CEILING,
  boundaryByFigures,
  boundaryByOutcomes,
  bracketOf,
  isFlatBelow,
  CONFIRMATIONS,
  projected,
  slopeNear,
  type Boundary,
  type Observation,
  type Stage,
} from './boundary.ts';
import { summarise } from '../../judge/summary.ts';

/** The loads that may be tried: clients, or ticks per second. */
export type Range = {
  readonly min: number;
  readonly max: number;
  /** Makes of any number between the two one that can be tried. */
  readonly round: (level: number) => number;
};

/** A step as the search sees it; `void` ones are repeated. */
export type SearchStep = Omit<Observation, 'outcome'> & { readonly outcome: 'pass' | 'fail' | 'void' };

/** What to do next, or how the search ended. */
export type Next =
  | { readonly type: 'step'; readonly stage: Stage; readonly level: number }
  | { readonly type: 'end'; readonly end: SearchEnd };

/**
 * - `boundary`: found, with its interval
 * - `below`: the objectives do not hold at the smallest load
 * - `above`: they hold at the largest
 * - `disturbed`: the machine did not come to rest
 */
export type SearchEnd =
  | { readonly type: 'boundary'; readonly boundary: Boundary }
  | { readonly type: 'below' | 'above' | 'disturbed' };

/** Times that a void step is tried in all. */
const VOID_ATTEMPTS = 6;

/** Grown to where the server would be this busy, were that in proportion to the load, but at least twofold. */
const BUSY_GOAL = 0.25;
const LEAST_FACTOR = 2;
const MOST_FACTOR = 8;

/** Bisected until the ends are this close: what follows finds its own place. */
const BISECT_RATIO = 1.3;

/** Where confirmations stand around the estimate so far: on both sides alike, apart enough to show the slope. */
const CONFIRM_AT = [1, 0.93, 1.07, 0.88, 1.12, 1, 0.93, 1.07] as const;

/** A smallest load that fails by less than this factor is tried once more before the search gives up. */
const CLEAR_SCORE = Math.log(1.5);

/**
 * Passes at the largest load that show that the boundary is above it: five of five, or nine of ten. By luck, were the
 * boundary below, 3.1 % and 1.1 % (sign test).
 */
const TOP_RUN = 5;
const TOP_RUN_WITH_FAIL = 10;

/**
 * What the search does after these steps. Pure: the same steps in the same order always lead to the same next one, so that
 * a journal is all that is needed to go on, or to derive the answer again.
 */
export function nextStep(steps: readonly SearchStep[], range: Range): Next {
  const last = steps.at(-1);
  if (last?.outcome === 'void') {
    return voidsAtEnd(steps) < VOID_ATTEMPTS ? step(last.stage, last.level) : end('disturbed');
  }
  const sound = steps.filter(isSound);
  if (isLeap(sound, sound.length - 1)) return step('grow', sound.at(-1)!.level);
  const known = observationsIn(steps);
  if (known.length === 0) return step('grow', range.min);
  return (
    growing(known, range) ??
    bisecting(known, range) ??
    (hasFigures(known) ? byFigures(known, range) : null) ??
    byOutcomes(known, range)
  );
}

/** How many times in a row the last step has been void. */
export function voidsAtEnd(steps: readonly Pick<SearchStep, 'outcome'>[]): number {
  return steps.length - 1 - steps.findLastIndex(({ outcome }) => outcome !== 'void');
}

/** The steps that say something: neither void nor a leap, which was looked at again. */
export function observationsIn(steps: readonly SearchStep[]): Observation[] {
  return steps.filter(isSound).filter((_, index, sound) => !isLeap(sound, index));
}

function isSound(each: SearchStep): each is Observation {
  return each.outcome !== 'void';
}

/**
 * Whether the first failure while growing came out of the blue: the server had time to spare before, and the figure is farther
 * from the one before than the loads are apart, and a bit, or it has none, or the objective holds and a gate does not.
 * Everything after would be searched below it, and one hiccup of the machine at a few hundred clients would decide for
 * thousands: such a level is tried once more, and only the second outcome counts.
 */
function isLeap(sound: readonly Observation[], index: number): boolean {
  const [before, last] = [sound[index - 1], sound[index]];
  if (last?.stage !== 'grow' || last.outcome !== 'fail' || before?.outcome !== 'pass') return false;
  if (before.busy > BUSY) return false;
  if (!Number.isFinite(last.score) || !Number.isFinite(before.score) || last.score <= 0) return true;
  return last.score - before.score > Math.log(last.level / before.level) + LEAP;
}

/** A server that is busier than this may well break at twice the load. */
const BUSY = 0.4;

/** A third more than in proportion to the load. */
const LEAP = 0.3;

/** Grows until something fails; null once the boundary is enclosed. */
function growing(known: readonly Observation[], { min, max, round }: Range): Next | null {
  const fails = known.filter(({ outcome }) => outcome === 'fail');
  const top = known.reduce((a, b) => (b.level > a.level ? b : a));
  if (fails.length === 0 && top.level < max) {
    const factor = Math.max(LEAST_FACTOR, Math.min(MOST_FACTOR, BUSY_GOAL / top.busy));
    return step('grow', Math.min(max, round(top.level * factor)));
  }
  // One trial of several at the largest load may have been unlucky.
  if (top.outcome === 'pass' && fails.length <= 1 && fails.every(({ level }) => level === max)) {
    const atTop = known.filter(({ level }) => level === max).length;
    const needs = fails.length === 0 ? TOP_RUN : TOP_RUN_WITH_FAIL;
    return atTop >= needs ? end('above') : step('prove', max);
  }
  if (known.some(({ outcome }) => outcome === 'pass')) return null;
  const isClear = fails.some(({ score }) => score > CLEAR_SCORE);
  return isClear || fails.length > 1 ? end('below') : step('grow', min);
}

/** Halves what is between the ends, on a scale of ratios; null once they are close enough. */
function bisecting(known: readonly Observation[], { round }: Range): Next | null {
  if (known.some(({ stage }) => stage === 'confirm' || stage === 'prove')) return null;
  const { low, high } = bracketOf(known);
  if (low === null || high === null) return null;
  // Between them some passed and some failed: there is nothing to narrow.
  if (known.some(({ level }) => level > low && level < high)) return null;
  const middle = round(Math.sqrt(low * high));
  return high / low > BISECT_RATIO && middle > low && middle < high ? step('bisect', middle) : null;
}

/** Null where the figures do not tell the boundary. */
function byFigures(known: readonly Observation[], { min, max, round }: Range): Next | null {
  const boundary = boundaryByFigures(known);
  if (boundary !== null) {
    const isWithin = boundary.low >= min && boundary.high <= max * CEILING;
    return isWithin ? { type: 'end', end: { type: 'boundary', boundary } } : null;
  }
  const confirmations = known.filter(({ stage }) => stage === 'confirm');
  if (confirmations.length >= CONFIRMATIONS) return null;
  const estimate = estimateSoFar(known, confirmations);
  const level = round(estimate * CONFIRM_AT[confirmations.length]!);
  return step('confirm', Math.max(min, Math.min(max, level)));
}

/** Where the confirmations so far put the boundary; before the first one, where the steps put it that found it. */
function estimateSoFar(known: readonly Observation[], confirmations: readonly Observation[]): number {
  const { middle } = bracketOf(known);
  const slope = slopeNear(known, middle);
  if (slope === null) return middle;
  // A few confirmations say less than they and the steps before them together.
  const near =
    confirmations.length >= CONFIRMATIONS / 2 ? confirmations : known.filter(({ level }) => isNear(level, middle));
  return near.length === 0 ? middle : summarise(near.map((each) => projected(each, slope))).median;
}

function isNear(level: number, other: number): boolean {
  return Math.abs(Math.log(level / other)) < Math.log(1.6);
}

function byOutcomes(known: readonly Observation[], { min, max, round }: Range): Next {
  const found = boundaryByOutcomes(known, { min, max });
  if ('boundary' in found) return { type: 'end', end: { type: 'boundary', boundary: found.boundary } };
  return step('prove', Math.max(min, Math.min(max, round(found.level))));
}

/** Whether figures can decide: the steps at the boundary tell how far they are from the limit, and there is no cliff. */
function hasFigures(known: readonly Observation[]): boolean {
  return isGraded(known) && !isCliff(known) && !isFlatBelow(known, bracketOf(known).middle);
}

/** Whether the steps at the boundary tell how far they are from the limit. */
function isGraded(known: readonly Observation[]): boolean {
  const { low, high } = bracketOf(known);
  const decisive = known.filter(({ level, stage }) => level === low || level === high || stage === 'confirm');
  return decisive.every(({ score }) => Number.isFinite(score));
}

/**
 * Outcomes tell more than figures where these jump at the boundary: each level is clearly held or clearly broken, while a
 * slope through the jump is anyone's guess.
 */
function isCliff(known: readonly Observation[]): boolean {
  const { low, high } = bracketOf(known);
  if (low === null || high === null || high / low > BISECT_RATIO) return false;
  const scoresAt = (level: number) => known.filter((each) => each.level === level).map(({ score }) => score);
  return Math.min(...scoresAt(high)) - Math.max(...scoresAt(low)) > CLIFF_JUMP;
}

/** A factor of e between the worst figure that holds and the best that does not. */
const CLIFF_JUMP = 1;

function step(stage: Stage, level: number): Next {
  return { type: 'step', stage, level };
}

function end(type: Exclude<SearchEnd['type'], 'boundary'>): Next {
  return { type: 'end', end: { type } };
}

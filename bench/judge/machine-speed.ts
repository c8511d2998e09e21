// Whether a machine was as fast in one run as in another, by the yardstick that was laid to it before each block.
import { medianOf } from '../basics/numbers.ts';
import type { Estimate, RunResult, Trial } from '../result/schema.ts';
import { rankSum } from './mann-whitney.ts';
import { ALPHA, MIN_BLOCKS } from './questions.ts';
import { estimateAt, shiftP } from './shift.ts';

/** What writing a message to a bare socket cost, by block. */
type Speeds = ReadonlyMap<number, number>;

export type MachineSpeed = {
  /** What that cost in the second run, as a multiple of the first. */
  readonly ratio: Estimate;
  /** Beyond chance: figures are better held against the yardstick of their block than against each other. */
  readonly changed: boolean;
  /** A figure of either run as it would have been had the machine been as fast throughout both; null in a block without yardstick. */
  readonly corrected: { readonly a: Correction; readonly b: Correction };
};

type Correction = (trial: Pick<Trial, 'block'>, figure: number) => number | null;

/** Null where either run has too few yardsticks for a test (see {@link MIN_BLOCKS}). */
export function machineSpeed(a: Pick<RunResult, 'trials'>, b: Pick<RunResult, 'trials'>): MachineSpeed | null {
  const [before, after] = [speedsOf(a), speedsOf(b)];
  if (Math.min(before.size, after.size) < MIN_BLOCKS) return null;
  const logs = (speeds: Speeds) => [...speeds.values()].map(Math.log);
  const shift = rankSum(logs(after), logs(before));
  const usual = medianOf([...before.values(), ...after.values()])!;
  const correction =
    (speeds: Speeds): Correction =>
    ({ block }, figure) => {
      const speed = speeds.get(block);
      return speed === undefined ? null : (figure * usual) / speed;
    };
  return {
    ratio: estimateAt(shift, ALPHA, Math.exp)!,
    changed: shiftP(shift) <= ALPHA,
    corrected: { a: correction(before), b: correction(after) },
  };
}

function speedsOf({ trials }: Pick<RunResult, 'trials'>): Speeds {
  return new Map(trials.flatMap(({ block, yardstick }) => (yardstick ? [[block, yardstick.writeCpuUs] as const] : [])));
}

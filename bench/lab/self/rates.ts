import type { Validity } from '../../result/schema.ts';

/** What became of one step: how much was delivered, and what tripped. */
export type Step = { rateHz: number; deliveredPerSecond: number; status: Validity['status']; codes: string[] };

/** The most that was delivered, before any gate tripped and before one made the trial invalid; null: not even once. */
export type Ceiling = { untripped: Step | null; sound: Step | null; brokeAt: Step | null };

/** How much faster each step is than the one before. */
const FACTOR = 1.2;
const MOST_STEPS = 20;

/**
 * Raises the rate until a trial is invalid. One that is invalid is tried once more, as in a run: a disturbed machine is
 * not a ceiling.
 *
 * @param tryRate runs one trial at that rate
 */
export async function findCeiling(startHz: number, tryRate: (rateHz: number) => Promise<Step>): Promise<Ceiling> {
  const ceiling: Ceiling = { untripped: null, sound: null, brokeAt: null };
  let hasTripped = false;
  for (let step = 0, rateHz = startHz; step < MOST_STEPS; step++, rateHz = Math.round(rateHz * FACTOR * 10) / 10) {
    let tried = await tryRate(rateHz);
    if (tried.status === 'invalid') tried = await tryRate(rateHz);
    if (tried.status === 'invalid') return { ...ceiling, brokeAt: tried };
    ceiling.sound = tried;
    hasTripped ||= tried.status !== 'valid';
    if (!hasTripped) ceiling.untripped = tried;
  }
  return ceiling;
}

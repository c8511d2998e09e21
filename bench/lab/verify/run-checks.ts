import { deriveSeed } from '../../basics/random.ts';
import type { UnjudgedTrial } from '../../judge/gates.ts';
import { runTrial } from '../../trial/trial.ts';
import type { TrialSpec } from '../../trial/spec.ts';
import { USUAL_CELL, USUAL_SETTINGS, type Check, type Outcome, type TrialRequest } from './check.ts';
import { CHECKS, judgeClocks } from './checks.ts';

export type VerifyOptions = {
  seed: number;
  pin: boolean;
  signal: AbortSignal;
  /** Called before each trial. */
  onTrial: (check: string, index: number, total: number) => void;
  onOutcomes: (outcomes: readonly Outcome[]) => void;
  /** Replaced in tests. */
  checks?: readonly Check[];
  execute?: (spec: TrialSpec, signal: AbortSignal) => Promise<UnjudgedTrial>;
};

/** Runs every check on this machine, one trial after the other, and returns the table. */
export async function verify(options: VerifyOptions): Promise<Outcome[]> {
  const { checks = CHECKS, onTrial, onOutcomes, signal } = options;
  const { execute = (spec, signal) => runTrial(spec, () => undefined, signal) } = options;
  const total = checks.reduce((sum, check) => sum + check.trials.length, 0);
  const outcomes: Outcome[] = [];
  const all: UnjudgedTrial[] = [];
  const tell = (found: readonly Outcome[]) => {
    outcomes.push(...found);
    onOutcomes(found);
  };
  for (const check of checks) {
    const trials: UnjudgedTrial[] = [];
    for (const request of check.trials) {
      onTrial(check.name, all.length + trials.length, total);
      trials.push(await execute(specOf(request, all.length + trials.length, options), signal));
    }
    all.push(...trials);
    tell(check.judge(trials));
  }
  tell([judgeClocks(all)]);
  return outcomes;
}

function specOf(request: TrialRequest, order: number, { seed, pin }: VerifyOptions): TrialSpec {
  const { faults, stopLoadMs } = request;
  return {
    cell: { ...USUAL_CELL, ...request.cell },
    settings: { ...USUAL_SETTINGS, seed: deriveSeed(seed, order), pin, ...request.settings },
    block: 0,
    order,
    attempt: 1,
    port: 0,
    ...(faults && { faults }),
    ...(stopLoadMs !== undefined && { stopLoadMs }),
  };
}

import { EXIT_BY_SIGNAL } from '../../../server/stop-signals.ts';
import { EXIT } from '../../basics/errors.ts';
import { parseFlags } from '../../command/read-flags.ts';
import { isPinned, pinMachine } from '../../machine/pinning.ts';
import { outcomeLines, outcomeSummary } from './checks-table.ts';
import { progressKind } from '../../command/terminal/progress.ts';
import { painter, wantsColor } from '../../command/terminal/style.ts';
import { openVerifyProgress } from './progress.ts';
import type { VerifyOptions } from './run-checks.ts';
import type { Outcome } from './check.ts';
import { machineContext } from '../../command/collaborators.ts';
import type { Command, Invocation, Surroundings } from '../../command/command.ts';
import { SIGNALS, stopOnSignal } from '../../command/signals.ts';

const FLAGS = ['seed', 'json', 'progress', 'color'] as const;

/** The self-test of the instrument on the machine at hand. */
export const verifyCommand: Command = {
  name: 'verify',
  summary: 'tests the instrument on this machine: theory, injected faults, A/A, clocks; about three minutes',
  operands: [],
  flags: FLAGS,
  examples: [
    ['verify', 'may the figures of this machine be trusted?'],
    ['verify --json', 'the same for programs'],
  ],
  execute: async (invocation, surroundings) => {
    const { verify } = await import('./run-checks.ts');
    return executeVerify(invocation, surroundings, verify);
  },
};

/**
 * Runs every check and prints the table of claim, expected, measured, pass or fail.
 *
 * @returns the exit code: done, assertion where a check failed, or that of the signal that ended it
 * @throws what keeps a trial from running
 */
export async function executeVerify(
  { values, mistakes }: Invocation,
  { stdout, stderr, env }: Surroundings,
  verify: (options: VerifyOptions) => Promise<Outcome[]>,
  signals = SIGNALS,
): Promise<number> {
  const options = parseFlags(FLAGS, values, machineContext(), mistakes);
  const paint = painter(wantsColor(options.color, env, stdout.isTTY));
  const progress = openVerifyProgress(progressKind(options.progress, env, stderr.isTTY), stderr);
  const stop = stopOnSignal(signals, stderr, 'nothing is kept of a self-test', progress.clear);
  try {
    const outcomes = await verify({
      seed: options.seed,
      pin: isPinned({ pin: 'auto', serverWorkers: 1 }, pinMachine()),
      signal: stop.signal,
      onTrial: progress.onTrial,
      onOutcomes: (found) => {
        progress.clear();
        if (!options.json) stdout.write(`${outcomeLines(found, paint).join('\n')}\n`);
      },
    });
    if (options.json) stdout.write(`${JSON.stringify({ seed: options.seed, outcomes })}\n`);
    else stdout.write(`\n${outcomeSummary(outcomes, options.seed)}\n`);
    return outcomes.every((outcome) => outcome.passed) ? EXIT.done.code : EXIT.assertion.code;
  } catch (error) {
    if (stop.by === null) throw error;
    return EXIT_BY_SIGNAL[stop.by];
  } finally {
    progress.clear();
    stop.forget();
  }
}

import { resolve } from 'node:path';
import { EXIT, PushbenchError } from '../basics/errors.ts';
import { NO_DEFAULTS } from './flag-table.ts';
import { parseFlags } from './read-flags.ts';
import { compareRuns, type RunComparison } from '../judge/compare-runs.ts';
import { comparisonLines } from './terminal/comparison.ts';
import { painter, wantsColor } from './terminal/style.ts';
import { visible } from '../basics/shown.ts';
import type { Command, Invocation, Surroundings } from './command.ts';
import { readRun } from './report-command.ts';
import { renderComparison } from './render-report.ts';
import { shownPath } from '../result/folder.ts';

const FLAGS = ['failOnRegression', 'html', 'json', 'color'] as const;

/** What changed between two runs, beyond noise. */
export const compareCommand: Command = {
  name: 'compare',
  summary: 'says what changed between two runs, beyond noise',
  operands: ['A', 'B'],
  flags: FLAGS,
  examples: [
    ['compare results/before results/after', 'how the second run differs from the first'],
    ['compare before after --html comparison.html', 'the same as a page that can be sent around'],
    ['compare baseline latest --fail-on-regression', 'a check for CI: exit 4 where something got worse'],
  ],
  execute: executeCompare,
};

/**
 * Compares the second run with the first.
 *
 * @returns the exit code: done; with --fail-on-regression also assertion where something got worse, and invalid where nothing
 *   could be judged, so that a check never passes unseen
 * @throws {PushbenchError} `usage` where a result is missing, truncated or of another schema version, or no cell is shared;
 *   `resource` where the page cannot be written
 */
async function executeCompare({ values, operands, mistakes }: Invocation, surroundings: Surroundings): Promise<number> {
  const options = parseFlags(FLAGS, values, NO_DEFAULTS, mistakes);
  const { stdout, env, cwd } = surroundings;
  const [a, b] = operands;
  if (a === undefined || b === undefined) throw new PushbenchError('usage', 'NO_RESULT', 'compare: A or B is missing');
  const { file: beforeFile, result: before } = await readRun(a, surroundings);
  const { file: afterFile, result: after } = await readRun(b, surroundings);
  const comparison = compareRuns(before, after);
  if (comparison.cells.shared === 0) {
    throw new PushbenchError(
      'usage',
      'NO_SHARED_CELL',
      `${a} and ${b} share no cell: no transport was measured in both with the same clients, rate, payload, poll interval, ` +
        'driver and fan-out. Run one of them again with the flags of the other.',
    );
  }
  const page = options.html === undefined ? null : resolve(cwd, options.html);
  if (page !== null) await renderComparison(beforeFile, afterFile, page);
  if (options.json) {
    const written = page === null ? {} : { html: page };
    stdout.write(`${JSON.stringify({ a: before.run, b: after.run, ...comparison, ...written })}\n`);
  } else {
    const paint = painter(wantsColor(options.color, env, stdout.isTTY));
    const written = page === null ? [] : [`Page: ${visible(shownPath(page, cwd))}`];
    stdout.write(`${[...comparisonLines(comparison, before, after, paint), ...written].join('\n')}\n`);
  }
  return options.failOnRegression ? outcome(comparison) : EXIT.done.code;
}

function outcome({ changes }: RunComparison): number {
  if (changes.some((change) => change.outcome === 'worse')) return EXIT.assertion.code;
  return changes.every((change) => change.outcome === 'withheld') ? EXIT.invalid.code : EXIT.done.code;
}

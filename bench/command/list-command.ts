import { existsSync } from 'node:fs';
import { EXIT } from '../basics/errors.ts';
import { NO_DEFAULTS } from './flag-table.ts';
import { parseFlags } from './read-flags.ts';
import { noRunsText, runLines } from './terminal/runs.ts';
import { painter, wantsColor } from './terminal/style.ts';
import type { Command, Invocation, Surroundings } from './command.ts';
import { findRuns, pastRun } from '../run/past-runs.ts';
import { renderIndex } from './render-index.ts';
import { indexProblem, shownPath } from '../result/folder.ts';

const FLAGS = ['json', 'color'] as const;

/** Newest runs that a terminal shows, so that the newest one is not scrolled away; other readers get them all. */
const MOST_ON_TERMINAL = 20;

/** Shows past runs, and writes the page that shows them. Folders that cannot be read are listed as such. */
export const listCommand: Command = {
  name: 'list',
  summary: 'shows the past runs, newest first, and writes results/index.html',
  operands: [],
  flags: FLAGS,
  examples: [
    ['list', 'the runs below results'],
    ['list --json', 'the same for programs'],
  ],
  execute: (invocation, surroundings) => executeList(invocation, surroundings, renderIndex),
};

/** @returns the exit code. @throws {PushbenchError} `resource` where the folder cannot be read */
export async function executeList(
  { values, mistakes }: Invocation,
  { stdout, stderr, env, cwd, results: root }: Surroundings,
  render: typeof renderIndex,
): Promise<number> {
  const options = parseFlags(FLAGS, values, NO_DEFAULTS, mistakes);
  // beside reading the runs, since the other process reads them as well
  const rendering = existsSync(root) ? render(root) : null;
  const found = await findRuns(root);
  const runs = (found ?? []).map(pastRun);
  const index = await rendering;
  if (options.json) {
    stdout.write(`${JSON.stringify(runs)}\n`);
  } else if (runs.length === 0) {
    stdout.write(`${noRunsText(root, found !== null)}\n`);
  } else {
    const lines = runLines(runs, {
      paint: painter(wantsColor(options.color, env, stdout.isTTY)),
      width: stdout.columns ?? Number.POSITIVE_INFINITY,
      most: stdout.isTTY ? MOST_ON_TERMINAL : Number.POSITIVE_INFINITY,
      index: index?.problem === null ? shownPath(index.path, cwd) : null,
    });
    stdout.write(`${lines.join('\n')}\n`);
  }
  if (index !== null && index.problem !== null) stderr.write(`${indexProblem(index, cwd)}\n`);
  return EXIT.done.code;
}

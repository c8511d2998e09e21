import { resolve } from 'node:path';
import { EXIT } from '../errors.ts';
import { NO_DEFAULTS, parseFlags } from '../flags.ts';
import { runLines } from '../terminal/runs.ts';
import { painter, wantsColor } from '../terminal/style.ts';
import type { Command } from './command.ts';
import { readRuns } from './past-runs.ts';
import { RESULTS } from './results.ts';

/** Shows past runs. Looks only; folders that cannot be read are listed as such. */
export const listCommand: Command = {
  name: 'list',
  summary: 'shows the past runs, newest first',
  operands: [],
  flags: ['json', 'color'],
  examples: [
    ['list', 'the runs below results'],
    ['list --json', 'the same for programs'],
  ],
  execute: async ({ values, mistakes }, { stdout, env, cwd }) => {
    const options = parseFlags(['json', 'color'], values, NO_DEFAULTS, mistakes);
    const root = resolve(cwd, RESULTS);
    const runs = await readRuns(root);
    if (options.json) stdout.write(`${JSON.stringify(runs)}\n`);
    else stdout.write(`${runLines(runs, root, painter(wantsColor(options.color, env, stdout.isTTY))).join('\n')}\n`);
    return EXIT.done.code;
  },
};

import { TRANSPORT_IDS, TRAITS } from '../../server/transports/traits.ts';
import { EXIT } from '../basics/errors.ts';
import { lookForTarget } from '../target/installed.ts';
import type { Command, Invocation, Surroundings } from './command.ts';
import { NO_DEFAULTS } from './flag-table.ts';
import { parseFlags } from './read-flags.ts';
import { BUILTIN } from '../result/entrant.ts';
import { readTarget, recipeNames, recipePath } from './target-flags.ts';
import { painter, wantsColor } from './terminal/style.ts';
import { MAX_SUMMARY_COLUMNS } from './terminal/summary.ts';
import { targetLines, type ListedTarget } from './terminal/targets.ts';

const FLAGS = ['json', 'color'] as const;

/** What can be measured by name, and what of it is on this machine. */
export const targetsCommand: Command = {
  name: 'targets',
  summary: 'lists the servers that can be measured by name, and which of them are installed',
  operands: [],
  flags: FLAGS,
  examples: [
    ['targets', 'what --targets may name, with versions, and how to install what is missing'],
    ['targets --json', 'the same for programs'],
  ],
  execute: executeTargets,
};

/** @returns done: what is not installed is no failure */
async function executeTargets({ values, mistakes }: Invocation, { stdout, env }: Surroundings): Promise<number> {
  const options = parseFlags(FLAGS, values, NO_DEFAULTS, mistakes);
  const listed = [BUILTIN_LISTED, ...(await Promise.all(recipeNames().map((name) => listedTarget(name, env))))];
  if (options.json) {
    stdout.write(`${JSON.stringify(listed)}\n`);
  } else {
    const width = Math.min(stdout.columns ?? MAX_SUMMARY_COLUMNS, MAX_SUMMARY_COLUMNS);
    stdout.write(`${targetLines(listed, width, painter(wantsColor(options.color, env, stdout.isTTY))).join('\n')}\n`);
  }
  return EXIT.done.code;
}

const BUILTIN_LISTED: ListedTarget = {
  name: BUILTIN,
  title: 'the server that comes with pushbench',
  transports: TRANSPORT_IDS.filter((id) => TRAITS[id].isDefault),
  feed: 'its own',
  isInstalled: true,
  version: null,
  isToBeBuilt: false,
  from: null,
  problem: null,
};

async function listedTarget(name: string, env: Surroundings['env']): Promise<ListedTarget> {
  try {
    const target = readTarget(recipePath(name));
    const { title = name, publish, transports, from = null } = target;
    const feed = typeof publish === 'string' ? publish : Object.keys(publish)[0]!;
    const listed = { name, title, transports: Object.keys(transports), feed, from, problem: null };
    return { ...listed, ...(await lookForTarget(target, env)) };
  } catch (error) {
    const nothing = { title: name, transports: [], feed: '', isInstalled: false, version: null, isToBeBuilt: false };
    return { name, ...nothing, from: null, problem: (error as Error).message };
  }
}

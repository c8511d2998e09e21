import { targetNameOf } from '../../server/transports/traits.ts';
import { EXIT, PushbenchError } from '../basics/errors.ts';
import type { Target } from '../result/target.ts';
import { checkServer, type CheckedTarget, type CheckedTicks } from '../trial/target-check.ts';
import { buildTargets } from '../target/build.ts';
import { machineContext } from './collaborators.ts';
import type { Command, Invocation, Surroundings } from './command.ts';
import { targetFlags } from './flag-table.ts';
import { parseFlags } from './read-flags.ts';
import { BUILTIN } from '../result/entrant.ts';
import { comparedOf } from './target-flags.ts';
import { checkedLines } from './terminal/check.ts';
import { painter, wantsColor } from './terminal/style.ts';
import { MAX_SUMMARY_COLUMNS } from './terminal/summary.ts';

const FLAGS = [...targetFlags(), 'transports', 'payloadBytes', 'pollLatest', 'json', 'color'] as const;

/** A server looked at closely, before anything is measured of it. */
export const checkCommand: Command = {
  name: 'check',
  summary: 'looks at a server with three clients and five ticks: shows what is on the wire, and says what is wrong',
  operands: ['[TARGET]'],
  flags: FLAGS,
  examples: [
    ["check --start './server {port}' --sse /events --ws /ws", 'your own server, before it is measured'],
    ['check ./mine.json', 'what a target file says'],
    ['check go', 'one of those that targets lists'],
  ],
  execute: executeCheck,
};

/**
 * Starts each server that is named and looks at it. Nothing is measured, and nothing written.
 *
 * @returns done where all is well, target where something is wrong
 * @throws {PushbenchError} `usage` where nothing is named, or the flags or a target file are wrong
 */
async function executeCheck({ values, operands, mistakes }: Invocation, surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, env, cwd } = surroundings;
  let compared: { entrants: string[]; targets: readonly Target[] } = { entrants: [], targets: [] };
  const options = parseFlags(FLAGS, values, machineContext(), mistakes, (read, isGiven) => {
    const targetFiles = [...operands, ...(read.targetFiles ?? [])];
    const found = comparedOf({ ...read, targetFiles }, isGiven('transports'), cwd);
    const isBuiltinAsked = targetFiles.includes(BUILTIN);
    const entrants = found.transports.filter((entrant) => isBuiltinAsked || targetNameOf(entrant) !== null);
    compared = { entrants, targets: found.targets ?? [] };
    return [
      ...found.mistakes,
      ...(found.mistakes.length === 0 && entrants.length === 0
        ? [
            `check: names no server; add --start 'COMMAND' and a path, the name of one (npm run bench -- targets), or a file`,
          ]
        : []),
      ...((read.payloadBytes?.length ?? 0) > 1 ? ['--payload: a check has one size of ticks; give one'] : []),
    ];
  });
  const [payloadBytes] = options.payloadBytes;
  const paint = painter(wantsColor(options.color, env, stdout.isTTY));
  const width = Math.min(stdout.columns ?? MAX_SUMMARY_COLUMNS, MAX_SUMMARY_COLUMNS);
  const checked: CheckedTarget[] = [];
  for (const name of new Set(compared.entrants.map(targetNameOf))) {
    const target = compared.targets.find((one) => one.name === name);
    const entrants = compared.entrants.filter((entrant) => targetNameOf(entrant) === name);
    const ticks = { payloadBytes: payloadBytes!, pollLatest: options.pollLatest };
    const one = await checkBuilt(target, entrants, ticks, stderr);
    checked.push(one);
    if (!options.json) stdout.write(`${checkedLines(one, width, paint).join('\n')}\n`);
  }
  const isWell = checked.every(
    ({ fault, transports }) => fault === null && transports.every((one) => one.fault === null),
  );
  if (options.json) stdout.write(`${JSON.stringify({ isWell, targets: checked })}\n`);
  return isWell ? EXIT.done.code : EXIT.target.code;
}

/** Builds it before, where it says how. */
async function checkBuilt(
  target: Target | undefined,
  entrants: readonly string[],
  ticks: CheckedTicks,
  stderr: Surroundings['stderr'],
): Promise<CheckedTarget> {
  let built = target;
  try {
    [built] = target ? buildTargets([target], ({ name }) => stderr.write(`Building ${name} ...\n`)) : [];
  } catch (error) {
    if (!(error instanceof PushbenchError && error.reason === 'target')) throw error;
    const { name = BUILTIN, title = null } = target ?? {};
    return { name, title, found: null, fault: { code: error.code, says: error.message }, transports: [] };
  }
  return checkServer(built, entrants, ticks);
}

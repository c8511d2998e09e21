// Flags that are each in order, and contradict each other or the machine.
import { isIP } from 'node:net';
import { asksAtInterval } from '../../server/transports/traits.ts';
import { quote } from '../basics/shown.ts';
import { possibleBaselines } from '../judge/baseline.ts';
import { addressProblems } from '../machine/address.ts';
import { serverOf } from '../result/entrant.ts';
import { NO_NETWORK } from '../result/network.ts';
import { addressOf } from '../result/target.ts';
import type { RunOptions } from '../run/options.ts';
import { windowMistakes } from '../trial/window.ts';
import type { FlagContext, FlagKey } from './flag-table.ts';

/** Which flags contradict each other or the machine. What is absent had a mistake of its own and is not judged again. */
export function contradictions(
  options: Partial<RunOptions>,
  isGiven: (key: Extract<keyof RunOptions, FlagKey>) => boolean,
  context: FlagContext,
): string[] {
  const found: string[] = [];
  const { transports, blocks, clients, agents, serverWorkers, pin } = options;

  found.push(...pollContradictions(transports, isGiven));
  if (options.quick && isGiven('blocks') && blocks !== undefined && blocks > 1) {
    found.push(`--blocks ${blocks}: contradicts --quick, which is one block; allowed: 1, or leave --quick out`);
  }
  if (isGiven('agents') && agents !== undefined && clients !== undefined) {
    const fewest = Math.min(...clients);
    if (agents > fewest) {
      found.push(
        `--agents ${agents}: more than the ${fewest} of --clients; allowed: 1 to ${fewest}, so that each has one`,
      );
    }
  }
  const { durationMs, ratesHz } = options;
  if (durationMs !== undefined && ratesHz !== undefined) {
    found.push(...windowMistakes(durationMs, ratesHz, isGiven('durationMs')));
  }
  found.push(...pinContradictions({ pin, serverWorkers }, context));
  const { host: asked, unsafeBind = false, ownTarget } = options;
  if (asked !== undefined && isIP(asked) > 0) {
    found.push(...addressProblems({ host: asked, unsafeBind, ownTarget }, asked));
  }
  found.push(...ownTargetContradictions(ownTarget, [asked, ...attachedHosts(options)], '--host or --target'));
  const networks = options.networks?.filter((name) => name !== NO_NETWORK) ?? [];
  if (networks.length > 0 && isGiven('host')) {
    found.push(
      `--host ${quote(asked ?? '')}: contradicts --network ${networks.join(',')}, which has addresses of its own; leave one of them out`,
    );
  }
  if (networks.length > 0) found.push(...networkContradictions(networks.join(','), options));
  found.push(...openContradictions(options), ...baselineContradictions(options));
  return found;
}

/** A baseline that is none of what is compared, or leaves nothing to compare with it. */
function baselineContradictions({
  baseline,
  transports = [],
  pollIntervalsMs = [1000],
}: Partial<RunOptions>): string[] {
  if (baseline === undefined || transports.length === 0) return [];
  const cells = transports.flatMap((transport) =>
    (asksAtInterval(transport) ? pollIntervalsMs : [null]).map((pollIntervalMs) => ({ transport, pollIntervalMs })),
  );
  const possible = possibleBaselines(cells);
  if (possible.includes(baseline)) return [];
  if (possible.length === 0) return [`--baseline ${quote(baseline)}: there is nothing to compare; leave it out`];
  const isThere = transports.some((entrant) => [entrant, serverOf(entrant)].includes(baseline));
  const problem = isThere ? 'leaves nothing to compare with it' : 'is none of what is compared';
  return [`--baseline ${quote(baseline)}: ${problem}; allowed: ${possible.join(', ')}`];
}

/** Why a host that is vouched for is not one of these. */
export function ownTargetContradictions(
  ownTarget: string | undefined,
  hosts: readonly (string | undefined)[],
  flags: string,
): string[] {
  if (ownTarget === undefined || hosts.includes(ownTarget)) return [];
  return [
    `--i-own-this-target ${quote(ownTarget)}: is not what ${flags} names; allowed: the same host, or leave it out`,
  ];
}

/** What stands where the run starts it, and not within a network of its own. */
function networkContradictions(network: string, options: Pick<Partial<RunOptions>, 'targets' | 'proxies'>): string[] {
  return [
    ...(attachedHosts(options).length > 0
      ? [
          `--target: a server that runs already is not within --network ${network}; let the run start it, or leave one of them out`,
        ]
      : []),
    ...((options.proxies ?? []).length > 0
      ? [`--via: proxies are not measured over --network ${network} yet; leave one of them out`]
      : []),
  ];
}

/** Where servers run that are attached to. */
export function attachedHosts({ targets = [] }: Pick<RunOptions, 'targets'>): string[] {
  return targets.flatMap(({ attach }) => (attach ? [addressOf(attach).host] : []));
}

/** Flags of polling, where no transport polls. */
export function pollContradictions(
  transports: RunOptions['transports'] | undefined,
  isGiven: (key: 'pollIntervalsMs' | 'pollLatest') => boolean,
): string[] {
  if (transports === undefined || transports.some(asksAtInterval)) return [];
  return (['pollIntervalsMs', 'pollLatest'] as const).filter(isGiven).map((key) => {
    const name = key === 'pollLatest' ? 'poll-latest' : 'poll-interval';
    const chosen = transports.join(',');
    return `--${name}: concerns polling, which is not among --transports ${chosen}; add it or leave --${name} out`;
  });
}

/** Why there will be no report to open. */
export function openContradictions({ dryRun, open }: { dryRun?: boolean; open?: boolean }): string[] {
  return dryRun === true && open === true
    ? ['--open: contradicts --dry-run, which writes no report; leave one of them out']
    : [];
}

/** Why server and agents cannot be put on cores of their own here, where that was asked for. */
export function pinContradictions(
  { pin, serverWorkers }: { pin: RunOptions['pin'] | undefined; serverWorkers: number | undefined },
  { cores, pinProblem }: FlagContext,
): string[] {
  if (pin !== 'on' || serverWorkers === undefined) return [];
  const found: string[] = [];
  if (cores < serverWorkers + 1) {
    found.push(
      `--pin on: needs a core for each of --server-workers ${serverWorkers} and one for the agents, ` +
        `${serverWorkers + 1} in all; this process may use ${cores}; allowed here: auto, off`,
    );
  }
  const problem = pinProblem();
  if (problem !== null) found.push(`--pin on: ${problem}; allowed here: auto, off`);
  return found;
}

/** What should be known where server and agents would be put on cores of their own, and cannot be. */
export function pinNotes(
  { pin, serverWorkers }: Pick<RunOptions, 'pin' | 'serverWorkers'>,
  { cores, pinProblem }: FlagContext,
): string[] {
  if (pin !== 'auto' || cores <= serverWorkers) return [];
  const problem = pinProblem();
  return problem === null ? [] : [`server and agents are not put on cores of their own: ${problem}`];
}

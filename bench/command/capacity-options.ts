import {
  attachedHosts,
  openContradictions,
  ownTargetContradictions,
  pinContradictions,
  pollContradictions,
} from './contradictions.ts';
import { flagsBut, type AllOptions, type FlagContext } from './flag-table.ts';
import { readFlags, soundFlags, type FlagValues } from './read-flags.ts';
import { comparedOf, withCompared, type TargetOptions } from './target-flags.ts';
import type { RunOptions } from '../run/options.ts';
import type { PinMachine } from '../machine/pinning.ts';
import { windowMistakes } from '../trial/window.ts';
import type { SearchPlan } from '../result/capacity-schema.ts';
import { settingsOf } from '../run/plan.ts';
import { slosOf } from '../judge/objective.ts';

/** The flags of a search. */
export const CAPACITY_FLAGS = flagsBut(
  'blocks',
  'networks',
  'quick',
  'host',
  'unsafeBind',
  'assertions',
  'baseline',
  'failOnRegression',
  'planSweep',
  'html',
);

type CapacityFlags = Pick<AllOptions, (typeof CAPACITY_FLAGS)[number]>;

/** As {@link RunOptions}: what is compared follows from several flags. */
export type CapacityOptions = Omit<CapacityFlags, 'transports' | keyof TargetOptions> &
  Pick<RunOptions, 'transports' | 'targets' | 'proxies'>;

type Partially = Partial<CapacityOptions>;
type IsGiven = (key: (typeof CAPACITY_FLAGS)[number]) => boolean;

/**
 * The options of a search from the values as they were written.
 *
 * @param others mistakes found before, such as unknown flags
 * @throws {PushbenchError} `usage`, listing all mistakes at once
 */
export function parseCapacityOptions(
  values: FlagValues,
  context: FlagContext,
  others: readonly string[] = [],
  cwd = process.cwd(),
): CapacityOptions {
  const search = values['search']?.at(-1) === 'rate' ? 'rate' : 'clients';
  const read = readFlags(CAPACITY_FLAGS, values, { ...context, search });
  const { isGiven } = read;
  const { mistakes, ...compared } = comparedOf(read.options, isGiven('transports'), cwd);
  const options = { ...read.options, ...compared };
  const { pin, serverWorkers } = options;
  const unfit = isGiven('from')
    ? []
    : [
        ...mistakes,
        ...sloMistakes(options, isGiven),
        ...workloadMistakes(options, isGiven),
        ...rangeMistakes(options, isGiven),
        ...pinContradictions({ pin, serverWorkers }, context),
        ...openContradictions(options),
        ...ownTargetContradictions(options.ownTarget, attachedHosts(options), '--target'),
      ];
  return withCompared(soundFlags(read, others, unfit), compared);
}

function sloMistakes({ slos, transports }: Partially, isGiven: IsGiven): string[] {
  if (slos === undefined) return isGiven('slos') ? [] : [SLO_MISSING];
  if (slos.length === 0) return [SLO_MISSING];
  if (transports === undefined) return [];
  const chosen: readonly string[] = transports;
  const foreign = slos.filter(({ transport }) => transport !== null && !chosen.includes(transport));
  const without = chosen.filter((transport) => slosOf(slos, transport).length === 0);
  return [
    ...foreign.map(
      ({ text, transport }) =>
        `--slo '${text}': concerns ${transport}, which is not among --transports ${chosen.join(',')}`,
    ),
    ...without.map((transport) => `--slo: none is about ${transport}; add one, or leave it out with --transports`),
  ];
}

const SLO_MISSING = "--slo: missing; say what a load must meet, e.g. --slo 'p99<100ms' or --slo 'missed=0'";

function workloadMistakes(options: Partially, isGiven: IsGiven): string[] {
  const found: string[] = [];
  for (const [key, flag] of [
    ['clients', 'clients'],
    ['ratesHz', 'rate'],
    ['payloadBytes', 'payload'],
    ['pollIntervalsMs', 'poll-interval'],
  ] as const) {
    const values = options[key];
    if (values !== undefined && values.length > 1) {
      found.push(`--${flag} ${values.join(',')}: a search has one; run it once for each`);
    }
  }
  return [...found, ...pollContradictions(options.transports, isGiven)];
}

function rangeMistakes(options: Partially, isGiven: IsGiven): string[] {
  const { search, minClients, maxClients, maxRateHz, ratesHz, durationMs } = options;
  const found: string[] = [];
  const foreign = search === 'rate' ? (['minClients', 'maxClients'] as const) : (['clients', 'maxRateHz'] as const);
  const names = { minClients: 'min-clients', maxClients: 'max-clients', clients: 'clients', maxRateHz: 'max-rate' };
  for (const key of foreign) {
    if (!isGiven(key)) continue;
    found.push(
      search === 'rate'
        ? `--${names[key]}: contradicts --search rate, which holds --clients and raises the rate from --rate to --max-rate`
        : `--${names[key]}: contradicts a search for clients, which goes from --min-clients to --max-clients`,
    );
  }
  if (search === 'clients' && minClients !== undefined && maxClients !== undefined && minClients > maxClients) {
    found.push(`--min-clients ${minClients}: more than --max-clients ${maxClients}`);
  }
  const [rateHz] = ratesHz ?? [];
  if (rateHz === undefined) return found;
  if (search === 'rate' && maxRateHz !== undefined && rateHz > maxRateHz) {
    found.push(`--rate ${rateHz}: where the search begins is above --max-rate ${maxRateHz}`);
  }
  // A default length is widened to some ticks.
  if (isGiven('durationMs') && durationMs !== undefined) found.push(...windowMistakes(durationMs, [rateHz], true));
  return found;
}

/** Ticks that a window of the default length must hold. */
const FEWEST_TICKS = 3;

/** What the options come to on this machine. */
export function searchPlanOf(
  options: CapacityOptions,
  machine: PinMachine,
  ceiling: { clients: number; message: string | null },
  isGiven: (flag: string) => boolean,
): SearchPlan {
  const [rateHz = 1] = options.ratesHz;
  const isRate = options.search === 'rate';
  return {
    vary: options.search,
    slos: options.slos,
    transports: options.transports,
    workload: {
      clients: isRate ? options.clients[0]! : null,
      rateHz: isRate ? null : rateHz,
      payloadBytes: options.payloadBytes[0]!,
      pollIntervalMs: options.pollIntervalsMs[0]!,
      driver: options.driver,
      fanOut: options.fanOut,
    },
    min: isRate ? rateHz : Math.min(options.minClients, ceiling.clients),
    max: isRate ? options.maxRateHz : ceiling.clients,
    resource: isRate ? null : ceiling.message,
    settings: {
      ...settingsOf({ ...options, blocks: 1 }, machine),
      durationMs: isGiven('duration')
        ? options.durationMs
        : Math.max(options.durationMs, Math.ceil((FEWEST_TICKS * 1000) / rateHz)),
    },
  };
}

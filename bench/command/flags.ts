// The flags of the command line: ONE table. Parsing, validation, --help and docs/flags.md all come from it.
import { MAX_PAYLOAD_BYTES, MIN_PAYLOAD_BYTES } from '../../server/feed/tick.ts';
import { asksAtInterval, TRAITS, TRANSPORT_IDS, type TransportId } from '../../server/transports/traits.ts';
import { isIP } from 'node:net';
import { addressProblems } from '../machine/address.ts';
import { parseAssertion } from '../judge/assertion.ts';
import type { Vary } from '../result/capacity-schema.ts';
import { parseSlo, type Slo } from '../judge/objective.ts';
import { busyCores } from '../machine/cores.ts';
import { PushbenchError } from '../basics/errors.ts';
import { quote, visible } from '../basics/shown.ts';
import type { RunOptions } from '../run/options.ts';
import {
  formatCount,
  formatDuration,
  parseCount,
  parseDuration,
  parseRate,
  parseSize,
  type Parsed,
} from '../basics/amounts.ts';
import { windowMistakes } from '../trial/window.ts';

/** What only commands that judge past runs are told. */
type CompareOptions = {
  failOnRegression: boolean;
  /** The page to write; undefined: none. */
  html: string | undefined;
};

/** What only a capacity search is told, and what is told to those who look at what is measured. */
type SearchOptions = {
  slos: Slo[];
  search: Vary;
  minClients: number;
  maxClients: number;
  maxRateHz: number;
  /** A past run or search; undefined: the command's own choice. */
  from: string | undefined;
  planSweep: boolean;
};

type AllOptions = RunOptions & CompareOptions & SearchOptions;

export type FlagKey = keyof AllOptions;

/** In the order in which help shows them. */
export const FLAG_GROUPS = {
  workload: 'Workload (a comma list makes a sweep: every combination is a cell)',
  trial: 'Trials',
  load: 'Load agents',
  server: 'Server',
  judgement: 'Judgement (sets the exit code)',
  capacity: 'Capacity and cost',
  output: 'Output',
} as const;

/** What the machine and the moment contribute to the defaults and to what is allowed. */
export type FlagContext = {
  /** Cores that this process may use. */
  cores: number;
  /** An integer from 0 to 2^32 - 1. */
  randomSeed: () => number;
  /** The ids of the registered transports, in their order. */
  transports: readonly TransportId[];
  /** CPU time that the control groups allow, in cores; null or absent: no quota. */
  quotaCores?: number | null;
  /** Why processes cannot be put on cores here; null where they can. */
  pinProblem: () => string | null;
  /** What a capacity search varies: some of its defaults are its own; absent: the command is none. */
  search?: Vary;
};

/** The flags of commands that measure nothing depend on no machine. */
export const NO_DEFAULTS: FlagContext = { cores: 1, randomSeed: () => 0, transports: [], pinProblem: () => null };

export type Flag<T> = {
  /** Without its dashes. */
  readonly name: string;
  /** What stands for the value in help; null: a switch, which takes none. */
  readonly placeholder: string | null;
  readonly group: keyof typeof FLAG_GROUPS;
  readonly help: string;
  /** The default in words, as help and docs/flags.md show it; empty: none. */
  readonly defaultText: string;
  /** The values that are allowed, with their unit; of a list, for each entry; empty for a switch. */
  readonly allowed: string;
  /** Takes a comma list. */
  readonly list?: true;
  /** May be given several times; its value is a list, of which each time adds its entries. */
  readonly repeatable?: true;
  readonly fallback: (context: FlagContext & { quick: boolean }) => T;
  readonly parse: (text: string) => Parsed<T>;
  /** Whether the flag belongs to the command that repeats a run: not where it only says where and how to show it. */
  readonly repeats: boolean;
};

export type FlagTable = { readonly [K in FlagKey]: Flag<AllOptions[K]> };

/** By name without dashes, each value as it was written, in order; null: the flag stood there without a value. */
export type FlagValues = { readonly [name: string]: readonly (string | null)[] };

/** Names as DNS has them (RFC 1123, 2.1); never digits and dots alone, which are an address with a mistake. */
const HOST_NAME = /^(?![\d.]+$)(?!.{254})[A-Za-z\d]([A-Za-z\d-]{0,62})(\.[A-Za-z\d]([A-Za-z\d-]{0,62}))*$/;

const MAX_LIST = 32;
const MAX_SEED = 2 ** 32 - 1;
const MAX_TEXT = 200;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

const isComparedByDefault = (id: TransportId): boolean => TRAITS[id].isDefault;

/** Flags that `run` does not take. */
const NOT_OF_RUN: ReadonlySet<FlagKey> = new Set([
  'failOnRegression',
  'html',
  'slos',
  'search',
  'minClients',
  'maxClients',
  'maxRateHz',
  'from',
  'planSweep',
]);

/** The flags of `run`, in the table's order. */
export function runFlags(table: FlagTable): (keyof RunOptions)[] {
  return (Object.keys(table) as FlagKey[]).filter((key): key is keyof RunOptions => !NOT_OF_RUN.has(key));
}

/** The table of all flags; each command takes some of them. */
export function flagTable(transports: readonly TransportId[]): FlagTable {
  return {
    transports: {
      name: 'transports',
      placeholder: '<list>',
      group: 'workload',
      help: 'the transports to compare',
      ...listOf(oneOf(transports)),
      defaultText: TRANSPORT_IDS.filter(isComparedByDefault).join(','),
      fallback: () => transports.filter(isComparedByDefault),
      repeats: true,
    },
    clients: {
      name: 'clients',
      placeholder: '<list>',
      group: 'workload',
      help: 'connected clients',
      ...listOf(within(parseCount, 1, 1_000_000, formatCount)),
      defaultText: '1000',
      fallback: () => [1000],
      repeats: true,
    },
    ratesHz: {
      name: 'rate',
      placeholder: '<list>',
      group: 'workload',
      help: 'speed of the feed',
      ...listOf(within(parseRate, 0.01, 10_000, formatRate, 'ticks per second')),
      defaultText: '10; with --search rate 1',
      // A search for the rate begins slowly, one for clients has a rate to hold.
      fallback: ({ search }) => (search === 'rate' ? [1] : [10]),
      repeats: true,
    },
    payloadBytes: {
      name: 'payload',
      placeholder: '<list>',
      group: 'workload',
      help: "size of a tick's JSON",
      ...listOf(within(parseSize, MIN_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES, formatCount, 'bytes')),
      defaultText: '128',
      fallback: () => [128],
      repeats: true,
    },
    pollIntervalsMs: {
      name: 'poll-interval',
      placeholder: '<list>',
      group: 'workload',
      help: 'time between two polls of a client; short polling only',
      ...listOf(within(parseDuration, 10, 10 * MINUTE_MS, formatDuration)),
      defaultText: '1s',
      fallback: () => [1000],
      repeats: true,
    },
    pollLatest: {
      name: 'poll-latest',
      group: 'workload',
      help: 'short polling asks for the newest tick only; the ticks that it may skip count as coalesced',
      ...SWITCH,
      repeats: true,
    },
    durationMs: {
      name: 'duration',
      placeholder: '<time>',
      group: 'trial',
      help: 'measured time of a trial, to the nearest whole tick',
      ...within(parseDuration, 100, HOUR_MS, formatDuration),
      defaultText: '3s; with --quick 2s',
      fallback: ({ quick }) => (quick ? 2000 : 3000),
      repeats: true,
    },
    warmupMs: {
      name: 'warmup',
      placeholder: '<time>',
      group: 'trial',
      help: 'discarded time before it',
      ...within(parseDuration, 0, 10 * MINUTE_MS, formatDuration),
      defaultText: '1s; with --quick 500ms',
      fallback: ({ quick }) => (quick ? 500 : 1000),
      repeats: true,
    },
    blocks: {
      name: 'blocks',
      placeholder: '<n>',
      group: 'trial',
      help: 'repetitions: a block runs every cell once, in a random order',
      ...within(parseCount, 1, 1000, formatCount),
      defaultText: '8; with --quick 1',
      fallback: ({ quick }) => (quick ? 1 : 8),
      repeats: true,
    },
    quick: {
      name: 'quick',
      group: 'trial',
      help: 'one short block: figures without verdicts',
      ...SWITCH,
      repeats: true,
    },
    seed: {
      name: 'seed',
      placeholder: '<n>',
      group: 'trial',
      help: 'order, phases and payloads repeat exactly with it',
      ...within(parsePlainInteger, 0, MAX_SEED, formatCount),
      defaultText: 'random, recorded',
      fallback: ({ randomSeed }) => randomSeed(),
      repeats: true,
    },
    agents: {
      name: 'agents',
      placeholder: '<n>',
      group: 'load',
      help: 'load agent processes, which share the clients',
      ...within(parseCount, 1, 256, formatCount),
      defaultText: 'usable cores - 1, at least 1',
      fallback: ({ cores, quotaCores }) => Math.min(256, Math.max(1, busyCores(cores, quotaCores) - 1)),
      repeats: true,
    },
    rampPerSecond: {
      name: 'ramp',
      placeholder: '<rate>',
      group: 'load',
      help: 'connections opened per second, all agents together',
      ...within(parseRate, 1, 1_000_000, (value) => `${formatRate(value)}/s`),
      defaultText: '2000/s; of capacity 4000/s',
      // A search ramps up to the largest load again and again.
      fallback: ({ search }) => (search === undefined ? 2000 : 4000),
      repeats: true,
    },
    driver: {
      name: 'driver',
      placeholder: '<kind>',
      group: 'load',
      help: "lean: pushbench's own parsers on raw sockets; library: eventsource, ws and autocannon",
      ...oneOf(['lean', 'library']),
      defaultText: 'lean',
      fallback: () => 'lean',
      repeats: true,
    },
    fanOut: {
      name: 'fan-out',
      placeholder: '<mode>',
      group: 'server',
      help: 'prepared: a tick is framed once for all; idiomatic: as most applications write it',
      ...oneOf(['prepared', 'idiomatic']),
      defaultText: 'prepared',
      fallback: () => 'prepared',
      repeats: true,
    },
    serverWorkers: {
      name: 'server-workers',
      placeholder: '<n>',
      group: 'server',
      help: 'server processes that share the port',
      ...within(parseCount, 1, 64, formatCount),
      defaultText: '1',
      fallback: () => 1,
      repeats: true,
    },
    pin: {
      name: 'pin',
      placeholder: '<when>',
      group: 'server',
      help: 'server and agents on cores of their own; auto: where the system can',
      ...oneOf(['auto', 'on', 'off']),
      defaultText: 'auto',
      fallback: () => 'auto',
      repeats: true,
    },
    port: {
      name: 'port',
      placeholder: '<n>',
      group: 'server',
      help: 'port of the server; 0: any free one',
      ...within(parsePlainInteger, 0, 65_535, formatCount),
      defaultText: '0',
      fallback: () => 0,
      repeats: true,
    },
    host: {
      name: 'host',
      placeholder: '<address>',
      group: 'server',
      help: 'where the server listens and the agents connect to',
      ...host(),
      defaultText: '127.0.0.1',
      fallback: () => '127.0.0.1',
      repeats: true,
    },
    unsafeBind: {
      name: 'unsafe-bind',
      group: 'server',
      help: 'lets --host be an address that others can reach, as 0.0.0.0 is',
      ...SWITCH,
      repeats: true,
    },
    ownTarget: {
      name: 'i-own-this-target',
      placeholder: '<host>',
      group: 'server',
      help: 'lets --host be that very host, although it is neither loopback nor private',
      ...host(),
      defaultText: '',
      fallback: () => undefined,
      repeats: true,
    },
    assertions: {
      name: 'assert',
      placeholder: '<claim>',
      group: 'judgement',
      help:
        "exit 4 unless the cell's median holds, e.g. 'sse.p99<50ms' or 'sse@clients=1000,rate=10.p99<50ms'; " +
        'repeatable; fails where no trial of the cell is valid',
      allowed: 'transport[@cell].metric, one of < <= > >= ==, a value with its unit',
      repeatable: true,
      defaultText: '',
      fallback: () => [],
      parse: (given) => {
        const parsed = parseAssertion(given);
        return 'value' in parsed ? { value: [parsed.value] } : parsed;
      },
      repeats: true,
    },
    failOnRegression: {
      name: 'fail-on-regression',
      group: 'judgement',
      help: 'of compare: exit 4 when anything got worse beyond noise and margin, 3 when nothing could be judged',
      ...SWITCH,
      repeats: false,
    },
    slos: {
      name: 'slo',
      placeholder: '<objective>',
      group: 'capacity',
      help:
        "of capacity: what a load must meet, e.g. 'p99<100ms' or 'missed=0'; repeatable, all must hold; " +
        "'polling.p99<1.1s' takes the place of a general one for that transport",
      allowed: '[transport.]metric, one of < <= > >= =, a value with its unit',
      repeatable: true,
      defaultText: '',
      fallback: () => [],
      parse: (given) => {
        const parsed = parseSlo(given, transports);
        return 'value' in parsed ? { value: [parsed.value] } : parsed;
      },
      repeats: true,
    },
    search: {
      name: 'search',
      placeholder: '<what>',
      group: 'capacity',
      help: 'of capacity: most clients at one --rate, or most ticks per second, from --rate up, at one --clients',
      ...oneOf(['clients', 'rate']),
      defaultText: 'clients',
      fallback: () => 'clients',
      repeats: true,
    },
    minClients: {
      name: 'min-clients',
      placeholder: '<n>',
      group: 'capacity',
      help: 'of capacity: the smallest load, where the search begins',
      ...within(parseCount, 1, 1_000_000, formatCount),
      defaultText: '100',
      fallback: () => 100,
      repeats: true,
    },
    maxClients: {
      name: 'max-clients',
      placeholder: '<n>',
      group: 'capacity',
      help: 'of capacity: the largest load; of plan: the most clients of one server, as capacity found',
      ...within(parseCount, 1, 1_000_000, formatCount),
      defaultText: '20,000; of plan none',
      fallback: () => 20_000,
      repeats: true,
    },
    maxRateHz: {
      name: 'max-rate',
      placeholder: '<rate>',
      group: 'capacity',
      help: 'of capacity with --search rate: the fastest feed',
      ...within(parseRate, 0.01, 10_000, formatRate, 'ticks per second'),
      defaultText: '1000',
      fallback: () => 1000,
      repeats: true,
    },
    from: {
      name: 'from',
      placeholder: '<dir>',
      group: 'capacity',
      help: 'of capacity: answer again from a past search, also one that was cut short; of plan: the run to fit the model to',
      ...text('a folder, or the name of a run'),
      defaultText: 'of plan: latest',
      fallback: () => undefined,
      repeats: false,
    },
    planSweep: {
      name: 'plan-sweep',
      group: 'capacity',
      help: 'of plan: first run the small sweep that a cost model needs; about six minutes',
      ...SWITCH,
      repeats: false,
    },
    out: {
      name: 'out',
      placeholder: '<dir>',
      group: 'output',
      help: 'new or empty folder to write to; results/latest then stays as it is',
      ...text('a path of at most 200 characters'),
      defaultText: 'results/<id>',
      fallback: () => undefined,
      repeats: false,
    },
    label: {
      name: 'label',
      placeholder: '<text>',
      group: 'output',
      help: 'a name for the run',
      ...text('1 to 200 characters on one line'),
      defaultText: '',
      fallback: () => '',
      repeats: true,
    },
    html: {
      name: 'html',
      placeholder: '<file>',
      group: 'output',
      help: 'of compare: writes the comparison as a page, too; one file, no network needed',
      ...page(),
      defaultText: '',
      fallback: () => undefined,
      repeats: false,
    },
    open: { name: 'open', group: 'output', help: 'open the report when it is done', ...SWITCH, repeats: false },
    json: {
      name: 'json',
      group: 'output',
      help: "one JSON document on stdout, everything else on stderr; for programs by npm run -s bench -- …, or npm's own lines come first",
      ...SWITCH,
      repeats: false,
    },
    progress: {
      name: 'progress',
      placeholder: '<how>',
      group: 'output',
      help: 'on stderr; auto: live in a terminal, else plain lines; json: one event a line',
      ...oneOf(['auto', 'live', 'plain', 'json', 'off']),
      defaultText: 'auto',
      fallback: () => 'auto',
      repeats: false,
    },
    color: {
      name: 'color',
      placeholder: '<when>',
      group: 'output',
      help: 'auto: in a terminal, unless NO_COLOR or TERM=dumb is set',
      ...oneOf(['auto', 'always', 'never']),
      defaultText: 'auto',
      fallback: () => 'auto',
      repeats: false,
    },
    dryRun: {
      name: 'dry-run',
      group: 'output',
      help: 'show the plan, what it needs and how long it takes; start nothing',
      ...SWITCH,
      repeats: false,
    },
  };
}

/**
 * The options of a run from the values as they were written.
 *
 * @param others mistakes found before, such as unknown flags, to be reported together with those found here
 * @throws {PushbenchError} `usage`, listing all mistakes: each with its flag, the value as given and what is allowed
 */
export function parseRunOptions(values: FlagValues, context: FlagContext, others: readonly string[] = []): RunOptions {
  const table = flagTable(context.transports);
  const { options, mistakes } = readFlags(runFlags(table), table, values, context);
  const all = [...others, ...mistakes, ...contradictions(options, given(table, values), context)];
  throwMistakes(all);
  const complete = options as RunOptions;
  if (values[table.agents.name] === undefined) {
    complete.agents = Math.min(complete.agents, ...complete.clients);
  }
  return complete;
}

/**
 * The flags among `keys`, for commands that take a few.
 *
 * @param others mistakes found before, to be reported together with those found here
 * @param judge finds what contradicts itself; options with a mistake of their own are absent from what it is given
 * @throws {PushbenchError} `usage`, as {@link parseRunOptions}
 */
export function parseFlags<K extends FlagKey>(
  keys: readonly K[],
  values: FlagValues,
  context: FlagContext,
  others: readonly string[] = [],
  judge: (options: Partial<Pick<AllOptions, K>>, isGiven: (key: K) => boolean) => string[] = () => [],
): Pick<AllOptions, K> {
  const table = flagTable(context.transports);
  const { options, mistakes } = readFlags(keys, table, values, context);
  throwMistakes([...others, ...mistakes, ...judge(options, given(table, values))]);
  return options as Pick<AllOptions, K>;
}

/** Reads each flag by itself; a flag with a mistake is absent from the options. */
function readFlags<K extends FlagKey>(
  keys: readonly K[],
  table: FlagTable,
  values: FlagValues,
  context: FlagContext,
): { options: Partial<Pick<AllOptions, K>>; mistakes: string[] } {
  const options: Partial<Record<FlagKey, unknown>> = {};
  const mistakes: string[] = [];
  const quick = values[table.quick.name] !== undefined;
  for (const key of keys) {
    const flag: Flag<unknown> = table[key];
    const written = values[flag.name];
    if (written === undefined) {
      options[key] = flag.fallback({ ...context, quick });
      continue;
    }
    if (written.length > 1 && !flag.repeatable) {
      const shown = written.filter((value) => value !== null).join(' and ');
      mistakes.push(`--${flag.name}: given ${written.length} times${shown && ` (${shown})`}; give it once`);
    }
    if (flag.placeholder === null) {
      options[key] = true;
      continue;
    }
    for (const value of written) {
      const parsed = value ? flag.parse(value) : { problem: 'needs a value' };
      if ('problem' in parsed) mistakes.push(mistake(flag, value, parsed.problem));
      else if (flag.repeatable)
        options[key] = [...((options[key] as unknown[] | undefined) ?? []), ...(parsed.value as unknown[])];
      else options[key] = parsed.value;
    }
  }
  // each property was written by the flag of the same key
  return { options: options as Partial<Pick<AllOptions, K>>, mistakes };
}

function mistake(flag: Flag<unknown>, value: string | null, problem: string): string {
  const shown = value === null ? '' : ` ${quote(value)}`;
  const list = flag.list ? '; as a comma list without repetitions' : '';
  return `--${flag.name}${shown}: ${problem}; allowed: ${flag.allowed}${list}`;
}

/** Which flags contradict each other or the machine. What is absent had a mistake of its own and is not judged again. */
function contradictions(
  options: Partial<RunOptions>,
  isGiven: (key: FlagKey) => boolean,
  context: FlagContext,
): string[] {
  const found: string[] = [];
  const { transports, blocks, clients, agents, serverWorkers, pin } = options;

  if (transports !== undefined && !transports.some(asksAtInterval)) {
    for (const [key, name] of [
      ['pollIntervalsMs', 'poll-interval'],
      ['pollLatest', 'poll-latest'],
    ] as const) {
      if (isGiven(key)) {
        const chosen = transports.join(',');
        found.push(
          `--${name}: concerns polling, which is not among --transports ${chosen}; add it or leave --${name} out`,
        );
      }
    }
  }
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
  if (ownTarget !== undefined && ownTarget !== asked) {
    found.push(
      `--i-own-this-target ${quote(ownTarget)}: is not what --host names; allowed: the same host, or leave it out`,
    );
  }
  found.push(...openContradictions(options));
  return found;
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

function given(table: FlagTable, values: FlagValues): (key: FlagKey) => boolean {
  return (key) => values[table[key].name] !== undefined;
}

/**
 * Throws when there are mistakes.
 *
 * @throws {PushbenchError} `usage`, with each mistake on a line of its own
 */
export function throwMistakes(mistakes: readonly string[]): void {
  if (mistakes.length === 0) return;
  const head = mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`;
  const lines = mistakes.map((line) => `  ${line}`).join('\n');
  throw new PushbenchError(
    'usage',
    'BAD_FLAGS',
    `${head} on the command line; nothing was started.\n${lines}\nAll flags: npm run bench -- --help`,
  );
}

/**
 * The command that repeats a run: the flags as they were given, without those that only say where and how to show it,
 * and with the seed.
 */
export function repeatCommand(values: FlagValues, table: FlagTable, seed: number, command = 'run'): string {
  const words = ['npm', 'run', 'bench', '--', command];
  for (const flag of Object.values(table) as Flag<unknown>[]) {
    if (!flag.repeats || flag === table.seed) continue;
    for (const value of values[flag.name] ?? []) {
      // joined where the value would be read as a flag of its own
      if (value === null) words.push(`--${flag.name}`);
      else if (value.startsWith('-')) words.push(`--${flag.name}=${quote(value)}`);
      else words.push(`--${flag.name}`, quote(value));
    }
  }
  words.push(`--${table.seed.name}`, String(seed));
  return words.join(' ');
}

// --- what flags are made of -------------------------------------------------------------------------------------------

type Value<T> = Pick<Flag<T>, 'allowed' | 'parse' | 'list'>;

const SWITCH = {
  placeholder: null,
  defaultText: 'off',
  allowed: '',
  fallback: () => false,
  parse: () => ({ problem: 'takes no value' }),
} as const;

function within(
  parse: (text: string) => Parsed<number>,
  min: number,
  max: number,
  format: (value: number) => string,
  unit = '',
): Value<number> {
  const allowed = `${format(min)} to ${format(max)}${unit && ` ${unit}`}`;
  return {
    allowed,
    parse: (given) => {
      const parsed = parse(given);
      if ('problem' in parsed) return parsed;
      if (parsed.value < min) return { problem: 'is too small' };
      return parsed.value > max ? { problem: 'is too large' } : parsed;
    },
  };
}

function oneOf<const T extends string>(values: readonly T[]): Value<T> {
  return {
    allowed: values.join(', '),
    parse: (given) => {
      const found = values.find((value) => value === given);
      return found === undefined ? { problem: 'is not one of the choices' } : { value: found };
    },
  };
}

/**
 * Whether a list is rather one number with its thousands apart, as this program writes it: `1,500`, `12,000`. Of the lists that
 * could be meant only those are refused that hardly anyone means: an entry that begins with a zero, or one digit and three.
 */
function isGrouped([first = '', ...rest]: readonly string[]): boolean {
  if (rest.length === 0 || !/^\d{1,3}$/.test(first) || !rest.every((entry) => /^\d{3}$/.test(entry))) return false;
  return rest.some((entry) => entry.startsWith('0')) || (rest.length === 1 && first.length === 1);
}

/** A comma list without gaps and repetitions. */
function listOf<T extends string | number>(item: Value<T>): Value<T[]> {
  return {
    allowed: item.allowed,
    list: true,
    parse: (given) => {
      const entries = given.split(',');
      if (isGrouped(entries)) {
        const sweep = entries.some((entry) => entry.startsWith('0'))
          ? ''
          : `, a sweep ${entries.toReversed().join(',')}`;
        return { problem: `reads like one number, which is ${entries.join('')}${sweep}` };
      }
      if (entries.length > MAX_LIST) return { problem: `has ${entries.length} entries, more than ${MAX_LIST}` };
      const values: T[] = [];
      const problems: string[] = [];
      for (const entry of entries) {
        const parsed: Parsed<T> = entry === '' ? { problem: 'is empty' } : item.parse(entry);
        if ('problem' in parsed)
          problems.push(entries.length > 1 ? `${quote(entry)} ${parsed.problem}` : parsed.problem);
        else if (values.includes(parsed.value)) problems.push(`${quote(entry)} stands there twice`);
        else values.push(parsed.value);
      }
      return problems.length > 0 ? { problem: problems.join(', ') } : { value: values };
    },
  };
}

function text(allowed: string): Value<string> {
  return {
    allowed,
    parse: (given) => {
      if (given.length > MAX_TEXT) return { problem: `is ${given.length} characters long` };
      return visible(given) === given ? { value: given } : { problem: 'has control characters' };
    },
  };
}

/** The path of a page: nothing else is ever written over. */
function page(): Value<string> {
  const path = text('a path that ends with .html, of at most 200 characters');
  return {
    ...path,
    parse: (given) => (/\.html?$/i.test(given) ? path.parse(given) : { problem: 'does not end with .html' }),
  };
}

function host(): Value<string> {
  return {
    allowed: 'a host name, an IPv4 or an IPv6 address',
    parse: (given) =>
      isIP(given) > 0 || HOST_NAME.test(given) ? { value: given } : { problem: 'is neither a name nor an address' },
  };
}

function parsePlainInteger(given: string): Parsed<number> {
  return /^\d+$/.test(given) ? { value: Number(given) } : { problem: 'is not a whole number from 0 on' };
}

function formatRate(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : String(value);
}

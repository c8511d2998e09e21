// The flags of the command line: ONE table. Parsing, validation, --help and docs/flags.md all come from it.
import { MAX_PAYLOAD_BYTES, MIN_PAYLOAD_BYTES } from '../../server/feed/tick.ts';
import { TRAITS, TRANSPORT_IDS, type TransportId } from '../../server/transports/traits.ts';
import { formatCount, formatDuration, parseCount, parseDuration, parseRate, parseSize } from '../basics/amounts.ts';
import { parseAssertion } from '../judge/assertion.ts';
import { parseSlo, type Slo } from '../judge/objective.ts';
import { busyCores } from '../machine/cores.ts';
import type { Vary } from '../result/capacity-schema.ts';
import type { RunOptions } from '../run/options.ts';
import type { TargetOptions } from './target-flags.ts';
import { publishing, serverUrl } from './target-values.ts';
import {
  formatRate,
  host,
  listOf,
  oneOf,
  orWord,
  page,
  parsePlainInteger,
  SWITCH,
  text,
  within,
  type Value,
} from './flag-kinds.ts';

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

/** What all flags together tell; each command takes some of it. */
export type AllOptions = Omit<RunOptions, 'transports' | 'targets' | 'proxies'> & {
  transports: TransportId[];
} & TargetOptions &
  CompareOptions &
  SearchOptions;

export type FlagKey = keyof AllOptions;

/** In the order in which help shows them. */
export const FLAG_GROUPS = {
  workload: 'Workload (a comma list makes a sweep: every combination is a cell)',
  trial: 'Trials',
  load: 'Load agents',
  server: 'Server',
  target: 'Your own server, beside the built-in one or in its place',
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

export type Flag<T> = Value<T> & {
  /** Without its dashes. */
  readonly name: string;
  /** What stands for the value in help; null: a switch, which takes none. */
  readonly placeholder: string | null;
  readonly group: keyof typeof FLAG_GROUPS;
  readonly help: string;
  /** The default in words, as help and docs/flags.md show it; absent: none. */
  readonly defaultText?: string;
  /** May be given several times; its value is a list, of which each time adds its entries. */
  readonly repeatable?: true;
  readonly fallback: (context: FlagContext & { quick: boolean }) => T;
  /** Only says where and how to show a run: it is no part of the command that repeats it. */
  readonly repeats?: false;
};

export type FlagTable = { readonly [K in FlagKey]: Flag<AllOptions[K]> };

const MAX_SEED = 2 ** 32 - 1;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** A default that is the same everywhere, and its words. */
function byDefault<T extends string | number | number[]>(value: T) {
  return { defaultText: String(value), fallback: () => value };
}

const isComparedByDefault = (id: TransportId): boolean => TRAITS[id].isDefault;

/** The flags but those that are left out, in the table's order. */
export function flagsBut<const K extends FlagKey>(...leftOut: K[]): Exclude<FlagKey, K>[] {
  const left: readonly FlagKey[] = leftOut;
  return (Object.keys(flagTable([])) as FlagKey[]).filter((key): key is Exclude<FlagKey, K> => !left.includes(key));
}

/** The flags that tell of servers which are not ours: all that stand in that group. */
export function targetFlags(): (keyof TargetOptions)[] {
  return (Object.entries(flagTable([])) as [FlagKey, Flag<unknown>][])
    .filter(([, flag]) => flag.group === 'target')
    .map(([key]) => key as keyof TargetOptions);
}

/** The flags of `run`. */
export const RUN_FLAGS: Exclude<FlagKey, keyof SearchOptions | keyof CompareOptions>[] = flagsBut(
  'failOnRegression',
  'html',
  'slos',
  'search',
  'minClients',
  'maxClients',
  'maxRateHz',
  'from',
  'planSweep',
);

/** A flag that may be given several times, each adding one. */
function listed(value: Value<string>) {
  return {
    ...value,
    repeatable: true as const,
    fallback: () => [],
    parse: (given: string) => {
      const parsed = value.parse(given);
      return 'problem' in parsed ? parsed : { value: [parsed.value] };
    },
  };
}

function pathFlag(name: string, what: string): Flag<string | undefined> {
  const path = text('a path that begins with /');
  return {
    ...path,
    name,
    placeholder: '<path>',
    group: 'target',
    help: `where the servers of --start and --target have ${what}`,
    fallback: () => undefined,
    parse: (given) => (given.startsWith('/') ? path.parse(given) : { problem: 'does not begin with /' }),
  };
}

/** The table of all flags; each command takes some of them. */
export function flagTable(transports: readonly TransportId[]): FlagTable {
  return {
    transports: {
      name: 'transports',
      group: 'workload',
      help: 'the transports to compare',
      ...listOf(oneOf(transports)),
      defaultText: TRANSPORT_IDS.filter(isComparedByDefault).join(','),
      fallback: () => transports.filter(isComparedByDefault),
    },
    clients: {
      name: 'clients',
      group: 'workload',
      help: 'connected clients',
      ...listOf(within(parseCount, 1, 1_000_000, formatCount)),
      ...byDefault([1000]),
    },
    ratesHz: {
      name: 'rate',
      group: 'workload',
      help: 'speed of the feed',
      ...listOf(within(parseRate, 0.01, 10_000, formatRate, 'ticks per second')),
      defaultText: '10; with --search rate 1',
      // A search for the rate begins slowly, one for clients has a rate to hold.
      fallback: ({ search }) => (search === 'rate' ? [1] : [10]),
    },
    payloadBytes: {
      name: 'payload',
      group: 'workload',
      help: "size of a tick's JSON",
      ...listOf(within(parseSize, MIN_PAYLOAD_BYTES, MAX_PAYLOAD_BYTES, formatCount, 'bytes')),
      ...byDefault([128]),
    },
    pollIntervalsMs: {
      name: 'poll-interval',
      group: 'workload',
      help: 'time between two polls of a client; short polling only',
      ...listOf(within(parseDuration, 10, 10 * MINUTE_MS, formatDuration)),
      defaultText: '1s',
      fallback: () => [1000],
    },
    pollLatest: {
      name: 'poll-latest',
      group: 'workload',
      help: 'short polling asks for the newest tick only; the ticks that it may skip count as coalesced',
      ...SWITCH,
    },
    durationMs: {
      name: 'duration',
      placeholder: '<time>',
      group: 'trial',
      help: 'measured time of a trial, to the nearest whole tick',
      ...within(parseDuration, 100, HOUR_MS, formatDuration),
      defaultText: '3s; with --quick 2s',
      fallback: ({ quick }) => (quick ? 2000 : 3000),
    },
    warmupMs: {
      name: 'warmup',
      placeholder: '<time>',
      group: 'trial',
      help: 'discarded time before it; auto: until latency settles, 1s to 8s',
      ...orWord('auto', within(parseDuration, 0, 10 * MINUTE_MS, formatDuration)),
      defaultText: 'auto; with --quick 500ms',
      fallback: ({ quick }) => (quick ? 500 : 'auto'),
    },
    blocks: {
      name: 'blocks',
      placeholder: '<n>',
      group: 'trial',
      help: 'repetitions: a block runs every cell once, in a random order',
      ...within(parseCount, 1, 1000, formatCount),
      defaultText: '8; with --quick 1',
      fallback: ({ quick }) => (quick ? 1 : 8),
    },
    shared: {
      name: 'shared',
      group: 'trial',
      help: 'others use the machine on purpose, as on CI: do not judge what they take of the CPU',
      ...SWITCH,
    },
    quick: {
      name: 'quick',
      group: 'trial',
      help: 'one short block: figures without verdicts',
      ...SWITCH,
    },
    seed: {
      name: 'seed',
      placeholder: '<n>',
      group: 'trial',
      help: 'order, phases and payloads repeat exactly with it',
      ...within(parsePlainInteger, 0, MAX_SEED, formatCount),
      defaultText: 'random, recorded',
      fallback: ({ randomSeed }) => randomSeed(),
    },
    agents: {
      name: 'agents',
      placeholder: '<n>',
      group: 'load',
      help: 'load agent processes, which share the clients',
      ...within(parseCount, 1, 256, formatCount),
      defaultText: 'usable cores - 1, at least 1',
      fallback: ({ cores, quotaCores }) => Math.min(256, Math.max(1, busyCores(cores, quotaCores) - 1)),
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
    },
    driver: {
      name: 'driver',
      placeholder: '<kind>',
      group: 'load',
      help: "lean: pushbench's own parsers on raw sockets; library: eventsource, ws and autocannon",
      ...oneOf(['lean', 'library']),
      ...byDefault('lean'),
    },
    fanOut: {
      name: 'fan-out',
      placeholder: '<mode>',
      group: 'server',
      help: 'prepared: a tick is framed once for all; idiomatic: as most applications write it',
      ...oneOf(['prepared', 'idiomatic']),
      ...byDefault('prepared'),
    },
    serverWorkers: {
      name: 'server-workers',
      placeholder: '<n>',
      group: 'server',
      help: 'server processes that share the port',
      ...within(parseCount, 1, 64, formatCount),
      ...byDefault(1),
    },
    pin: {
      name: 'pin',
      placeholder: '<when>',
      group: 'server',
      help: 'server and agents on cores of their own; auto: where the system can',
      ...oneOf(['auto', 'on', 'off']),
      ...byDefault('auto'),
    },
    port: {
      name: 'port',
      placeholder: '<n>',
      group: 'server',
      help: 'port of the server; 0: any free one',
      ...within(parsePlainInteger, 0, 65_535, formatCount),
      ...byDefault(0),
    },
    host: {
      name: 'host',
      placeholder: '<address>',
      group: 'server',
      help: 'where the server listens and the agents connect to',
      ...host(),
      ...byDefault('127.0.0.1'),
    },
    unsafeBind: {
      name: 'unsafe-bind',
      group: 'server',
      help: 'lets --host be an address that others can reach, as 0.0.0.0 is',
      ...SWITCH,
    },
    ownTarget: {
      name: 'i-own-this-target',
      placeholder: '<host>',
      group: 'server',
      help: 'lets --host or --target be that very host, although it is neither loopback nor private',
      ...host(),
      fallback: () => undefined,
    },
    starts: {
      name: 'start',
      placeholder: '<command>',
      group: 'target',
      help:
        "a command that starts your server, without a shell: './server --port {port}'. It listens on 127.0.0.1 and the port that " +
        '{port} or PORT names, and sends each line of its standard input to every client; repeatable',
      ...listed(text('a command of at most 200 characters')),
    },
    urls: {
      name: 'target',
      placeholder: '<url>',
      group: 'target',
      help: 'a server that runs already, and is published to as --publish says; it is never ended; repeatable',
      ...listed(serverUrl()),
    },
    publish: {
      name: 'publish',
      placeholder: '<how>',
      group: 'target',
      help:
        "how ticks come to the servers of --target, or else to those of --start: one request each, as 'POST /publish {tick}', with a body " +
        'in which {tick} stands for the tick; self: it makes them by what its environment says (docs/targets.md)',
      ...publishing(),
      defaultText: 'stdin, of --start',
      fallback: () => undefined,
    },
    pid: {
      name: 'pid',
      placeholder: '<n>',
      group: 'target',
      help: 'process of the server of --target: it and what it has started are metered',
      ...within(parsePlainInteger, 1, 2 ** 22, String),
      fallback: () => undefined,
    },
    pidFile: {
      name: 'pid-file',
      placeholder: '<file>',
      group: 'target',
      help: 'a file with the number of that process',
      ...text('the path of a file'),
      fallback: () => undefined,
    },
    cgroup: {
      name: 'cgroup',
      placeholder: '<path>',
      group: 'target',
      help: 'control group of the server of --target, metered in place of a process: its folder, or its path as in /proc/PID/cgroup',
      ...text('the path of a control group'),
      fallback: () => undefined,
    },
    names: {
      name: 'name',
      placeholder: '<name>',
      group: 'target',
      help: 'what the server of the --start or --target at the same place is called, those of --start first; repeatable',
      ...listed(text('a-z, 0-9, . _ and -, up to 32')),
      defaultText: 'mine',
    },
    ssePath: pathFlag('sse', 'Server-Sent Events'),
    websocketPath: pathFlag('ws', 'a WebSocket'),
    streamPath: pathFlag('stream', 'lines of one endless response'),
    pollPath: pathFlag('poll', 'what is asked for at --poll-interval; {after} stands for the newest number received'),
    longPollPath: pathFlag('long-poll', 'what is held until there is a tick; {after} as in --poll'),
    targetFiles: {
      name: 'targets',
      group: 'target',
      help: 'servers to compare: builtin, names of folders in targets/, and paths of target files (docs/targets.md)',
      ...listOf(text('builtin, a name in targets/, or the path of a target file')),
      fallback: () => [],
    },
    via: {
      name: 'via',
      group: 'target',
      help: 'proxies between clients and server, each as it comes or with the lines that push needs: none,nginx:stock,nginx:tuned; or haproxy, caddy, envoy; or a configuration of your own, nginx:./my.conf (docs/proxies.md)',
      ...listOf(text('none, nginx:stock, nginx:tuned, ..., or a configuration: nginx:./my.conf')),
      fallback: () => [],
    },
    baseline: {
      name: 'baseline',
      placeholder: '<which>',
      group: 'judgement',
      help:
        'verdicts compare each entrant with this one only, e.g. sse or go:sse, or with the same transport of this server, e.g. builtin or ' +
        'go, or with the same by this way, e.g. none: fewer pairs, so fewer blocks',
      ...text('an entrant or a server among what is compared'),
      defaultText: 'every two are compared',
      fallback: () => undefined,
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
      fallback: () => [],
      parse: (given) => {
        const parsed = parseAssertion(given);
        return 'value' in parsed ? { value: [parsed.value] } : parsed;
      },
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
      fallback: () => [],
      parse: (given) => {
        const parsed = parseSlo(given, transports);
        return 'value' in parsed ? { value: [parsed.value] } : parsed;
      },
    },
    search: {
      name: 'search',
      placeholder: '<what>',
      group: 'capacity',
      help: 'of capacity: most clients at one --rate, or most ticks per second, from --rate up, at one --clients',
      ...oneOf(['clients', 'rate']),
      ...byDefault('clients'),
    },
    minClients: {
      name: 'min-clients',
      placeholder: '<n>',
      group: 'capacity',
      help: 'of capacity: the smallest load, where the search begins',
      ...within(parseCount, 1, 1_000_000, formatCount),
      ...byDefault(100),
    },
    maxClients: {
      name: 'max-clients',
      placeholder: '<n>',
      group: 'capacity',
      help: 'of capacity: the largest load; of plan: the most clients of one server, as capacity found',
      ...within(parseCount, 1, 1_000_000, formatCount),
      defaultText: '20,000; of plan none',
      fallback: () => 20_000,
    },
    maxRateHz: {
      name: 'max-rate',
      placeholder: '<rate>',
      group: 'capacity',
      help: 'of capacity with --search rate: the fastest feed',
      ...within(parseRate, 0.01, 10_000, formatRate, 'ticks per second'),
      ...byDefault(1000),
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
      fallback: () => '',
    },
    html: {
      name: 'html',
      placeholder: '<file>',
      group: 'output',
      help: 'of compare: writes the comparison as a page, too; one file, no network needed',
      ...page(),
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
      ...byDefault('auto'),
      repeats: false,
    },
    color: {
      name: 'color',
      placeholder: '<when>',
      group: 'output',
      help: 'auto: in a terminal, unless NO_COLOR or TERM=dumb is set',
      ...oneOf(['auto', 'always', 'never']),
      ...byDefault('auto'),
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

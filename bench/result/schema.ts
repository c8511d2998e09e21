// The result file. Types, validation and the published JSON Schema (result.schema.json) all come from here.
// Every property is named with its unit; times are microseconds on the host's monotonic clock unless the name says otherwise.
import { Type, type Static } from 'typebox';
import { FanOutMode } from '../../server/fan-out-mode.ts';
import { closed, literals, nullable } from './shapes.ts';
import { Proxy } from './proxy.ts';
import { Target } from './target.ts';

/** Raised when a reader of older files would misread a newer one. */
export const SCHEMA_VERSION = 1;

const count = (description?: string) => Type.Integer({ minimum: 0, ...(description ? { description } : {}) });
const amount = (description?: string) => Type.Number({ minimum: 0, ...(description ? { description } : {}) });

export const DriverKind = literals(['lean', 'library']);
export type DriverKind = Static<typeof DriverKind>;

/** Transports are data here, so that results of a transport that this version does not know can still be read. */
const TransportName = Type.String({
  minLength: 1,
  description:
    'id of a registered transport: of the built-in server, or after the name of a target and a colon, as in go:sse',
});

/** One combination of what a run varies. */
export const Cell = closed({
  transport: TransportName,
  clients: Type.Integer({ minimum: 1 }),
  rateHz: Type.Number({ exclusiveMinimum: 0 }),
  payloadBytes: Type.Integer({ minimum: 1 }),
  pollIntervalMs: nullable(Type.Number({ exclusiveMinimum: 0 }), {
    description: 'short polling only, else null',
  }),
  driver: DriverKind,
  fanOut: FanOutMode,
  network: Type.Optional(
    nullable(Type.String({ minLength: 1 }), {
      description:
        'what each packet meets, each way: delay, jitter, loss, bandwidth, as in 40ms±10ms/1%/10mbit; null or absent: loopback as it is',
    }),
  ),
});
export type Cell = Static<typeof Cell>;

/** What holds for every cell of a run. */
export const Settings = closed({
  warmupMs: Type.Union([amount(), Type.Literal('auto')], { description: 'auto: until latency has settled' }),
  durationMs: amount('length of the measured window'),
  blocks: Type.Integer({ minimum: 1 }),
  agents: Type.Integer({ minimum: 1 }),
  rampPerSecond: Type.Number({ exclusiveMinimum: 0 }),
  serverWorkers: Type.Integer({ minimum: 1 }),
  pin: Type.Boolean({ description: 'server and agents were put on separate cores' }),
  pollLatest: Type.Boolean({ description: 'short polling asked for the newest tick only' }),
  shared: Type.Optional(
    Type.Boolean({ description: 'others use the machine on purpose: what they take of the CPU was not looked at' }),
  ),
  seed: Type.Integer({ minimum: 0 }),
  targets: Type.Optional(Type.Array(Target, { description: 'the servers that are measured beside the built-in one' })),
  baseline: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'the entrant, or the server, that all others are compared with; absent: every two are compared',
    }),
  ),
  proxies: Type.Optional(Type.Array(Proxy, { description: 'what stands between clients and server' })),
});
export type Settings = Static<typeof Settings>;

export const Plan = closed({
  cells: Type.Array(Cell, { minItems: 1 }),
  settings: Settings,
  order: Type.Array(Type.Array(Type.Integer({ minimum: 0 })), {
    description: 'for each block the indices into cells in the order in which they run',
  }),
});
export type Plan = Static<typeof Plan>;

const Validity = closed({
  status: literals(['valid', 'caution', 'invalid']),
  reasons: Type.Array(
    closed({
      code: Type.String(),
      severity: literals(['caution', 'invalid']),
      message: Type.String({ description: 'a sentence: what happened and what to do' }),
      value: Type.Number({ description: 'as measured' }),
      limit: Type.Number(),
    }),
  ),
});
export type Validity = Static<typeof Validity>;
export type ValidityReason = Validity['reasons'][number];

/** A histogram's figures, each derivable again from `hdr`. */
const distribution = {
  count: count(),
  mean: Type.Number(),
  min: Type.Number(),
  p50: Type.Number(),
  p90: Type.Number(),
  p99: Type.Number(),
  p999: Type.Number(),
  max: Type.Number(),
  hdr: Type.String({ description: 'base64 of a compressed HdrHistogram V2' }),
};
const distributionOf = (description: string) => Type.Object(distribution, { additionalProperties: false, description });
export const Distribution = closed(distribution);
export type Distribution = Static<typeof Distribution>;

const Latency = closed({
  ...distribution,
  negative: closed({
    count: count('deliveries received before they were due; they stand at 0 in the histogram'),
    minUs: Type.Number({ maximum: 0 }),
  }),
});
export type Latency = Static<typeof Latency>;

/** Weighted by time: `count` and the histogram are in client-milliseconds. Mean and mean peak are exact. */
const Age = closed({
  ...distribution,
  meanPeak: Type.Number({ description: 'mean age just before a newer tick arrives' }),
  observedClientSeconds: amount('time in the measured window during which clients held a tick'),
});
export type Age = Static<typeof Age>;

const Ledger = closed({
  expected: count('ticks scheduled in the measured window, per connected client'),
  delivered: count('distinct ticks that arrived'),
  missed: count(),
  duplicate: count(),
  outOfOrder: count(),
  coalesced: count('skipped by a poll for the newest tick only'),
  corrupt: count('bytes differ from what was scheduled'),
});

const EventLoop = closed({
  utilisation: Type.Number({ minimum: 0, maximum: 1 }),
  delayP99Us: amount(),
  delayMaxUs: amount(),
});

const Gc = closed({ count: count(), totalUs: amount(), maxUs: amount() });

const Server = closed({
  workers: count(),
  connectionsPerWorker: Type.Array(count()),
  cpuUserUs: nullable(amount('in the measured window, all workers'), {
    description: 'null, as memory is, of a server of which nobody said which processes it is',
  }),
  cpuSystemUs: nullable(amount()),
  cpuPerDeliveryUs: nullable(amount()),
  cpuStepUs: Type.Optional(
    amount('in which the CPU of a server that is not ours is counted; absent: not metered, or ours'),
  ),
  rssBytes: nullable(amount('at the end of the measured window, all workers; of a control group all of its memory')),
  baselineRssBytes: nullable(amount('before the first client')),
  feedRingBytes: Type.Optional(
    amount('growth of the ticks that the feed keeps, up to the end of the window; no part of the memory per client'),
  ),
  rssPerClientBytes: nullable(Type.Number()),
  heapPerClientBytes: nullable(Type.Number(), {
    description: 'heap and external memory that survive a full collection; null of a server that is not ours',
  }),
  kernelSocketBytes: nullable(amount('memory of all TCP buffers of the host')),
  eventLoop: nullable(EventLoop, { description: 'null of a server that is not ours' }),
  gc: nullable(Gc),
  feed: nullable(
    closed({
      emitted: count('ticks emitted in the measured window, per worker'),
      achievedRateHz: amount(),
      latenessP50Us: amount(),
      latenessP99Us: amount('emitted - scheduled'),
      latenessMaxUs: amount(),
    }),
    { description: 'null of a server that is not ours and makes its ticks itself' },
  ),
  slowConsumersCut: nullable(count(), { description: 'null of a server that is not ours' }),
  attached: Type.Optional(
    closed({
      meter: nullable(literals(['pid', 'pid-file', 'cgroup']), {
        description: 'by what a server that ran before is metered; null: nobody said which processes it is',
      }),
      process: nullable(literals(['same', 'restarted', 'gone']), {
        description: 'whether it was the same to the end of the trial; null: not known',
      }),
    }),
  ),
});
export type ServerFigures = Static<typeof Server>;

const Publish = closed({
  by: literals(['stdin', 'http']),
  published: count('ticks that were due in the measured window, and sent'),
  failed: count('of these: the server did not take them'),
  failure: Type.Optional(Type.String({ description: 'why, of the first one' })),
  unacknowledged: count('of these: neither taken nor refused by the end of the drain; they count as acknowledged then'),
  sentUs: distributionOf('sent - scheduled'),
  acknowledgedUs: distributionOf(
    'acknowledged - scheduled. http: the head of the response has come; stdin: the pipe has taken the line, whether or not it has been read',
  ),
  answerUs: distributionOf('acknowledged - sent'),
});
export type PublishFigures = Static<typeof Publish>;

const Bytes = closed({
  applicationSent: count(
    "by the server in the measured window, at its sockets; of a server that is not ours at its clients', the canary's excluded",
  ),
  applicationReceived: count(),
  perDeliverySent: nullable(amount()),
  perDeliveryReceived: nullable(amount()),
  perDelivery: nullable(
    closed({
      payload: amount(),
      framing: Type.Number({ description: 'what the transport puts around a tick' }),
      headers: Type.Number({
        description: 'HTTP response heads; of polls of a server that is not ours all that stands around ticks',
      }),
      requests: amount('what clients sent'),
    }),
    { description: 'what one delivered tick costs on the wire, by kind' },
  ),
  segments: nullable(count('TCP segments sent by the host, both directions')),
  retransmitted: nullable(count()),
});
export type BytesFigures = Static<typeof Bytes>;

const Agent = closed({
  pid: count(),
  clients: count(),
  cpuUserUs: amount('in the measured window'),
  cpuSystemUs: amount(),
  cpuPerDeliveryUs: nullable(amount()),
  utilisation: Type.Number({ minimum: 0, maximum: 1, description: 'of its event loop' }),
  lagP99Us: amount('event loop delay'),
  lagMaxUs: amount(),
  readLagP99Us: nullable(amount(), {
    description: 'estimate of how long bytes that had arrived waited to be read; null where the driver cannot tell',
  }),
  gc: Gc,
  rssBytes: amount(),
  rssPerClientBytes: Type.Number(),
});
export type AgentFigures = Static<typeof Agent>;

const ConnectError = closed({
  code: Type.String(),
  phase: literals(['connect', 'open']),
  message: Type.String(),
  count: count(),
});
export type ConnectError = Static<typeof ConnectError>;

const Canary = closed({
  library: Type.String({ description: 'what the cohort is made of' }),
  clients: count('connected, beside those of the cell'),
  target: Type.Optional(count('that were to connect; absent in older results')),
  errors: Type.Optional(Type.Array(ConnectError)),
  latencyUs: Latency,
  ledger: Ledger,
  differenceUs: nullable(closed({ median: Type.Number(), low: Type.Number(), high: Type.Number() }), {
    description: 'canary - load, over the mean latencies of each tick, with a 95 % interval; null: too few ticks',
  }),
  marginUs: amount('difference up to which the two agree'),
  agrees: nullable(Type.Boolean(), { description: 'null: too few ticks to tell' }),
});
export type CanaryFigures = Static<typeof Canary>;

const Witnesses = closed({
  clients: count("lean clients in a process of their own, part of the cell's and spread evenly over its ramp"),
  ledger: Ledger,
  readLagP99Us: nullable(amount(), {
    description: 'estimate of how long bytes that had arrived waited for their process to read them',
  }),
  utilisation: Type.Number({ minimum: 0, maximum: 1, description: 'of the event loop of their process' }),
  niceness: Type.Integer({ description: 'of their process, from -20, before all others, to 19' }),
  isRealTime: Type.Optional(
    Type.Boolean({ description: 'whether their process runs as soon as it has something to read (SCHED_FIFO)' }),
  ),
  loadNiceness: Type.Array(Type.Integer(), { description: 'of each load agent' }),
  loadLatencyUs: Type.Optional(Latency),
});

const ProxyFigures = closed({
  processes: count(),
  sockets: count('that its processes held at the end of the window, those of both sides'),
  cpuUserUs: amount('in the measured window'),
  cpuSystemUs: amount(),
  cpuPerDeliveryUs: nullable(amount(), { description: 'null where nothing was delivered' }),
  lateShare: nullable(Type.Number({ minimum: 0, maximum: 1 }), {
    description:
      'of deliveries those that came later than a tick after they were due; null of transports that ask at an interval',
  }),
  rssBytes: amount('resident at the end of the window; of several processes each shared page once'),
  rssPerClientBytes: Type.Number({ description: 'what that grew by since before the first client' }),
});

const Steadiness = closed({
  firstHalfUs: amount("median of the ticks' mean latencies in the first half of the window"),
  secondHalfUs: amount(),
});

const Host = closed({
  cpu: nullable(
    closed({
      user: amount(),
      system: amount(),
      softirq: amount(),
      steal: amount(),
      idle: amount(),
      other: amount(),
    }),
    { description: 'shares of all cores over the measured window, from /proc/stat' },
  ),
  throttledUs: nullable(
    amount('time in which the control group, or one above it, was denied CPU, summed over its cores'),
    { description: 'null: could not be read' },
  ),
  throttledCores: Type.Optional(count('over which throttledUs is summed at most')),
  swappedPages: nullable(count('in and out')),
  standstillUs: Type.Optional(amount('longest time in the measured window in which the controller had no turn')),
  asleepUs: Type.Optional(amount('of the measured window in which the machine was suspended, to about 10 ms')),
  others: Type.Optional(
    nullable(
      closed({
        share: amount('of the time of all usable cores: what these worked, less what the processes of the run used'),
        programs: Type.Array(closed({ name: Type.String(), cores: amount('kept busy on average') }), {
          description: 'the largest of them that the system names, since shortly before the window',
        }),
      }),
      { description: 'programs that are none of the run; null: could not be read' },
    ),
  ),
  listenOverflows: Type.Optional(
    nullable(count('in the ramp: connections dropped from full listen queues'), {
      description: 'null: could not be read; absent in older results',
    }),
  ),
});

const Lane = closed({
  packets: count('that arrived in the measured window'),
  lost: count('as the network says'),
  noRoom: count('dropped since more than a tenth of a second of them waited for the bandwidth'),
  lateP50Us: amount('how much later than the network says packets were handed over'),
  lateP99Us: amount(),
  lateMaxUs: amount(),
});

const Wire = closed({
  towardsServer: Lane,
  towardsClients: Lane,
  cpuUs: amount('of the process that carries the packets, in the measured window'),
});

const Yardstick = closed({
  writeCpuUs: amount('CPU of a process that writes frames to 200 bare sockets, per frame'),
  readCpuUs: amount('CPU of one that only reads them'),
  wakeUpUs: amount('how long after it was due a timer of the writer fired, median'),
});
export type Yardstick = Static<typeof Yardstick>;

export const Trial = closed({
  cell: Cell,
  block: count(),
  order: count('position within the run, from 0'),
  attempt: Type.Integer({ minimum: 1 }),
  yardstick: Type.Optional(
    nullable(Yardstick, {
      description: 'how fast the machine was just before, in the first trial of a block; null: could not be had',
    }),
  ),
  startedAt: Type.String({ description: 'UTC, ISO 8601' }),
  phases: closed({
    rampMs: amount(),
    warmupMs: amount(),
    settled: Type.Optional(
      Type.Union([Type.Boolean(), Type.Null()], {
        description:
          'whether latency had come to rest when the window began; null or absent: not looked at, or too few ticks',
      }),
    ),
    measureMs: amount(),
    drainMs: amount(),
    firstSeq: count('first tick of the measured window'),
    lastSeq: count('last tick of the measured window; below firstSeq when it holds none'),
  }),
  validity: Validity,
  clients: closed({ target: count(), connected: count(), failed: count(), dropped: count() }),
  errors: Type.Array(ConnectError),
  connectUs: Distribution,
  connectionsOverTime: Type.Array(closed({ atMs: Type.Number(), connected: count(), target: count() }), {
    description: 'from the start of the ramp',
  }),
  ledger: Ledger,
  controlMessages: Type.Optional(
    count(
      'messages without a tick that clients received in the whole trial, as greetings and pings; absent of the built-in server',
    ),
  ),
  latencyUs: Latency,
  ageUs: Age,
  fanOutSpreadUs: Distribution,
  firstReceiptUs: Type.Optional(
    distributionOf('of each tick by the first client - scheduled, of the clients that latency is taken from'),
  ),
  lastReceiptUs: Type.Optional(distributionOf('of each tick by the last of them - scheduled')),
  publish: Type.Optional(
    nullable(Publish, {
      description: 'of a server that is not ours: how ticks came to it; null: of ours, or not known',
    }),
  ),
  pollLatenessUs: nullable(Distribution, {
    description: 'request sent - request scheduled, where requests are scheduled',
  }),
  server: Server,
  bytes: Bytes,
  agents: Type.Array(Agent),
  witnesses: Type.Optional(
    nullable(Witnesses, {
      description:
        'whose receipts latency, age, timeline and steadiness are taken from; null or absent: from those of all clients',
    }),
  ),
  canary: nullable(Canary, { description: 'null where libraries carry the whole load' }),
  proxy: Type.Optional(ProxyFigures),
  steadiness: nullable(Steadiness, { description: 'null: too few ticks' }),
  host: Host,
  timeline: Type.Array(
    closed({
      second: Type.Integer({ description: 'of receipt, from the start of the measured window; negative in warm-up' }),
      delivered: count(),
      p50Us: amount(),
      p99Us: amount(),
    }),
  ),
  network: Type.Optional(
    nullable(Wire, { description: 'what lay between server and clients; null or absent: loopback as it is' }),
  ),
  losses: Type.Optional(
    Type.Array(
      closed({
        code: literals(['AGENT_LOST', 'SERVER_LOST', 'PROXY_LOST']),
        phase: literals(['start', 'ramp', 'warmup', 'measure', 'drain']),
        atMs: Type.Number({
          description: 'when it was noticed, from the start of the measured window; negative before',
        }),
        message: Type.String({ description: 'which process, and what became of it' }),
      }),
      {
        description:
          'processes that went missing: the figures are those of the others, and what is not known of the server is zero',
      },
    ),
  ),
});
export type Trial = Static<typeof Trial>;

/** Median over the trials of a cell with an order-statistic interval; null bounds: too few trials for 95 %. */
const MetricSummary = closed({
  median: Type.Number(),
  low: nullable(Type.Number()),
  high: nullable(Type.Number()),
  trials: count(),
});
export type MetricSummary = Static<typeof MetricSummary>;

export const CellSummary = closed({
  cell: Cell,
  trials: count('that ran'),
  valid: count('of which without an invalidating reason'),
  metrics: Type.Record(Type.String(), MetricSummary, {
    description: 'by metric id; a metric without a figure is absent',
  }),
});
export type CellSummary = Static<typeof CellSummary>;

/** What the cells have in common that are compared with each other: a cell without its transport. */
const LoadLevel = Type.Omit(Cell, ['transport', 'pollIntervalMs'], { additionalProperties: false });
export type LoadLevel = Static<typeof LoadLevel>;

const Competitor = closed({
  transport: TransportName,
  pollIntervalMs: nullable(Type.Number({ exclusiveMinimum: 0 })),
  label: Type.String({ description: 'as sentences name it; with its poll interval where there are several' }),
});
export type Competitor = Static<typeof Competitor>;

/** Null bounds: too few blocks for an interval at the level. */
const Estimate = closed({
  value: Type.Number(),
  low: nullable(Type.Number()),
  high: nullable(Type.Number()),
});
export type Estimate = Static<typeof Estimate>;

export const Comparison = closed({
  question: Type.String(),
  metric: Type.String(),
  load: LoadLevel,
  a: Competitor,
  b: Competitor,
  blocks: count('in which both have a trial that is not invalid'),
  scale: literals(['ratio', 'difference'], {
    description: 'what decides: the ratio, or, where a figure is zero or negative, the difference',
  }),
  ratio: nullable(Estimate, { description: 'a / b: Hodges-Lehmann over the logarithms, by block' }),
  difference: nullable(Estimate, {
    description: 'a - b in the unit of the metric; null without blocks',
  }),
  margin: amount('ratios between 1 / (1 + margin) and 1 + margin count as equal'),
  marginUnits: amount('the margin in the unit of the metric'),
  p: nullable(Type.Number({ minimum: 0, maximum: 1 }), {
    description: 'exact signed-rank p, two-sided, of: the difference is within the margin; null below 6 blocks',
  }),
  level: nullable(Type.Number({ minimum: 0, maximum: 1 }), {
    description: "error level of p's test and of the intervals, from Holm's correction",
  }),
  family: count('comparisons that were corrected for together'),
  moreBlocks: nullable(Type.Integer({ minimum: 1, maximum: 101 }), {
    description: 'that would about settle it, where it is open; 101: more than 100',
  }),
});
export type Comparison = Static<typeof Comparison>;

/** Of a first competitor against a second one. */
const PairVerdict = closed({
  kind: Type.Literal('pair'),
  question: Type.String(),
  load: LoadLevel,
  a: Competitor,
  b: Competitor,
  outcome: literals(['better', 'worse', 'equivalent', 'cannot-tell', 'withheld'], { description: 'of a against b' }),
  comparison: count('index into comparisons'),
  causes: Type.Array(closed({ code: Type.String(), trials: count() }), {
    description: 'of a withheld one: the gates that its trials broke; none where too few blocks were run',
  }),
  sentence: Type.String(),
});
export type PairVerdict = Static<typeof PairVerdict>;

const RankingVerdict = closed({
  kind: literals(['ranking', 'against'], {
    description: 'against: how all do against the baseline, which ranks nobody: each stands in its pair',
  }),
  baseline: Type.Optional(Type.String({ description: 'of against' })),
  question: Type.String(),
  load: LoadLevel,
  outcome: literals(['ranked', 'partly', 'cannot-tell', 'withheld']),
  tiers: Type.Array(
    closed({
      competitors: Type.Array(Competitor, { minItems: 1 }),
      relation: literals(['alone', 'equivalent', 'not-told-apart']),
    }),
    { description: 'best first; each member of a tier is better than every member of the tiers behind it' },
  ),
  unranked: Type.Array(Competitor, { description: 'no verdict on them was possible' }),
  sentence: Type.String(),
});
export type RankingVerdict = Static<typeof RankingVerdict>;

/** What holds whatever a server does. */
const DesignVerdict = closed({
  kind: Type.Literal('by-design'),
  question: Type.String(),
  transport: TransportName,
  pollIntervalMs: Type.Number({ exclusiveMinimum: 0 }),
  sentence: Type.String(),
});

export const Verdict = Type.Union([PairVerdict, RankingVerdict, DesignVerdict]);
export type Verdict = Static<typeof Verdict>;

/** How a transport is drawn and named. Colour never carries meaning alone: each has a shape and a dash as well. */
export const TransportLook = closed({
  id: TransportName,
  label: Type.String(),
  colour: closed({ light: Type.String(), dark: Type.String() }),
  shape: literals(['circle', 'rect', 'triangle', 'rectRot', 'crossRot']),
  dash: Type.Array(Type.Number()),
});
export type TransportLook = Static<typeof TransportLook>;

export const Metric = closed({
  id: Type.String(),
  label: Type.String(),
  unit: Type.String({ description: 'of the stored figure: us, bytes, ratio, count, …' }),
  better: literals(['lower', 'higher']),
});
export type MetricInfo = Static<typeof Metric>;

export const Environment = closed({
  platform: Type.String(),
  kernel: Type.String(),
  arch: Type.String(),
  cpuModel: Type.String(),
  cores: count('that the processes may use'),
  coreList: Type.Optional(
    nullable(Type.String({ description: 'e.g. 0-3,8' }), {
      description: 'which cores, where these are not all; null: all of the machine; absent in older results',
    }),
  ),
  cpuQuota: Type.Optional(
    nullable(amount('in cores'), {
      description: 'the tightest quota of CPU time of the control groups; null: none; absent in older results',
    }),
  ),
  memoryBytes: count(),
  loadAverage: Type.Array(Type.Number()),
  node: Type.String(),
  dependencies: Type.Record(Type.String(), Type.String()),
  variables: Type.Optional(
    Type.Record(Type.String(), Type.String(), {
      description:
        'environment variables that change what every process does, of those that were set; absent in older results',
    }),
  ),
  execArgv: Type.Optional(Type.Array(Type.String(), { description: 'what Node itself was told in server and agents' })),
  limits: closed({ openFiles: nullable(count()) }),
  sysctls: Type.Record(Type.String(), Type.String()),
});
export type Environment = Static<typeof Environment>;

/** What one message costs in one step, in isolation: what `npm run bench:micro` found on the machine of the run. */
export const Micro = closed({
  measuredAt: Type.String({ description: 'UTC, ISO 8601' }),
  cpuModel: Type.String(),
  node: Type.String(),
  payloadBytes: Type.Integer({ minimum: 1 }),
  results: Type.Array(
    closed({
      step: literals(['encode', 'frame', 'parse', 'record']),
      transport: nullable(TransportName, { description: 'null where all transports share the step' }),
      what: Type.String({ description: 'as a table names it' }),
      library: Type.Boolean({ description: "someone else's code, beside ours" }),
      meanNs: amount('of one message'),
      marginNs: amount('half the 95 % interval of the mean'),
      medianNs: amount(),
      calls: count('timed calls, each with a batch of messages'),
    }),
  ),
});
export type Micro = Static<typeof Micro>;

export const RunInfo = closed({
  id: Type.String(),
  label: Type.String(),
  command: Type.String({ description: 'what repeats this run, with its seed' }),
  version: Type.String({ description: 'of pushbench' }),
  commit: nullable(Type.String()),
  startedAt: Type.String({ description: 'UTC, ISO 8601' }),
  finishedAt: nullable(Type.String()),
  status: literals(['complete', 'interrupted']),
});
export type RunInfo = Static<typeof RunInfo>;

/** How far a run can be relied on. */
const Judgement = closed({
  status: literals(['valid', 'caution', 'invalid'], {
    description: 'invalid: no trial to rely on; caution: a standing trial is not valid, or the run was interrupted',
  }),
  planned: count('trials, attempts that repeat one not counted'),
  trials: count('that stand: the last attempt of each'),
  valid: count('of those that stand, without any reason'),
  cautions: count('of those that stand, with a caution; they count too'),
  invalid: count('of those that stand, and do not count'),
  repeated: count('attempts that were run once more: they are told, but what replaced them is judged'),
  isInterrupted: Type.Boolean(),
});
export type Judgement = Static<typeof Judgement>;

export const RunResult = closed({
  schemaVersion: Type.Literal(SCHEMA_VERSION),
  run: RunInfo,
  plan: Plan,
  environment: Environment,
  micro: Type.Optional(Micro),
  transports: Type.Array(TransportLook),
  metrics: Type.Array(Metric),
  judgement: Type.Optional(Judgement),
  trials: Type.Array(Trial),
  cells: Type.Array(CellSummary),
  comparisons: Type.Array(Comparison, {
    description: 'every pair of transports, or each with the baseline, by question and load level',
  }),
  verdicts: Type.Array(Verdict),
});
export type RunResult = Static<typeof RunResult>;

// Schema-valid results with real histograms, seeded, for tests of whatever reads results.
import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import type {
  Cell,
  Distribution,
  Micro,
  RunResult,
  TransportLook,
  Trial,
  Validity,
} from '../../bench/result/schema.ts';
import { metricInfos } from '../../bench/judge/metrics.ts';
import { summariseCells } from '../../bench/judge/summary.ts';
import { judgeRun } from '../../bench/judge/verdict.ts';

export type FixtureOptions = {
  readonly seed?: number;
  readonly transports?: readonly string[];
  readonly clients?: readonly number[];
  readonly rates?: readonly number[];
  readonly payloads?: readonly number[];
  readonly pollIntervals?: readonly number[];
  readonly blocks?: number;
  readonly label?: string;
  /** The run ends after so many trials. */
  readonly interruptAfter?: number;
  /** Decides for each trial. */
  readonly validity?: (cell: Cell, block: number) => Validity;
  readonly edit?: (trial: Trial) => Trial;
};

export const VALID: Validity = { status: 'valid', reasons: [] };

export const AGENT_SATURATED: Validity = {
  status: 'invalid',
  reasons: [
    {
      code: 'AGENT_SATURATED',
      severity: 'invalid',
      message:
        'The load agents were busy 97.1 % of the time, so they, not the server, set these latencies. Use more agents or fewer clients.',
      value: 0.971,
      limit: 0.9,
    },
  ],
};

export const FEED_LATE: Validity = {
  status: 'caution',
  reasons: [
    {
      code: 'FEED_LATE',
      severity: 'caution',
      message: 'The feed sent its ticks late. Close other programs or ask for fewer ticks.',
      value: 6200,
      limit: 5000,
    },
  ],
};

/** What the micro-benchmark found: ours and the libraries', a step a line. */
export const MICRO: Micro = {
  measuredAt: '2026-11-20T10:00:00.000Z',
  cpuModel: 'Intel(R) Xeon(R) Platinum 8370C CPU @ 2.80GHz',
  node: '26.10.0',
  payloadBytes: 128,
  results: [
    micro('encode', null, 'tick', false, 506),
    micro('frame', 'sse', 'SSE', false, 446),
    micro('frame', 'websocket', 'WebSocket', false, 180),
    micro('parse', 'sse', 'SSE, lean', false, 205),
    micro('parse', 'sse', 'SSE, eventsource-parser (without HTTP)', true, 628),
    micro('parse', 'websocket', 'WebSocket, lean', false, 207),
    micro('parse', 'websocket', 'WebSocket, ws', true, 643),
    micro('record', null, 'bytes checked, ledger, latency, age', false, 450),
  ],
};

function micro(
  step: Micro['results'][number]['step'],
  transport: string | null,
  what: string,
  library: boolean,
  medianNs: number,
): Micro['results'][number] {
  return { step, transport, what, library, meanNs: medianNs * 1.05, marginNs: medianNs * 0.02, medianNs, calls: 1000 };
}

const LOOKS: readonly TransportLook[] = [
  { id: 'websocket', label: 'WebSocket', colour: { light: '#0072B2', dark: '#56B4E9' }, shape: 'circle', dash: [] },
  { id: 'sse', label: 'SSE', colour: { light: '#00805D', dark: '#2BC79A' }, shape: 'rect', dash: [6, 3] },
  {
    id: 'long-polling',
    label: 'long polling',
    colour: { light: '#C2410C', dark: '#E69F00' },
    shape: 'triangle',
    dash: [8, 3, 2, 3],
  },
  {
    id: 'polling',
    label: 'polling',
    colour: { light: '#B0568F', dark: '#CC79A7' },
    shape: 'rectRot',
    dash: [2, 3],
  },
];

type Traits = {
  writeUs: number;
  baseMs: number;
  tail: number;
  kib: number;
  framing: number;
  headers: number;
  requests: number;
};

/** Plausible on two cores; nothing rests on these numbers. */
const TRAITS: Readonly<Record<string, Traits>> = {
  websocket: { writeUs: 6.8, baseMs: 0.45, tail: 0.42, kib: 9.1, framing: 4, headers: 0, requests: 0 },
  sse: { writeUs: 7.4, baseMs: 0.5, tail: 0.45, kib: 8.2, framing: 22, headers: 0, requests: 0 },
  'long-polling': { writeUs: 31, baseMs: 1.1, tail: 0.5, kib: 11.6, framing: 2, headers: 168, requests: 142 },
  polling: { writeUs: 8.9, baseMs: 0.9, tail: 0.4, kib: 10.4, framing: 1.1, headers: 17, requests: 14.5 },
};

/** Mulberry32: small, seeded, good enough for fixtures. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The distribution of values, each standing for `weight` observations. */
export function distributionOf(values: readonly number[], weight = 1): Distribution {
  const histogram = build({
    bitBucketSize: 32,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 3_600_000_000,
    numberOfSignificantValueDigits: 3,
  });
  for (const value of values) histogram.recordValueWithCount(Math.max(0, Math.round(value)), weight);
  const at = (percentile: number) => (values.length === 0 ? 0 : histogram.getValueAtPercentile(percentile));
  return {
    count: values.length * weight,
    mean: values.length === 0 ? 0 : histogram.mean,
    min: at(0),
    p50: at(50),
    p90: at(90),
    p99: at(99),
    p999: at(99.9),
    max: at(100),
    hdr: encodeIntoCompressedBase64(histogram),
  };
}

/** How ticks came to a server that is not ours: sent 0.4 ms late, and taken 0.6 ms later. */
export function publishedBy(
  by: NonNullable<Trial['publish']>['by'],
  changes: Partial<NonNullable<Trial['publish']>> = {},
): NonNullable<Trial['publish']> {
  const [sentUs, acknowledgedUs, answerUs] = [400, 1000, 600].map((us) => distributionOf([us], 30));
  return {
    by,
    published: 30,
    failed: 0,
    unacknowledged: 0,
    sentUs: sentUs!,
    acknowledgedUs: acknowledgedUs!,
    answerUs: answerUs!,
    ...changes,
  };
}

const WARMUP_MS = 1000;
const MEASURE_MS = 3000;
const RAMP = 2000;
const SAMPLES = 1500;

function trialOf(cell: Cell, block: number, order: number, validity: Validity, random: () => number): Trial {
  const traits = TRAITS[cell.transport] ?? { ...TRAITS['websocket']!, writeUs: 9 };
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const drift = 1 + 0.04 * normal();
  const load = (cell.clients * cell.rateHz * traits.writeUs) / 1e6;
  const queueUs = cell.clients * traits.writeUs * (1 + Math.max(0, load - 0.5) ** 2 * 6);
  const pollUs = (cell.pollIntervalMs ?? 0) * 1000;
  const latencies = Array.from(
    { length: SAMPLES },
    () =>
      drift * (traits.baseMs * 1000 + queueUs * random()) * Math.exp(traits.tail * normal() * 0.5) + pollUs * random(),
  );
  const ticks = Math.max(1, Math.round((cell.rateHz * MEASURE_MS) / 1000));
  const expected = ticks * cell.clients;
  const weight = Math.max(1, Math.round(expected / SAMPLES));
  const periodUs = 1e6 / cell.rateHz;
  const latencyUs = distributionOf(latencies, weight);
  // Between two receipts age rises by their distance: the feed's period, or the poll interval when that is longer.
  const ages = latencies.map(
    (latency) => (pollUs > 0 ? traits.baseMs * 1000 : latency) + periodUs * random() + pollUs * random(),
  );
  const ageUs = distributionOf(ages, Math.max(1, Math.round((cell.clients * MEASURE_MS) / SAMPLES)));
  const connectUs = distributionOf(
    Array.from({ length: 200 }, () => 700 + 900 * random() ** 4),
    Math.max(1, Math.round(cell.clients / 200)),
  );
  const cpuUs = expected * traits.writeUs * drift;
  const perDelivery = {
    payload: cell.payloadBytes,
    framing: traits.framing,
    headers: traits.headers,
    requests: traits.requests,
  };
  const sent = cell.payloadBytes + traits.framing + traits.headers;
  const rampMs = (cell.clients / RAMP) * 1000;
  const cpuShare = { user: 0.42, system: 0.31, softirq: 0.05, steal: 0, idle: 0.21, other: 0.01 };
  return {
    cell,
    block,
    order,
    attempt: 1,
    startedAt: new Date(Date.UTC(2026, 2, 2, 14, 5, 9) + order * 6500).toISOString(),
    phases: {
      rampMs,
      warmupMs: WARMUP_MS,
      measureMs: MEASURE_MS,
      drainMs: 300 + pollUs / 1000,
      firstSeq: 21,
      lastSeq: 20 + ticks,
    },
    validity,
    clients: { target: cell.clients, connected: cell.clients, failed: 0, dropped: 0 },
    errors: [],
    connectUs,
    connectionsOverTime: Array.from({ length: 12 }, (_, step) => {
      const atMs = (step * (rampMs + 400)) / 8;
      const target = Math.min(cell.clients, Math.round((atMs / 1000) * RAMP));
      return {
        atMs,
        connected: Math.max(0, Math.min(cell.clients, target - Math.round(target < cell.clients ? 30 * random() : 0))),
        target,
      };
    }),
    ledger: { expected, delivered: expected, missed: 0, duplicate: 0, outOfOrder: 0, coalesced: 0, corrupt: 0 },
    latencyUs: { ...latencyUs, negative: { count: 0, minUs: 0 } },
    ageUs: { ...ageUs, meanPeak: latencyUs.mean + periodUs, observedClientSeconds: (cell.clients * MEASURE_MS) / 1000 },
    fanOutSpreadUs: distributionOf([queueUs * 0.9, queueUs, queueUs * 1.1]),
    pollLatenessUs: cell.pollIntervalMs === null ? null : distributionOf([40, 90, 260]),
    server: {
      workers: 1,
      connectionsPerWorker: [cell.clients],
      cpuUserUs: Math.round(cpuUs * 0.58),
      cpuSystemUs: Math.round(cpuUs * 0.42),
      cpuPerDeliveryUs: cpuUs / expected,
      rssBytes: 92_000_000 + cell.clients * traits.kib * 1024,
      baselineRssBytes: 92_000_000,
      rssPerClientBytes: traits.kib * 1024 * drift,
      heapPerClientBytes: traits.kib * 700 * drift,
      kernelSocketBytes: cell.clients * 4096,
      eventLoop: { utilisation: Math.min(1, load), delayP99Us: 1200, delayMaxUs: 5400 },
      gc: { count: 12, totalUs: 21_000, maxUs: 4300 },
      feed: { emitted: ticks, achievedRateHz: cell.rateHz, latenessP50Us: 60, latenessP99Us: 400, latenessMaxUs: 900 },
      slowConsumersCut: 0,
    },
    bytes: {
      applicationSent: Math.round(sent * expected),
      applicationReceived: Math.round(traits.requests * expected),
      perDeliverySent: sent,
      perDeliveryReceived: traits.requests,
      perDelivery,
      segments: expected * 2,
      retransmitted: 0,
    },
    agents: [
      {
        pid: 4242 + order,
        clients: cell.clients,
        cpuUserUs: Math.round(cpuUs * 0.7),
        cpuSystemUs: Math.round(cpuUs * 0.3),
        cpuPerDeliveryUs: traits.writeUs * 0.95,
        utilisation: Math.min(1, load * 0.9),
        lagP99Us: 300,
        lagMaxUs: 1500,
        readLagP99Us: 350,
        gc: { count: 3, totalUs: 2400, maxUs: 1100 },
        rssBytes: 130_000_000,
        rssPerClientBytes: 5200,
      },
    ],
    witnesses: {
      clients: Math.min(64, cell.clients / 2),
      ledger: { expected, delivered: expected, missed: 0, duplicate: 0, outOfOrder: 0, coalesced: 0, corrupt: 0 },
      readLagP99Us: 40,
      utilisation: load * 0.08,
      niceness: 0,
      loadNiceness: [19],
      loadLatencyUs: {
        ...distributionOf([latencyUs.p50 * 1.1, latencyUs.p99 * 1.4]),
        negative: { count: 0, minUs: 0 },
      },
    },
    canary: null,
    steadiness: { firstHalfUs: 1, secondHalfUs: 1 },
    host: { cpu: cpuShare, others: { share: 0.004, programs: [] }, throttledUs: 0, swappedPages: 0 },
    timeline: [-1, 0, 1, 2, 3].map((second) => {
      const noise = (second < 0 ? 1.6 : 1) * (1 + 0.08 * normal());
      return {
        second,
        delivered: second === 3 ? Math.round(expected / 40) : Math.round(expected / 3),
        p50Us: latencyUs.p50 * noise,
        p99Us: latencyUs.p99 * noise,
      };
    }),
  };
}

function cellsOf(options: FixtureOptions): Cell[] {
  const { transports = LOOKS.map(({ id }) => id), clients = [1000], rates = [10], payloads = [128] } = options;
  const { pollIntervals = [1000] } = options;
  return clients.flatMap((count) =>
    rates.flatMap((rateHz) =>
      payloads.flatMap((payloadBytes) =>
        transports.flatMap((transport) =>
          (transport === 'polling' ? pollIntervals : [null]).map((pollIntervalMs): Cell => ({
            transport,
            clients: count,
            rateHz,
            payloadBytes,
            pollIntervalMs,
            driver: 'lean',
            fanOut: 'prepared',
          })),
        ),
      ),
    ),
  );
}

/** A result as `run` would write it. Without options: four transports, 1,000 clients, eight blocks, all valid. */
export function fixtureResult(options: FixtureOptions = {}): RunResult {
  const { seed = 7, blocks = 8, label = 'Sample run', interruptAfter = Infinity, validity = () => VALID } = options;
  const edit = options.edit ?? ((trial: Trial) => trial);
  const random = generator(seed);
  const cells = cellsOf(options);
  const order = Array.from({ length: blocks }, () =>
    cells
      .map((_, index) => ({ index, key: random() }))
      .toSorted((a, b) => a.key - b.key)
      .map(({ index }) => index),
  );
  const trials: Trial[] = [];
  for (const [block, indices] of order.entries())
    for (const index of indices) {
      const cell = cells[index];
      if (cell === undefined || trials.length >= interruptAfter) continue;
      trials.push(edit(trialOf(cell, block, trials.length, validity(cell, block), random)));
    }
  const interrupted = trials.length < cells.length * blocks;
  const summaries = summariseCells(cells, trials);
  return {
    schemaVersion: 1,
    run: {
      id: '2026-03-02T14-05-09-sample',
      label,
      command: `npm run bench -- --clients ${[...new Set(cells.map((cell) => cell.clients))].join(',')} --blocks ${blocks} --seed ${seed}`,
      version: '0.1.0',
      commit: '4f1d2c9a7be0',
      startedAt: '2026-03-02T14:05:09.000Z',
      finishedAt: interrupted ? null : '2026-03-02T14:08:41.000Z',
      status: interrupted ? 'interrupted' : 'complete',
    },
    plan: {
      cells,
      settings: {
        warmupMs: WARMUP_MS,
        durationMs: MEASURE_MS,
        blocks,
        agents: 1,
        rampPerSecond: RAMP,
        serverWorkers: 1,
        pin: true,
        pollLatest: false,
        seed,
      },
      order,
    },
    environment: {
      platform: 'linux',
      kernel: '6.8.0-45-generic',
      arch: 'x64',
      cpuModel: 'Intel(R) Xeon(R) Platinum 8370C CPU @ 2.80GHz',
      cores: 2,
      memoryBytes: 8 * 1024 ** 3,
      loadAverage: [0.21, 0.34, 0.3],
      node: '26.10.0',
      dependencies: { fastify: '5.12.8', ws: '8.23.0', 'hdr-histogram-js': '3.0.1' },
      limits: { openFiles: 1_048_576 },
      sysctls: { 'net.core.somaxconn': '4096', 'net.ipv4.ip_local_port_range': '32768 60999' },
    },
    micro: MICRO,
    transports: [...LOOKS],
    metrics: metricInfos(),
    trials,
    cells: summaries,
    ...judgeRun(summaries, trials, LOOKS),
  };
}

/** What a hostile server, host name or label could hold. */
export const HOSTILE = `<img src=x onerror="window.hacked=1"></script><script>window.hacked=1</script><!--\u2028 ]]> =cmd()`;

/** A result of which every free text is hostile. */
export function hostileResult(): RunResult {
  const result = fixtureResult({
    blocks: 2,
    label: HOSTILE,
    validity: (cell) =>
      cell.transport === 'sse'
        ? { status: 'caution', reasons: [{ code: HOSTILE, severity: 'caution', message: HOSTILE, value: 1, limit: 0 }] }
        : VALID,
    edit: (trial) => ({
      ...trial,
      errors: [{ code: HOSTILE, phase: 'open', message: HOSTILE, count: 3 }],
      losses: [{ code: 'SERVER_LOST', phase: 'measure', atMs: 1, message: HOSTILE }],
    }),
  });
  return {
    ...result,
    run: { ...result.run, id: HOSTILE, command: HOSTILE, commit: HOSTILE, version: HOSTILE },
    environment: {
      ...result.environment,
      cpuModel: HOSTILE,
      kernel: HOSTILE,
      coreList: HOSTILE,
      sysctls: { [HOSTILE]: HOSTILE },
      variables: { [HOSTILE]: HOSTILE },
    },
    metrics: result.metrics.map((metric) => (metric.id === 'cpu' ? { ...metric, label: HOSTILE } : metric)),
    transports: result.transports.map((look) =>
      look.id === 'sse' ? { ...look, label: HOSTILE, colour: { light: 'red}body{display:none', dark: HOSTILE } } : look,
    ),
  };
}

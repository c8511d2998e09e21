// Page data with figures that a test states, for the tests of the chooser.
import type { Estimate, PageData, PageLoad, PagePair, PageRow } from '../../../report/page-data.ts';

/** Of one cell: p99 age beyond the design in ms, cores, and memory and bytes per client and delivery. */
type Figures = {
  readonly addedMs?: number;
  readonly cores?: number;
  readonly memory?: number;
  readonly bytes?: number;
  readonly cpu?: number;
  readonly coverage?: number;
  readonly pollIntervalMs?: number;
  readonly usable?: boolean;
};

export type LoadOf = {
  readonly clients?: number;
  readonly rateHz?: number;
  readonly payloadBytes?: number;
  readonly rows: Readonly<Record<string, Figures>>;
  /** CPU and memory of every two rows: one verdict for all, or by `question a b`. */
  readonly verdict?: PagePair[3];
  readonly verdicts?: Readonly<Record<string, PagePair[3]>>;
};

const exact = (value: number): Estimate => [value, value, value, 8];

const DURATION_S = 3;
const TRIALS = 8;

function rowOf(name: string, load: { clients: number; rateHz: number }, figures: Figures): PageRow {
  const { addedMs = 5, cores = 0.1, memory = 5000, bytes = 150, cpu = 10, coverage = 1, usable = true } = figures;
  const [transport = name] = name.split('@');
  const pollIntervalMs = figures.pollIntervalMs ?? null;
  const period = 1000 / load.rateHz;
  // The design age is stated here by its simplest case; of polls see the test of the design itself.
  const design =
    pollIntervalMs === null ? period * 0.99 : period + pollIntervalMs - Math.sqrt(0.02 * period * pollIntervalMs);
  return {
    transport,
    label: name,
    pollIntervalMs,
    usable,
    metrics: {
      ageP99: exact((design + addedMs) * 1000),
      cpuCores: exact(cores),
      cpu: exact(cpu),
      memory: exact(memory),
      bytes: exact(bytes),
      coverage: exact(coverage),
    },
    trialP99Us: Array.from({ length: TRIALS }, () => 1000),
    samples: TRIALS * DURATION_S * load.clients * load.rateHz,
    latency: [],
    age: [],
    p50: [],
    p99: [],
    connections: null,
    cpuParts: null,
    bytesParts: null,
  };
}

function loadOf({ clients = 1000, rateHz = 10, payloadBytes = 128, rows, verdict, verdicts = {} }: LoadOf): PageLoad {
  const names = Object.keys(rows);
  const pairs = ['cpu', 'memory'].flatMap((question) =>
    names.flatMap((a, i) =>
      names.slice(i + 1).flatMap((b, j): PagePair[] => {
        const outcome = verdicts[`${question} ${a} ${b}`] ?? verdict;
        return outcome === undefined ? [] : [[question, i, i + 1 + j, outcome]];
      }),
    ),
  );
  return {
    key: `${clients}/${rateHz}/${payloadBytes}`,
    label: `${clients} clients`,
    clients,
    rateHz,
    payloadBytes,
    windowSeconds: DURATION_S,
    driver: 'lean',
    fanOut: 'prepared',
    rows: names.map((name) => rowOf(name, { clients, rateHz }, rows[name] ?? {})),
    pairs,
  };
}

/** A run's page with those loads; the first one is shown first. */
export function pageOf(...loads: readonly LoadOf[]): PageData {
  const all = loads.map(loadOf);
  return {
    runId: 'run',
    title: 'run',
    transports: [],
    metrics: [],
    loads: all,
    hasFigures: true,
    focus: all[0]?.key ?? '',
    swept: [],
    warmupSeconds: 1,
    serverWorkers: 1,
    micro: [],
    models: [],
    server: { memoryBytes: 6e9, utilisation: 0.6, maxClients: null },
  };
}

// Trials and plans of a search, as far as it looks at them.
import type { SearchPlan } from '../../../../bench/result/capacity-schema.ts';
import { parseSlo, type Slo } from '../../../../bench/judge/objective.ts';
import type { Cell, Trial, ValidityReason } from '../../../../bench/result/schema.ts';
import { fixtureResult } from '../../../helpers/result-fixture.ts';

const TRANSPORTS = ['polling', 'long-polling', 'sse', 'websocket'];
const [TEMPLATE] = fixtureResult({ transports: ['sse'], blocks: 1 }).trials;

export function slo(text: string): Slo {
  const parsed = parseSlo(text, TRANSPORTS);
  if ('problem' in parsed) throw new Error(`${text} ${parsed.problem}`);
  return parsed.value;
}

/** Deliveries per second that keep a fake server busy all the time. */
const BUSY_AT = 20_000;

export type FakeFigures = {
  p99Us?: number;
  missed?: number;
  /** What the agent let bytes wait, p99. */
  lagUs?: number;
  cell?: Partial<Cell>;
  reasons?: readonly string[];
  cautions?: readonly string[];
  /** False: no tick arrived, and there is no latency. */
  delivered?: boolean;
  errors?: readonly string[];
  agentUtilisation?: number;
  serverUtilisation?: number;
  /** Share of the CPU that other guests took. */
  steal?: number;
};

/** A trial with these figures; whatever is not named is as in a good one. */
export function fakeTrial(figures: FakeFigures = {}): Trial {
  const { p99Us = 5000, missed = 0, lagUs = 10, reasons = [], errors = [] } = figures;
  const base = { ...TEMPLATE!, witnesses: null };
  const { cautions = [], delivered = true } = figures;
  const count = delivered ? base.latencyUs.count : 0;
  const latencyUs = { ...base.latencyUs, count, p50: p99Us / 2, mean: p99Us / 2, p99: p99Us };
  const agent = {
    ...base.agents[0]!,
    readLagP99Us: lagUs,
    utilisation: figures.agentUtilisation ?? 0.1,
  };
  const cell = { ...base.cell, ...figures.cell };
  return {
    ...base,
    cell,
    clients: { target: cell.clients, connected: cell.clients, failed: 0, dropped: 0 },
    latencyUs,
    ledger: { ...base.ledger, missed, delivered: base.ledger.expected - missed },
    errors: errors.map((code) => ({ code, phase: 'connect', message: code, count: 1 })),
    agents: [agent],
    host: { ...base.host, cpu: { ...base.host.cpu!, steal: figures.steal ?? 0 } },
    server: {
      ...base.server,
      cpuUserUs: Math.min(1, (cell.clients * cell.rateHz) / BUSY_AT) * base.phases.measureMs * 1000,
      cpuSystemUs: 0,
      feed: { ...base.server.feed!, achievedRateHz: cell.rateHz },
      eventLoop: { ...base.server.eventLoop!, utilisation: figures.serverUtilisation ?? 0.2 },
    },
    validity: {
      status: reasons.length > 0 ? 'invalid' : cautions.length > 0 ? 'caution' : 'valid',
      reasons: [
        ...reasons.map(invalid),
        ...cautions.map((code) => ({ ...invalid(code), severity: 'caution' as const })),
      ],
    },
  };
}

function invalid(code: string): ValidityReason {
  return { code, severity: 'invalid', message: `${code} happened`, value: 1, limit: 0 };
}

export function searchPlan(overrides: Partial<SearchPlan> = {}): SearchPlan {
  return {
    vary: 'clients',
    slos: [slo('p99<100ms')],
    transports: ['sse'],
    workload: {
      clients: null,
      rateHz: 1,
      payloadBytes: 128,
      pollIntervalMs: 1000,
      driver: 'lean',
      fanOut: 'prepared',
    },
    min: 100,
    max: 20_000,
    resource: null,
    settings: {
      warmupMs: 1000,
      durationMs: 3000,
      blocks: 1,
      agents: 1,
      rampPerSecond: 4000,
      serverWorkers: 1,
      pin: false,
      pollLatest: false,
      seed: 7,
    },
    ...overrides,
  };
}
